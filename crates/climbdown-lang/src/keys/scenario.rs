//! Tables of scenario files.

use super::{Field, Fields, Kind, may, must};
use crate::hybrid::AXIS_NAMES;

/// A scenario file.
pub(crate) const SCENARIO: Fields = Fields {
    what: "a scenario",
    fields: &[
        must("climbdown", Kind::Integer, "version of the language: 1; always first"),
        must("id", Kind::Text, "short name; that of the folder"),
        must("title", Kind::Text, "one line for people"),
        may("summary", Kind::Text, "a few sentences"),
        must("ladder", Kind::Text, "name of the ladder file"),
        must("start_rung", Kind::Table(&START_RUNG), "the rung that prevails at the start"),
        may("memory", Kind::Word(&["situation", "history"]), "what actors remember"),
        may("lambda", Kind::Number, "Λ, precision in stake units; default 5"),
        must("time", Kind::Table(&TIME), "stages and the order of turns"),
        must("actors", Kind::Map("actor", &Kind::Table(&ACTOR)), "who decides and is paid"),
        must("seats", Kind::Map("seat", &Kind::Table(&SEAT)), "offices that decide"),
        may("calendar", Kind::List(&Kind::Table(&EVENT)), "dated events"),
        may(
            "types",
            Kind::Map("actor", &Kind::Map("type", &Kind::Table(&TYPE))),
            "private types, drawn at the start",
        ),
        may("variables", Kind::Map("variable", &Kind::Table(&VARIABLE)), "the state"),
        must("moves", Kind::Map("move", &Kind::Table(&MOVE)), "what can be done"),
        may("red_lines", Kind::Map("red line", &Kind::Table(&RED_LINE)), "red lines"),
        may("norms", Kind::Map("norm", &Kind::Table(&NORM)), "unwritten norms"),
        may("treaties", Kind::Map("treaty", &Kind::Table(&NORM)), "treaties"),
        may("hazards", Kind::Map("hazard", &Kind::Table(&HAZARD)), "accidents, in order"),
        may("ends", Kind::Map("end", &Kind::Table(&END)), "what closes the crisis early"),
        may("horizon", Kind::Table(&HORIZON), "if the time runs out"),
        may("upkeep", Kind::List(&Kind::Table(&UPKEEP)), "what is paid every stage"),
        may(
            "parameters",
            Kind::Map(
                "parameter",
                &Kind::Any(&[
                    Kind::Table(&PARAMETER),
                    Kind::Like("0.3 [0.1, 0.5] probability; judgement"),
                ]),
            ),
            "numbers with range, unit and source",
        ),
        may(
            "correlations",
            Kind::List(&Kind::Table(&CORRELATION)),
            "rank correlations between parameters, for draws",
        ),
        may("quantities", Kind::Map("quantity", &Kind::Quantity), "named arithmetic"),
        may("assumptions", Kind::Map("assumption", &Kind::Table(&ASSUMPTION)), "claims"),
        may(
            "hypotheses",
            Kind::Map("set", &Kind::Map("hypothesis", &Kind::Table(&HYPOTHESIS))),
            "sets of rival explanations",
        ),
        may("levers", Kind::Map("lever", &Kind::Table(&LEVER)), "what could be offered"),
        may("claims", Kind::List(&Kind::Table(&CLAIM)), "sentences to audit"),
        must("question", Kind::Table(&QUESTION), "what is asked"),
        may("history", Kind::Table(&HISTORY), "what happened"),
        may(
            "forecasts",
            Kind::List(&Kind::Table(&FORECAST)),
            "what somebody expected of a turn, to be scored beside the model",
        ),
        NOTE,
    ],
};

const SOURCE: Field = may("source", Kind::Text, "a citation, or the word judgement");
const NOTE: Field = may("note", Kind::Text, "for readers of the file");
const WORDS: Field = may("text", Kind::Text, "for people");
const SET: Field = may("set", EFFECTS, "effects: variable = value");
const PAYS: Field = may("pays", PAYOFFS, "payoffs: actor or seat.NAME = terms");
const WHEN: Field = may("when", Kind::Condition, "condition on the state");
const BELIEVED: Field =
    may("believed", Kind::Map("actor", &Kind::Quantity), "other probabilities, by actor");

const EFFECTS: Kind = Kind::Paths("variable", &Kind::Value);
const PAYOFFS: Kind = Kind::Paths("actor or seat", &Kind::Quantity);
const CHANCES: Kind = Kind::Map("value", &Kind::Quantity);
const SEERS: Kind = Kind::List(&Kind::Text);

