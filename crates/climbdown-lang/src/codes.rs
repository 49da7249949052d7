//! Every code a diagnostic can have, with a title and what to do about it.

/// The one list of codes: code, title, explanation. The manual has a section for each.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "E001",
        "Not a text",
        "The file holds bytes that are not UTF-8 text. A scenario, a ladder and a history are plain texts; save the file as UTF-8.",
    ),
    (
        "E002",
        "Too large",
        "Files of more than 4 MiB are not read. A scenario is a few hundred lines; most likely another file was meant.",
    ),
    (
        "E003",
        "Nested too deeply",
        "Brackets, tables or parentheses are nested deeper than 64, or an expression is longer than 1,000 words and signs. Give the inner parts names of their own.",
    ),
    (
        "E004",
        "Not TOML",
        "The text breaks a rule of TOML: a quote, a bracket or an equals sign is missing, or something stands where it cannot. As long as the file is not whole, problems that may only follow from the gap are left out.",
    ),
    (
        "E005",
        "A key twice",
        "A key, or the header of a table, stands twice in the same table. Keep one.",
    ),
    (
        "E006",
        "Too many entries",
        "A table or list has more than 4,096 entries, or the state more than 60,000 variables.",
    ),
    (
        "E007",
        "Empty file",
        "There is nothing in the file. A scenario begins with `climbdown = 1`; `climbdown new` writes one to start from.",
    ),
    (
        "E010",
        "Unknown key",
        "The table has no such key. It may be misspelt, or belong to another table: in TOML a key below `[table]` belongs to that table, so keys of the head stand above the first one.",
    ),
    (
        "E011",
        "Something is missing",
        "A key that the table needs is not there, or one that another key needs.",
    ),
    (
        "E012",
        "Wrong kind of value",
        "A text stands where a number is needed, a list where a table is needed, and the like.",
    ),
    (
        "E013",
        "Wrong version",
        "A scenario begins with `climbdown = 1`, a ladder with `climbdown_ladder = 1`. This program reads version 1 of both.",
    ),
    (
        "E014",
        "Not a name",
        "Names are letters, digits, `_` and `-`, beginning with a letter. Words of the language, such as `stage`, `peak`, `and` or `rest`, cannot be names.",
    ),
    (
        "E015",
        "Name taken",
        "Two things have one name, so an expression could not tell them apart. Variables, types, parameters and quantities share one set of names; ids of a list are unique.",
    ),
    ("E016", "Unknown word", "Only certain words may stand here, and this is none of them."),
    (
        "E017",
        "Number or date out of bounds",
        "The number or date is understood, and cannot be used here: a stage beyond the horizon, an event before the start, a horizon of no stages, a stage of no length.",
    ),
    (
        "E018",
        "Too many values",
        "A domain has at least one and at most 256 values, since every value multiplies the states of the game.",
    ),
    ("E019", "Empty", "A list or table that must have entries has none."),
    (
        "E020",
        "Not an expression",
        "The expression cannot be read: a sign is missing or unknown. Conditions are joined by `and`, `or`, `not`; equality is `==`; a choice is `if c then a else b`; subtraction has spaces around the minus.",
    ),
    (
        "E021",
        "Unknown name",
        "Nothing that may be read here has this name. A value stands only opposite what it is a value of: `permit == zone`.",
    ),
    (
        "E022",
        "Types do not fit",
        "A number stands where a condition is needed, two enumerations with different values are compared, or values without an order are compared with `<`.",
    ),
    (
        "E023",
        "Not a value",
        "The word is not among the values of what it is compared with or assigned to, or the number is outside the range.",
    ),
    (
        "E024",
        "Structure reads a parameter",
        "Conditions, effects and attributes read the state and never parameters, so that a change of a number never changes who can do what. Put the parameter into a payoff or a probability.",
    ),
    (
        "E025",
        "A number reads the state",
        "This quantity is arithmetic in parameters only. Payoffs, and the probabilities of hazards and calendar events, may read the state too.",
    ),
    (
        "E026",
        "Reads what is not seen",
        "A menu may depend only on what whoever decides sees: public variables, those seen by the seat or by everybody who can hold it, their own types, `peak_seen`. A stated line is public and reads public variables; an actual line reads its owner's types.",
    ),
    (
        "E027",
        "Which one?",
        "Several actors have a type of this name. Write it with its actor: `russia.resolve`.",
    ),
    (
        "E028",
        "Nothing at hand",
        "`act.…` is read in red lines, norms and ladders, where there is an act; `peak_seen` where there is an actor who decides or owns the line. The rules of a ladder name no actors and no moves.",
    ),
    (
        "E029",
        "Quantities in a circle",
        "A quantity reads parameters and the quantities above it, so that none is defined by itself.",
    ),
    (
        "E030",
        "No such thing",
        "There is no actor, seat, menu, move, role, parameter, variable or hypothesis set of this name. Actors are paid and believe; seats are written `seat.NAME`.",
    ),
    (
        "E031",
        "Ladder not found",
        "The ladder is looked up in the folder of the scenario, then in `ladders/` upwards, then among those built in. An actor's own ladder has the same roles, axes and attributes as the analyst's.",
    ),
    (
        "E032",
        "Not on the ladder",
        "The rung, firebreak or measure does not exist on the analyst's ladder. Measures are written `rungs.8` or `firebreaks.F6`.",
    ),
    (
        "E033",
        "Cannot be set",
        "Effects set declared variables, signals, occupants of seats, the status of a red line and the state of a norm. Types and perceptions are drawn once; the peak follows from acts.",
    ),
    (
        "E034",
        "At the same time",
        "Two moves made at the same time can set one variable, and nothing says how the two combine; or the combination does not fit the values; or one seat would move twice at once.",
    ),
    (
        "E035",
        "Hidden how?",
        "A hidden move looks like another move of its menu to those who do not see it, so there must be one that is not hidden. `seen_by` and `looks_like` say something about hidden moves only.",
    ),
    (
        "E036",
        "Not a variant",
        "A move is a variant of another move on the same menus, and that one is no variant itself.",
    ),
    (
        "E037",
        "Reveals a type",
        "The actual line depends on a private type, and its effect is seen by others: they would read the type from it. Such effects set variables that the owner alone sees; what everybody sees belongs to `on_stated`.",
    ),
    (
        "E038",
        "Certain, and otherwise",
        "`otherwise` says what happens if the event does not, and without a `probability` the event is certain.",
    ),
    (
        "E039",
        "Not a question",
        "The focal move and the reference are two different moves on one menu at a turn of the seat asked about. If no firebreak lies above both acts, the question names its `measure`. What is `impossible` takes a part from each act, and leaves an order in which the parts can be exchanged one by one.",
    ),
    (
        "E040",
        "Does not sum to one",
        "Probabilities of values that exclude each other sum to 1. One value may be left out or take the `\"rest\"`.",
    ),
    (
        "E041",
        "Outside 0 and 1",
        "A probability, a discount or a membership is below 0 or above 1 at the point values of the parameters.",
    ),
    (
        "E042",
        "Leaves 0 and 1 within the ranges",
        "At the point values all is well, but somewhere in the declared ranges a probability is below 0 or above 1, or a sum is not 1. A sweep would meet it. Narrow a range, or bound the expression.",
    ),
    (
        "E043",
        "Believed impossible",
        "An actor gives probability 0 to what the analyst or another actor holds possible. What an actor would do there could not be said. Any small positive probability will do.",
    ),
    (
        "E044",
        "Hypotheses and types",
        "Where a hypothesis set fixes a type, its priors are the probabilities of that type: the type says `values = \"hypotheses.SET\"`, and every hypothesis of the set fixes it.",
    ),
    (
        "E045",
        "Not a finite number",
        "At the point values the expression divides by zero, overflows or takes the root of a negative number.",
    ),
    (
        "E046",
        "A stake above zero",
        "The stake is the payoff difference that counts as large in an ordinary decision of this crisis, and so is above 0.",
    ),
    (
        "E047",
        "A value of its own",
        "A type or variable has the name of one of its own values, so that the word in an expression could mean either. Call one of them differently.",
    ),
    (
        "E050",
        "Not a parameter",
        "The short form of a parameter is `\"0.3 [0.1, 0.5] probability; judgement\"`: value, range, unit, and the source after a semicolon.",
    ),
    (
        "E051",
        "Not within its range",
        "A range is two numbers in ascending order with the point value between them. A lognormal parameter is above 0.",
    ),
    ("E052", "No source", "Every parameter has a source: a citation, or the word judgement."),
    (
        "E053",
        "Plausible values",
        "What others hold plausible lies within the range of the parameter, and the value claimed within what is plausible.",
    ),
    (
        "E054",
        "One test of a claim",
        "A claim has either `holds_if`, a comparison over paths of the report, or `untestable`, the reason why there is none.",
    ),
    (
        "E055",
        "Rank correlations",
        "A correlation is between two different parameters that have a range, once for each pair, and lies between -1 and 1, both excluded.",
    ),
    (
        "E060",
        "Not a ladder",
        "Rungs ascend, beginning with rung 0 and `when = \"true\"`; firebreaks ascend, each between two neighbouring rungs.",
    ),
    (
        "E061",
        "Thresholds",
        "Thresholds are changes of a probability, 0 < minor <= major <= 1, with a ratio above 1.",
    ),
    ("E070", "No history", "The history file named in the scenario does not stand beside it."),
    (
        "E071",
        "Not a history",
        "A history is a table with the columns of the manual, named in its first line; unknown cells are empty.",
    ),
    (
        "E072",
        "Unknown in the history",
        "A cell names a seat, an actor, a move or a code that the scenario does not have, or holds no date or no weight.",
    ),
    ("E073", "History out of order", "Rows are in the order of their dates."),
    (
        "E074",
        "A row twice",
        "Two rows report the same act. If there are two accounts of it, name them under `account`.",
    ),
    (
        "E075",
        "No turn for a row",
        "Nobody who decides in that stage fits the row, the move is on none of that seat's menus, or the row fits several turns.",
    ),
    (
        "E076",
        "An impossible row",
        "No move that is open at the turn agrees with everything the row states, once the rows before it are taken into account. The message names the first cell that rules out what was left.",
    ),
    (
        "E077",
        "Weights of accounts",
        "Where accounts of one turn differ, each has a weight, the same in all its rows, and the weights sum to at most 1.",
    ),
    (
        "E078",
        "A forecast astray",
        "A forecast is about one turn of a seat within the time of the game, whose menu has all its moves; each `who` has one for a turn.",
    ),
    (
        "E080",
        "Too large a game",
        "The game has more nodes than the budget allows. The message says how many, and which variable multiplies them most.",
    ),
    (
        "E081",
        "Different values at the same time",
        "In some state two moves made at the same time set one variable to different values. Say how they combine.",
    ),
    ("E082", "Too many moves", "A scenario has at most 254 moves."),
    (
        "W001",
        "Always so",
        "The comparison is true, or false, whatever happens: the number is outside the range of the variable.",
    ),
    ("W010", "Seat without a turn", "Nobody ever decides for this seat."),
    ("W011", "Menu without a turn", "No turn uses the menu, so the move can never be made."),
    (
        "W012",
        "After the end",
        "The date of an event or a lever lies after the last stage begins, so it never comes.",
    ),
    ("W020", "No unit", "Readers cannot judge a number without knowing what is counted."),
    (
        "W021",
        "No range",
        "A parameter without a range stays where it is in sweeps, flips and sensitivities. If it is known exactly, a range of one point says so.",
    ),
    (
        "W030",
        "Hidden, and seen",
        "A hidden move sets a variable that everybody sees, and what it looks like does not, which gives it away.",
    ),
    (
        "W040",
        "Assumption without effect",
        "Nothing depends on the parameter that the assumption binds, so it can never carry an answer.",
    ),
    (
        "W041",
        "Parameter without effect",
        "No payoff, probability or other number depends on the parameter.",
    ),
    (
        "W042",
        "Never read",
        "Nothing reads the variable or type. It only multiplies the states of the game, unless what actors see of it is the point.",
    ),
    (
        "W043",
        "Crowded menu",
        "Moves above the start rung outnumber the rest of the menu by more than two to one. A logit response counts labels, so how finely moves are listed changes the answer: group versions with `variant_of`.",
    ),
    (
        "W044",
        "Payoffs out of scale",
        "Payoffs of one actor differ by more than a million stakes. A unit or a zero is probably wrong.",
    ),
    (
        "W045",
        "Many private draws",
        "Nature's draws make more than eight combinations, and the game grows with each of them.",
    ),
    (
        "W080",
        "Move never made",
        "No play of the game reaches a state in which the move is available.",
    ),
    ("W081", "Line never crossed", "No act of the scenario crosses the red line."),
    (
        "W082",
        "Norm never broken",
        "No act of the scenario breaks the norm or treaty. If it does not cover these acts, say `out_of_scope`.",
    ),
    ("W083", "End never reached", "No play of the game closes in this way."),
    ("W084", "Hazard never strikes", "The hazard has no chance in any state the game reaches."),
    ("W085", "Empty rungs", "No move and no hazard stands on some rung above the start."),
];

/// Codes that show only on the compiled game.
pub const COMPILED: &[&str] =
    &["E080", "E081", "E082", "W080", "W081", "W082", "W083", "W084", "W085"];
