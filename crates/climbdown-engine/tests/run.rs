//! What the engine does with good and bad requests, in a world made of strings.

use std::collections::BTreeMap;

use climbdown_engine::{
    At, Besides, Check, Exit, Explain, Form, Format, Options, Output, ReadProblem, Request,
    Response, Stage, World, run,
};

#[derive(Default)]
struct Shelf(BTreeMap<String, Result<Vec<u8>, ReadProblem>>);

impl World for Shelf {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadProblem> {
        self.0.get(path).cloned().unwrap_or(Err(ReadProblem::NotFound))
    }
}

impl Shelf {
    fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), Ok(text.as_bytes().to_vec()));
        self
    }

    fn failing(mut self, path: &str, problem: ReadProblem) -> Self {
        self.0.insert(path.to_owned(), Err(problem));
        self
    }

    /// A shelf with the starter scenario, called `start`.
    fn starter() -> Self {
        let written = ask(&Self::default(), &Request::New { name: "start".to_owned() });
        let add = |shelf: Self, f: &climbdown_engine::NewFile| shelf.with(&f.path, &f.text);
        written.files.iter().fold(Self::default(), add)
    }

    /// The same with something replaced in the scenario.
    fn changed(from: &str, to: &str) -> Self {
        let mut shelf = Self::starter();
        let bytes = shelf.read("start/scenario.toml").expect("the starter has a scenario");
        let text = String::from_utf8(bytes).expect("the starter is text");
        assert!(text.contains(from), "the starter has no `{from}`");
        shelf = shelf.with("start/scenario.toml", &text.replace(from, to));
        shelf
    }
}

fn ask(world: &dyn World, request: &Request) -> Response {
    run(world, request, &mut |_| true)
}

fn assess(file: &str, options: Options) -> Request {
    Request::Assess { file: file.to_owned(), form: Form::Text, draws: None, options }
}

fn text(response: &Response) -> String {
    let mut out = Vec::new();
    response.output.write(&mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("results are text")
}

#[test]
fn the_starter_has_about_a_thousand_nodes_no_problems_and_an_answer() {
    let shelf = Shelf::starter();
    let file = || "start".to_owned();
    let checked = ask(
        &shelf,
        &Request::Check { file: file(), show: Check::Text, options: Options::default() },
    );
    assert_eq!(checked.exit, Exit::Done);
    assert!(text(&checked).starts_with("no problems\n"), "{}", text(&checked));
    let what = Explain::At(Stage::Game);
    let game = ask(
        &shelf,
        &Request::Explain { file: file(), what, draws: 4, options: Options::default() },
    );
    let nodes: usize = text(&game)
        .split(' ')
        .next()
        .map(|n| n.replace(',', ""))
        .and_then(|n| n.parse().ok())
        .expect("the table begins with the number of nodes");
    assert!((600..=1600).contains(&nodes), "{nodes} nodes");
    let answer = ask(&shelf, &assess("start", Options::default()));
    assert_eq!(answer.exit, Exit::Done, "{}", answer.notes);
    assert!(text(&answer).contains("ANSWER   Under this model:"));
}

#[test]
fn a_missing_file_is_named() {
    let response = ask(&Shelf::default(), &assess("nowhere", Options::default()));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("nowhere/scenario.toml"), "{}", response.notes);
}

#[test]
fn a_missing_ladder_is_named() {
    let shelf = Shelf::changed("ladder = \"ladder\"", "ladder = \"laddder\"");
    let response = ask(&shelf, &assess("start", Options::default()));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("laddder"), "{}", response.notes);
}