const START_RUNG: Fields = Fields {
    what: "start_rung",
    fields: &[must("value", Kind::Integer, "the rung"), must("source", Kind::Text, "source"), NOTE],
};

const TIME: Fields = Fields {
    what: "[time]",
    fields: &[
        must("start", Kind::Date, "first day of stage 0"),
        must("stage", Kind::Like("2 weeks"), "length of a stage in hours, days or weeks"),
        must("horizon", Kind::Integer, "number of stages"),
        must(
            "turns",
            Kind::List(&Kind::Any(&[Kind::Table(&TURN), Kind::Table(&TOGETHER)])),
            "turns of a stage, in order",
        ),
        NOTE,
    ],
};

const TURN: Fields = Fields {
    what: "a turn",
    fields: &[must("seat", Kind::Text, "who decides"), must("menu", Kind::Text, "from what")],
};

const TOGETHER: Fields = Fields {
    what: "a group of turns",
    fields: &[must("together", Kind::List(&Kind::Table(&TURN)), "turns at the same time")],
};

const ACTOR: Fields = Fields {
    what: "an actor",
    fields: &[
        may("name", Kind::Text, "name for people"),
        must("role", Kind::Text, "a role of the ladder"),
        must(
            "stake",
            Kind::Any(&[Kind::Table(&STAKE), Kind::Quantity]),
            "the payoff difference that counts as large in an ordinary decision",
        ),
        may("discount", Kind::Quantity, "per stage, 0 to 1; default 1"),
        may("ladder", Kind::Text, "this actor's own ladder; same axes"),
        SOURCE,
        NOTE,
    ],
};

const STAKE: Fields = Fields {
    what: "a stake",
    fields: &[
        must("value", Kind::Quantity, "the stake"),
        must("source", Kind::Text, "source"),
        NOTE,
    ],
};

const SEAT: Fields = Fields {
    what: "a seat",
    fields: &[
        may("name", Kind::Text, "name for people"),
        must("occupant", Kind::Text, "the actor who holds it at the start"),
        SOURCE,
        NOTE,
    ],
};

const EVENT: Fields = Fields {
    what: "a calendar event",
    fields: &[
        must("id", Kind::Text, "short name"),
        must("date", Kind::Date, "acts in the first stage that begins on or after it"),
        must("set", EFFECTS, "effects: variable = value"),
        may("probability", Kind::Quantity, "if it is not certain"),
        may("otherwise", EFFECTS, "effects if it does not happen"),
        BELIEVED,
        WHEN,
        WORDS,
        SOURCE,
        NOTE,
    ],
};

const TYPE: Fields = Fields {
    what: "a type",
    fields: &[
        must(
            "values",
            Kind::Any(&[CHANCES, Kind::Like("hypotheses.motive")]),
            "value = probability, or \"hypotheses.SET\"",
        ),
        may("believed", Kind::Map("actor", &CHANCES), "other probabilities, by actor"),
        may("known_to", Kind::List(&Kind::Text), "actors who see it besides its owner"),
        SOURCE,
        NOTE,
    ],
};

const VARIABLE: Fields = Fields {
    what: "a variable",
    fields: &[
        may("values", Kind::List(&Kind::Value), "words, or [false, true]"),
        may("range", Kind::List(&Kind::Integer), "[lowest, highest] of integers"),
        must("start", Kind::Any(&[CHANCES, Kind::Value]), "value, or value = probability"),
        may("believed", Kind::Map("actor", &CHANCES), "other probabilities, by actor"),
        may("ordered", Kind::Boolean, "whether words may be compared by order"),
        may("seen_by", SEERS, "actors or seat.NAME; everybody if missing"),
        may("combine", Kind::Word(&["max", "min", "add", "or"]), "for simultaneous effects"),
        SOURCE,
        NOTE,
    ],
};

const MOVE: Fields = Fields {
    what: "a move",
    fields: &[
        must("menu", Kind::OneOrMany(&Kind::Text), "menu or menus it is on"),
        WORDS,
        may("when", Kind::Condition, "when it is available; reads what the mover sees"),
        may("attributes", Kind::Map("attribute", &Kind::Value), "codes of the act"),
        may(
            "perceived",
            Kind::Map("actor", &Kind::Map("attribute", &Kind::Any(&[CHANCES, Kind::Value]))),
            "how observers code it",
        ),
        SET,
        PAYS,
        may("hidden", Kind::Boolean, "whether the others do not see it"),
        may("seen_by", SEERS, "who sees a hidden move"),
        may("looks_like", Kind::Text, "what a hidden move looks like"),
        may("observed", Kind::Table(&OBSERVED), "a signal of it"),
        may("variant_of", Kind::Text, "the move it shares one weight with"),
        SOURCE,
        NOTE,
    ],
};