#[test]
fn a_ladder_is_found_beside_the_scenario_or_in_ladders_above_it() {
    let shelf = Shelf::starter();
    let ladder = shelf.read("start/ladder.toml").expect("the starter has a ladder");
    let ladder = String::from_utf8(ladder).expect("it is text");
    let scenario = shelf.read("start/scenario.toml").expect("the starter has a scenario");
    let scenario = String::from_utf8(scenario).expect("it is text");
    for (folder, place) in [
        ("a/b/start", "a/b/start/ladder.toml"),
        ("a/b/start", "a/ladders/ladder.toml"),
        ("a/b/start", "ladders/ladder.toml"),
        ("a/b/start", "../ladders/ladder.toml"),
        (".", "../../ladders/ladder.toml"),
        ("../start", "../ladders/ladder.toml"),
        ("/a/b", "/ladders/ladder.toml"),
        ("/a/x/../../b/start", "/a/x/../../ladders/ladder.toml"),
        ("/a/x/../../b/start", "/a/x/../../../ladders/ladder.toml"),
    ] {
        let shelf = Shelf::default()
            .with(&format!("{folder}/scenario.toml"), &scenario)
            .with(place, &ladder);
        let response = ask(&shelf, &assess(folder, Options::default()));
        assert_eq!(response.exit, Exit::Done, "{folder}, {place}: {}", response.notes);
    }
}

#[test]
fn a_file_cannot_lead_out_of_its_folder() {
    let shelf = Shelf::changed("ladder = \"ladder\"", "ladder = \"../../secret\"");
    let shelf = shelf.failing("start/../../secret.toml", ReadProblem::Other("touched".to_owned()));
    let response = ask(&shelf, &assess("start", Options::default()));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(!response.notes.contains("touched"), "{}", response.notes);
}

#[test]
fn a_wrong_file_shows_all_its_problems_and_ends_with_1() {
    let shelf = Shelf::changed("gates == open", "gates == opne");
    let response = ask(&shelf, &assess("start", Options::default()));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("opne") && response.notes.contains("start/scenario.toml:"));
    let request =
        Request::Check { file: "start".to_owned(), show: Check::Json, options: Options::default() };
    let checked = ask(&shelf, &request);
    assert_eq!(checked.exit, Exit::WrongFile);
    assert!(text(&checked).contains("\"severity\": \"error\""));
}

#[test]
fn texts_that_are_no_scenario_are_refused() {
    for bytes in [&b""[..], b"\0\x01\x02", b"\xff\xfe", b"= = =", &[b'['; 5000]] {
        let mut shelf = Shelf::default();
        shelf.0.insert("x/scenario.toml".to_owned(), Ok(bytes.to_vec()));
        let response = ask(&shelf, &assess("x", Options::default()));
        assert_eq!(response.exit, Exit::WrongFile);
        assert!(response.notes.contains("error["), "{}", response.notes);
    }
    let shelf = Shelf::default().failing("x/scenario.toml", ReadProblem::TooLarge(100_000_000));
    let response = ask(&shelf, &assess("x", Options::default()));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("100000000 bytes"), "{}", response.notes);
}

#[test]
fn over_budget_ends_with_3_and_the_count() {
    let options = Options { budget_nodes: 100, ..Options::default() };
    let response = ask(&Shelf::starter(), &assess("start", options));
    assert_eq!(response.exit, Exit::Unsolved);
    assert!(response.notes.contains("100"), "{}", response.notes);
}

#[test]
fn an_unknown_parameter_is_a_usage_error_with_a_suggestion() {
    let options = Options { set: vec![("p_resolut".to_owned(), 0.5)], ..Options::default() };
    let response = ask(&Shelf::starter(), &assess("start", options));
    assert_eq!(response.exit, Exit::Usage);
    assert!(response.notes.contains("did you mean `p_resolute`?"), "{}", response.notes);
}

#[test]
fn a_value_outside_its_range_is_used_and_remarked() {
    let options = Options { set: vec![("war".to_owned(), 500.0)], ..Options::default() };
    let response = ask(&Shelf::starter(), &assess("start", options));
    assert_eq!(response.exit, Exit::Done);
    assert!(response.notes.contains("outside its range"), "{}", response.notes);
    assert!(text(&response).contains("Set by hand: war = 500"));
}