const OBSERVED: Fields = Fields {
    what: "a signal",
    fields: &[
        must("as", Kind::Text, "name of the true-or-false variable"),
        must("by", Kind::OneOrMany(&Kind::Text), "actors or seat.NAME who see it"),
        must("when_done", Kind::Quantity, "probability if this move was made"),
        must("when_not", Kind::Quantity, "probability if it was not"),
        SOURCE,
        NOTE,
    ],
};

const REACTION: Fields = Fields {
    what: "what follows",
    fields: &[
        may("times", Kind::Word(&["once", "every"]), "the first time only, or every time"),
        PAYS,
        SET,
        SOURCE,
        NOTE,
    ],
};

const RED_LINE: Fields = Fields {
    what: "a red line",
    fields: &[
        must("owner", Kind::Text, "whose it is"),
        WORDS,
        may("stated", Kind::Condition, "the line as stated"),
        may("actual", Kind::Condition, "the line as meant"),
        may("status", Kind::Table(&STATUS), "a public status that moves can change"),
        may("on_stated", Kind::Table(&REACTION), "when the stated line is crossed"),
        may("on_cross", Kind::Table(&REACTION), "when the actual line is crossed"),
        SOURCE,
        NOTE,
    ],
};

const STATUS: Fields = Fields {
    what: "a status",
    fields: &[
        must("values", Kind::List(&Kind::Text), "its words"),
        must("start", Kind::Text, "the word at the start"),
    ],
};

const NORM: Fields = Fields {
    what: "a norm or treaty",
    fields: &[
        WORDS,
        may("broken_by", Kind::Condition, "which acts break it"),
        may("members", Kind::List(&Kind::Text), "whom it binds; everybody if missing"),
        may("membership", Kind::Quantity, "how far it binds, 0 to 1"),
        may("start", Kind::Word(NORM_STATES), "its state at the start; default intact"),
        may("becomes", Kind::Word(NORM_STATES), "its state after a break; default broken"),
        may("cost", Kind::Table(&COST), "what a breaker pays"),
        may("on_break", Kind::Table(&REACTION), "what else follows"),
        may("out_of_scope", Kind::Text, "why it does not cover the acts of the scenario"),
        may("status", Kind::Text, "legal status in words"),
        SOURCE,
        NOTE,
    ],
};

/// The states of a norm, in order.
pub(crate) const NORM_STATES: &[&str] = &["intact", "eroded", "broken"];

const COST: Fields = Fields {
    what: "a cost",
    fields: &[
        must("first", Kind::Quantity, "while it is intact"),
        must("later", Kind::Quantity, "afterwards"),
    ],
};

const HAZARD: Fields = Fields {
    what: "a hazard",
    fields: &[
        WORDS,
        must("probability", Kind::Quantity, "per stage, in state and parameters"),
        BELIEVED,
        WHEN,
        SET,
        PAYS,
        SOURCE,
        NOTE,
    ],
};

const END: Fields = Fields {
    what: "an end",
    fields: &[WORDS, must("when", Kind::Condition, "condition on the state"), PAYS, SOURCE, NOTE],
};

const HORIZON: Fields = Fields {
    what: "the horizon",
    fields: &[WORDS, must("pays", PAYOFFS, "payoffs"), SOURCE, NOTE],
};

const UPKEEP: Fields =
    Fields { what: "upkeep", fields: &[WORDS, must("pays", PAYOFFS, "payoffs"), SOURCE, NOTE] };

const PARAMETER: Fields = Fields {
    what: "a parameter",
    fields: &[
        must("value", Kind::Number, "point value"),
        may("range", Kind::List(&Kind::Number), "[lowest, highest]"),
        may(
            "distribution",
            Kind::Word(&["uniform", "triangular", "normal", "lognormal", "beta"]),
            "spread over the range",
        ),
        may("unit", Kind::Text, "unit in words"),
        must("source", Kind::Text, "a citation, or the word judgement"),
        NOTE,
    ],
};

const CORRELATION: Fields = Fields {
    what: "a correlation",
    fields: &[
        must("between", Kind::List(&Kind::Text), "two parameters, each with a range"),
        must("rank", Kind::Number, "Spearman's coefficient, between -1 and 1"),
        must("source", Kind::Text, "a citation, or the word judgement"),
        NOTE,
    ],
};

const ASSUMPTION: Fields = Fields {
    what: "an assumption",
    fields: &[
        must("claim", Kind::Text, "in words"),
        must("held_by", Kind::Text, "an actor, or analyst"),
        must("source", Kind::Text, "a citation, or the word judgement"),
        must("binds", Kind::Map("parameter", &Kind::Table(&BINDS)), "what it says of parameters"),
        NOTE,
    ],
};

const BINDS: Fields = Fields {
    what: "a binding",
    fields: &[
        must("value", Kind::Number, "the value it claims"),
        must("plausible", Kind::List(&Kind::Number), "the range others hold plausible"),
        NOTE,
    ],
};

const HYPOTHESIS: Fields = Fields {
    what: "a hypothesis",
    fields: &[
        must("claim", Kind::Text, "in words"),
        must("prior", Kind::Quantity, "weight; those of a set sum to 1"),
        must("fixes", Kind::Paths("type or parameter", &Kind::Value), "what it fixes"),
        may("known_to", Kind::List(&Kind::Text), "actors to whom it is known"),
        SOURCE,
        NOTE,
    ],
};

const LEVER: Fields = Fields {
    what: "a lever",
    fields: &[
        must("text", Kind::Text, "in words"),
        must(
            "sets",
            Kind::Paths("parameter, move.attribute or move.when", &Kind::Value),
            "what it changes",
        ),
        may("from", Kind::Date, "from when"),
        may("offered_by", Kind::Text, "the seat that would offer it"),
        may("cost", Kind::Map("actor", &Kind::Quantity), "declared cost by actor"),
        may("steps", Kind::Integer, "in how many steps it can be taken; default 1"),
        SOURCE,
        NOTE,
    ],
};

const CLAIM: Fields = Fields {
    what: "a claim",
    fields: &[
        must("id", Kind::Text, "short name"),
        must("text", Kind::Text, "the sentence, paraphrased"),
        must("source", Kind::Text, "where it stands"),
        may("holds_if", Kind::Text, "a comparison over paths of the report"),
        may("untestable", Kind::Text, "why no finding can test it"),
        NOTE,
    ],
};

const QUESTION: Fields = Fields {
    what: "the question",
    fields: &[
        must("seat", Kind::Text, "who decides"),
        must("stage", Kind::Integer, "in which stage"),
        must("focal", Kind::Text, "the move in question"),
        must("reference", Kind::Text, "the alternative"),
        may(
            "until",
            Kind::Any(&[Kind::Date, Kind::Word(&["tenure", "horizon"])]),
            "how long the alternative is kept",
        ),
        may("focal_act", Kind::Text, "the act the focal move leads to"),
        may("reference_act", Kind::Text, "the act the alternative leads to"),
        may("measure", Kind::Like("firebreaks.F6"), "rungs.N or firebreaks.ID"),
        may(
            "impossible",
            Kind::List(&Kind::Table(&IMPOSSIBLE)),
            "combinations of the parts of the two acts that cannot be",
        ),
        may("escalatory_rung", Kind::Integer, "acts on it or above count as escalatory"),
        may("thresholds", Kind::Table(&THRESHOLDS), "instead of those of the ladder"),
        SOURCE,
        NOTE,
    ],
};

const IMPOSSIBLE: Fields = Fields {
    what: "an impossible combination",
    fields: &[
        must("with", Kind::OneOrMany(&Kind::Word(AXIS_NAMES)), "parts of the focal act"),
        must("without", Kind::OneOrMany(&Kind::Word(AXIS_NAMES)), "parts of the reference act"),
        SOURCE,
        NOTE,
    ],
};

const THRESHOLDS: Fields = Fields {
    what: "thresholds",
    fields: &[
        may("major", Kind::Number, "a change at least this large is major"),
        may("minor", Kind::Number, "a change at least this large is minor"),
        may("ratio", Kind::Number, "a minor change by this factor is major"),
        may("stated_line", Kind::Word(&["minor", "major"]), "what a stated line alone makes it"),
        SOURCE,
    ],
};

const HISTORY: Fields = Fields {
    what: "the history",
    fields: &[
        must("file", Kind::Text, "CSV file beside the scenario"),
        may("silence", Kind::Word(&["hold", "unknown"]), "what a turn without a row means"),
        SOURCE,
        NOTE,
    ],
};

const FORECAST: Fields = Fields {
    what: "a forecast",
    fields: &[
        must("who", Kind::Text, "whose forecast it is"),
        must("date", Kind::Date, "the day of the turn, as in the history"),
        must("seat", Kind::Text, "who decides there"),
        may("menu", Kind::Text, "from what, if the seat has more than one turn in a stage"),
        must("moves", Kind::Map("move", &Kind::Number), "probabilities of moves; they sum to 1"),
        must("source", Kind::Text, "where it was made, and when"),
        NOTE,
    ],
};