#[test]
fn a_request_to_stop_is_obeyed() {
    let request = assess("start", Options::default());
    let response = run(&Shelf::starter(), &request, &mut |_| false);
    assert_eq!(response.exit, Exit::Cancelled);
    assert!(response.notes.contains("nothing was kept"));
}

#[test]
fn bad_names_are_not_made() {
    for name in ["", "1st", "a/b", "../up", "with space", "\0"] {
        let response = ask(&Shelf::default(), &Request::New { name: name.to_owned() });
        assert_eq!((response.exit, response.files.len()), (Exit::Usage, 0), "{name:?}");
    }
}

/// A game of two players with a file's own numbering: player 2's information set 7 comes first.
const GAME: &str = r#"EFG 2 R "two" { "A" "B" }
p "" 2 7 "b" { "l" "r" } 0
p "" 1 3 "a" { "u" "d" } 0
t "" 1 "" { 1, 0 }
t "" 2 "" { 0, 2 }
t "" 3 "" { 0, 1 }
"#;

#[test]
fn a_game_file_keeps_its_own_numbers() {
    let shelf = Shelf::default().with("two.efg", GAME);
    let request = Request::Solve {
        file: "two.efg".to_owned(),
        form: Form::Json,
        besides: Besides::default(),
        options: Options::default(),
    };
    let response = ask(&shelf, &request);
    assert_eq!(response.exit, Exit::Done, "{}", response.notes);
    let json = text(&response);
    let (a, b) = (json.find("\"infoset\": 3"), json.find("\"infoset\": 7"));
    assert!(a.is_some() && a < b, "sorted by player, then information set: {json}");
    // Λ is per payoff range: B's payoffs range over 2, so λ is half of A's.
    assert!(json.contains("\"lambda_raw\": 5.0") && json.contains("\"lambda_raw\": 2.5"), "{json}");
}

#[test]
fn a_broken_game_file_is_shown_with_its_line() {
    let shelf = Shelf::default().with("two.efg", &GAME.replace("{ 0, 1 }", "{ 0, one }"));
    let request = Request::Solve {
        file: "two.efg".to_owned(),
        form: Form::Text,
        besides: Besides::default(),
        options: Options::default(),
    };
    let response = ask(&shelf, &request);
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("two.efg:6:"), "{}", response.notes);
}

fn name_of(at: At<'_>) -> &str {
    match at {
        At::Solving(name, _) | At::Done(name, ..) => name,
    }
}

#[test]
fn whatever_is_looked_for_beside_the_equilibrium_can_be_stopped() {
    let shelf = Shelf::default().with("two.efg", GAME);
    let besides = Besides { trace_to: Some(9.0), n_starts: Some(50), regret_bound: Some(1e-3) };
    let request = Request::Solve {
        file: "two.efg".to_owned(),
        form: Form::Json,
        besides,
        options: Options::default(),
    };
    let mut seen: Vec<String> = Vec::new();
    let response = run(&shelf, &request, &mut |at| {
        let what = name_of(at);
        if seen.last().is_none_or(|last| last != what) {
            seen.push(what.to_owned());
        }
        true
    });
    assert_eq!(response.exit, Exit::Done, "{}", response.notes);
    assert_eq!(
        seen,
        [
            "solving",
            "following the branch",
            "searching for other equilibria",
            "following the branch to its limit",
        ]
    );
    for stop_at in &seen {
        let response = run(&shelf, &request, &mut |at| name_of(at) != stop_at);
        assert_eq!(response.exit, Exit::Cancelled, "{stop_at}");
        assert!(text(&response).is_empty() && response.notes.contains("nothing was kept"));
    }
}

#[test]
fn every_intermediate_and_format_can_be_printed() {
    let shelf = Shelf::starter();
    let file = || "start".to_owned();
    for stage in [Stage::Syntax, Stage::Scenario, Stage::Game, Stage::Solution, Stage::Findings] {
        let what = Explain::At(stage);
        let request =
            Request::Explain { file: file(), what, draws: 4, options: Options::default() };
        let response = ask(&shelf, &request);
        assert_eq!(response.exit, Exit::Done, "{stage:?}: {}", response.notes);
        assert!(!text(&response).is_empty());
    }
    for to in [Format::Json, Format::Dot, Format::Svg] {
        let request = Request::Export { file: file(), to, options: Options::default() };
        let response = ask(&shelf, &request);
        assert_eq!(response.exit, Exit::Done, "{to:?}: {}", response.notes);
        assert!(matches!(response.output, Output::Game(_)) == (to == Format::Json));
        assert!(!text(&response).is_empty());
    }
}

#[test]
fn the_answer_to_why_names_the_line() {
    let shelf = Shelf::starter();
    let why = |name: &str| {
        let what = Explain::Why(name.to_owned());
        let (file, options) = ("start".to_owned(), Options::default());
        ask(&shelf, &Request::Explain { file, what, draws: 4, options })
    };
    for (name, needed) in [
        ("p_resolute", "defined at start/scenario.toml:"),
        ("gates", "moves.shut sets it"),
        ("shut", "move shut: shut the gates"),
        ("0", "p by upper"),
        ("1", "proportional to"),
        ("verdict.margin", "how: |change|"),
        ("attribution.means", "how: The part's Shapley value"),
        ("spiral.R", "line question at start/scenario.toml:"),
        ("bands.effect.as_policy.measure", "from run.draws = 4"),
    ] {
        let response = why(name);
        assert!(text(&response).contains(needed), "{name}: {}{}", text(&response), response.notes);
    }
    for (name, near) in [
        ("gatse", "near are `gates`"),
        ("999999999", "there is no node"),
        ("spiral.x", "near are `spiral."),
        ("spiral.ratioo", "near are `spiral.ratio`"),
        ("claims.no-such", "nothing here is called `claims.no-such`"),
        ("verdict.share", "near are `verdict."),
    ] {
        let response = why(name);
        assert_eq!(response.exit, Exit::Usage);
        assert!(response.notes.contains(near), "{name}: {}", response.notes);
    }
}

#[test]
fn the_exported_game_is_complete_and_solve_names_the_same_information_sets() {
    let shelf = Shelf::starter();
    let file = || "start".to_owned();
    let options = Options::default;
    let game: serde_json::Value = serde_json::from_str(&text(&ask(
        &shelf,
        &Request::Export { file: file(), to: Format::Json, options: options() },
    )))
    .expect("the game is JSON");
    let solved: serde_json::Value = serde_json::from_str(&text(&ask(
        &shelf,
        &Request::Solve {
            file: file(),
            form: Form::Json,
            besides: Besides::default(),
            options: options(),
        },
    )))
    .expect("the solution is JSON");
    let nodes = game["nodes"].as_array().expect("nodes are a list");
    let profile = solved["profile"].as_array().expect("the profile is a list");
    for (i, node) in nodes.iter().enumerate() {
        assert_eq!(node["id"].as_u64(), Some(i as u64));
        assert!(node["state"]["peak"].is_u64());
        let edges = node["edges"].as_array().expect("edges are a list");
        for edge in edges {
            assert!(edge["to"].as_u64() > Some(i as u64), "topological order");
            assert!(edge["label"].is_string() && edge["weight"].is_number());
            assert!(edge["payoffs"]["upper"].is_number() && edge["next_stage"].is_boolean());
        }
        match node["kind"].as_str() {
            Some("terminal") => assert!(edges.is_empty() && node["payoffs"]["lower"].is_number()),
            Some("chance") => {
                for viewer in ["analyst", "upper", "lower"] {
                    let sum: f64 =
                        edges.iter().filter_map(|e| e["probability"][viewer].as_f64()).sum();
                    assert!((sum - 1.0).abs() < 1e-9, "node {i}, {viewer}: {sum}");
                }
            }
            Some("decision") => {
                let at = node["infoset"].as_u64().expect("a decision has an information set");
                let set = profile
                    .iter()
                    .find(|entry| entry["infoset"].as_u64() == Some(at))
                    .expect("the solution names it");
                assert_eq!(set["player"], node["player"]);
                assert_eq!((&set["seat"], &set["stage"]), (&node["seat"], &node["stage"]));
                let labels: Vec<_> = edges.iter().map(|e| &e["label"]).collect();
                let actions = set["actions"].as_array().expect("actions are a list");
                assert_eq!(labels, actions.iter().map(|a| &a["label"]).collect::<Vec<_>>());
                for (key, value) in set["knows"].as_object().expect("knows is an object") {
                    assert_eq!(*value, node["state"][key], "{key} at node {i}");
                }
            }
            other => panic!("unknown kind {other:?}"),
        }
    }
}

#[test]
fn a_date_needs_a_history() {
    let options = Options { as_of: Some("2030-01-01".to_owned()), ..Options::default() };
    let response = ask(&Shelf::starter(), &assess("start", options));
    assert_eq!(response.exit, Exit::WrongFile);
    assert!(response.notes.contains("E094") && response.notes.contains("no history"));
}

fn compared(a: &str, b: &str) -> Response {
    let request = Request::Compare {
        a: a.to_owned(),
        b: b.to_owned(),
        form: Form::Json,
        options: Options::default(),
    };
    ask(&Shelf::starter(), &request)
}

fn json(response: &Response) -> serde_json::Value {
    assert_eq!(response.exit, Exit::Done, "{}", response.notes);
    serde_json::from_str(&text(response)).expect("JSON")
}

#[test]
fn a_scenario_compared_with_itself_has_no_difference() {
    let found = json(&compared("start", "start"));
    assert_eq!(found["differences"].as_array().map(Vec::len), Some(0));
    assert!(found["equal"].as_u64().is_some_and(|n| n > 50), "{}", found["equal"]);
    assert_eq!(found["a"], found["b"]);
}

#[test]
fn two_moves_of_one_menu_are_compared_largest_difference_first() {
    let found = json(&compared("start", "start:half-shut"));
    assert_eq!((&found["a"]["focal"], &found["b"]["focal"]), (&"shut".into(), &"half-shut".into()));
    let differences = found["differences"].as_array().expect("a list");
    let changes: Vec<f64> =
        differences.iter().filter_map(|d| d["change"].as_f64()).map(f64::abs).collect();
    assert!(changes.len() > 5 && changes.is_sorted_by(|a, b| a >= b), "{changes:?}");
    for d in differences.iter().filter(|d| d["change"].is_number()) {
        let number = |key: &str| d[key].as_f64().expect("a number");
        assert!((number("b") - number("a") - number("change")).abs() < 1e-12);
    }
    // Turned round, everything changes its sign.
    let turned = json(&compared("start:half-shut", "start"));
    let largest = |v: &serde_json::Value| {
        let list = v["differences"].as_array().expect("a list");
        list.iter().find_map(|d| d["change"].as_f64()).expect("numbers differ")
    };
    assert!((largest(&found) + largest(&turned)).abs() < 1e-12);
}

#[test]
fn a_move_that_the_question_cannot_be_about_is_refused_with_those_it_can() {
    for (name, says) in [
        ("start:shutt", "did you mean `shut`?"),
        ("start:leave-it", "these are: half-shut, shut, open"),
        ("start:raid", "is not a move that the question could be about"),
    ] {
        let response = compared("start", name);
        assert_eq!(response.exit, Exit::Usage, "{name}");
        assert!(response.notes.contains(says), "{}", response.notes);
    }
}
