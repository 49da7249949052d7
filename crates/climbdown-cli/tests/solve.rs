//! `solve` and what can be asked beside the equilibrium, and `export` of games, as they are run.
//!
//! The games are those of the catalog of `quantal`, whose answers have their sources there.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const TINY: &str = "scenarios/tiny-ladder";
const FOLD: &str = "crates/quantal/catalog/three_by_three_fold.efg";

fn climbdown(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .stdin(Stdio::null())
        .output()
        .expect("the command runs")
}

fn printed(arguments: &[&str]) -> String {
    let done = climbdown(arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

fn solved(arguments: &[&str]) -> Value {
    let text = printed(&[&["solve", "--json"], arguments].concat());
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is a list"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

/// Player, information set and labels of every entry of a profile.
fn places(profile: &Value) -> Vec<(&Value, &Value, Vec<&Value>)> {
    let entry = |e| -> (&Value, &Value, Vec<&Value>) {
        let e: &Value = e;
        let labels = list(&e["actions"]).iter().map(|a| &a["label"]).collect();
        (&e["player"], &e["infoset"], labels)
    };
    list(profile).iter().map(entry).collect()
}

/// The probabilities of a profile, one list per information set.
fn probabilities(profile: &Value) -> Vec<Vec<f64>> {
    let each = |e: &Value| list(&e["actions"]).iter().map(|a| number(&a["probability"])).collect();
    list(profile).iter().map(each).collect()
}

fn assert_near(found: &[Vec<f64>], expected: &[Vec<f64>], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().flatten().zip(expected.iter().flatten()) {
        assert!((a - b).abs() <= tolerance, "{found:?} for {expected:?}");
    }
}

#[test]
fn a_folded_branch_is_traced_and_all_its_points_are_found() {
    let json = solved(&[FOLD, "--lambda-raw", "2.7", "--trace", "6", "--equilibria", "100"]);
    let trace = list(&json["trace"]);
    let lambdas: Vec<f64> = trace.iter().map(|p| number(&p["lambda"])).collect();
    assert_eq!(lambdas[0], 0.0);
    assert!((lambdas[lambdas.len() - 1] - 6.0).abs() < 1e-9);
    // λ = 2.79254 and 2.60975, by another tracer (quantal/tests/branches.rs).
    let folds: Vec<f64> =
        trace.iter().filter(|p| p["fold"] == true).map(|p| number(&p["lambda"])).collect();
    assert_eq!(folds.len(), 2);
    assert!((folds[0] - 2.79254).abs() < 2e-5 && (folds[1] - 2.60975).abs() < 2e-5, "{folds:?}");
    assert_eq!(
        (&json["bifurcations"], &json["trace_stopped"]),
        (&Value::from(vec![(); 0]), &Value::Null)
    );
    let third = 1.0 / 3.0;
    assert_near(&probabilities(&trace[0]["profile"]), &[vec![third; 3], vec![third; 3]], 1e-12);
    for point in trace {
        assert_eq!(places(&point["profile"]), places(&json["profile"]));
        for set in probabilities(&point["profile"]) {
            assert!((set.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    // The three points at λ = 2.7: P(U), P(M); P(L), P(C) (the catalog's answers to the game).
    let expected = [
        [[0.008_407_245, 0.402_831_957], [0.023_425_956, 0.396_578_624]],
        [[0.064_064_704, 0.405_550_608], [0.016_565_241, 0.530_669_056]],
        [[0.184_254_724, 0.385_218_267], [0.006_864_195, 0.611_990_275]],
    ];
    let expected = expected.map(|point| point.map(|[a, b]| vec![a, b, 1.0 - a - b]).to_vec());
    let equilibria = list(&json["equilibria"]);
    assert_eq!(equilibria.len(), 3);
    assert_eq!(json["certificate"]["other_equilibria"], 2);
    for point in &expected {
        let is_it = |e: &&Value| (probabilities(&e["profile"])[0][0] - point[0][0]).abs() < 1e-4;
        let found = equilibria.iter().find(is_it).expect("each point is found");
        assert_near(&probabilities(&found["profile"]), point, 1e-5);
        assert!(number(&found["certificate"]["residual"]) <= 1e-10);
        assert!(number(&found["share_of_starts"]) > 0.0);
    }
    assert_near(&probabilities(&json["profile"]), &expected[0], 1e-5);
    assert_eq!(json["certificate"]["branch"], "first_crossing_of_3");
    let same = equilibria.iter().filter(|e| e["is_the_solution"] == true);
    assert_eq!(same.map(|e| &e["profile"]).collect::<Vec<_>>(), [&json["profile"]]);
}

#[test]
fn the_branch_and_the_equilibria_can_be_read() {
    let arguments = ["solve", FOLD, "--lambda-raw", "2.7", "--trace", "6", "--equilibria", "100"];
    let text = printed(&arguments);
    for part in [
        "BRANCH   from lambda 0 to 6:",
        "2 folds.",
        "EQUILIBRIA   at lambda 2.7 from 100 starts (seed 1): 2 others besides the solution.",
        ": the solution\n",
        "not 0.008",
        "PROFILE   what everybody does at lambda 2.7",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let of_fold = |line: &str| {
        let (lambda, _) = line.split_once("  fold ")?;
        lambda.trim().parse::<f64>().ok()
    };
    let folds: Vec<f64> = text.lines().filter_map(of_fold).collect();
    assert_eq!(folds.len(), 2, "{text}");
    assert!((folds[0] - 2.79254).abs() < 1e-4 && (folds[1] - 2.60975).abs() < 1e-4, "{folds:?}");
    assert!(text.lines().all(|line| line.chars().count() <= 92), "{text}");
    assert_eq!(text, printed(&[&arguments[..], &["--threads", "1"]].concat()));
    let burned = "crates/quantal/catalog/burned_money.efg";
    let text = printed(&["solve", burned, "--lambda-raw", "2", "--trace", "2.4"]);
    // The determinant changes its sign between 1.6582 and 1.6729 (branches.md).
    assert!(text.contains("others leave it between lambda 1.66") && text.contains("bifurcated"));
}

#[test]
fn of_a_game_file_players_and_information_sets_have_the_numbers_of_the_file() {
    // Information sets 7 and 3 of the second player and 9 of the first, in the order of play 9, 7, 3.
    let game = "EFG 2 R \"numbers\" { \"A\" \"B\" }\n\"\"\n\n\
                p \"\" 1 9 \"first\" { \"z\" \"a\" } 0\n\
                p \"\" 2 7 \"after z\" { \"right\" \"left\" } 0\n\
                t \"\" 1 \"\" { 0, 1 }\nt \"\" 2 \"\" { 0, 0 }\n\
                p \"\" 2 3 \"after a\" { \"stay\" \"go\" \"both\" } 0\n\
                t \"\" 3 \"\" { 0, 0 }\nt \"\" 4 \"\" { 0, 0 }\nt \"\" 5 \"\" { 0, 1 }\n";
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("numbers.efg");
    fs::write(&path, game).expect("the file can be written");
    let json = solved(&[path.to_str().expect("a plain path"), "--lambda-raw", "1"]);
    let found: Vec<(u64, u64, Vec<&str>)> = places(&json["profile"])
        .into_iter()
        .map(|(player, infoset, labels)| {
            let labels = labels.iter().map(|l| l.as_str().expect("a text")).collect();
            (player.as_u64().expect("a number"), infoset.as_u64().expect("a number"), labels)
        })
        .collect();
    let expected =
        [(1, 9, vec!["z", "a"]), (2, 3, vec!["stay", "go", "both"]), (2, 7, vec!["right", "left"])];
    assert_eq!(found, expected);
    // Nothing depends on A; B takes what pays 1 rather than 0 with odds e.
    let e = std::f64::consts::E;
    let expected = [
        vec![0.5, 0.5],
        vec![1.0 / (2.0 + e), 1.0 / (2.0 + e), e / (2.0 + e)],
        vec![e / (1.0 + e), 1.0 / (1.0 + e)],
    ];
    assert_near(&probabilities(&json["profile"]), &expected, 1e-9);
}

#[test]
fn games_in_strategic_form_are_solved() {
    let chicken = "crates/quantal/catalog/riskdom_chicken.nfg";
    let answers = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../quantal/catalog/answers/riskdom_chicken.json"),
    )
    .expect("the catalog has answers");
    let answers: Value = serde_json::from_str(&answers).expect("JSON");
    for row in list(&answers["aqre"]["rows"]) {
        let lambda = row["lambda"].to_string();
        let json = solved(&[chicken, "--lambda-raw", &lambda]);
        let here = places(&json["profile"]);
        assert_eq!(
            here.iter().map(|p| (p.0.as_u64(), p.1.as_u64())).collect::<Vec<_>>(),
            [(Some(1), Some(1)), (Some(2), Some(1))]
        );
        let expected =
            ["1:1", "2:1"].map(|key| list(&row["profile"][key]).iter().map(number).collect());
        assert_near(&probabilities(&json["profile"]), &expected, 1e-6);
    }
}

#[test]
fn the_rational_limit_comes_with_what_it_may_be_called() {
    // The unique subgame-perfect equilibrium: take everywhere.
    let json = solved(&["crates/quantal/catalog/centipede.efg", "--limit", "1e-4"]);
    let limit = &json["limit"];
    assert_eq!(
        (&limit["claim"], &limit["is_within_bound"]),
        (&"sequential_equilibrium".into(), &true.into())
    );
    assert!(number(&limit["certificate"]["max_regret"]) < 1e-4);
    assert!(
        limit["sentence"].as_str().is_some_and(|s| s.starts_with("Sequential equilibrium to "))
    );
    for set in probabilities(&limit["profile"]) {
        assert!(set[0] > 0.99, "{set:?}");
    }
    let beliefs = list(&limit["beliefs"]);
    assert_eq!(beliefs.len(), list(&json["profile"]).len());
    let reach: Vec<f64> = beliefs.iter().map(|b| number(&b["log_reach"])).collect();
    assert!(reach.contains(&0.0) && reach.iter().any(|&r| r < -4.0), "{reach:?}");

    // Leaders judge where things stand and forget the path.
    let json = solved(&[TINY, "--limit", "0.2"]);
    assert_eq!(json["limit"]["claim"], "agent_equilibrium");
    let text = printed(&["solve", TINY, "--limit", "0.2"]);
    assert!(text.contains("RATIONAL LIMIT   Agent ") && text.contains("under own beliefs"));

    let json = solved(&[FOLD, "--limit", "1e-300"]);
    assert_eq!(json["limit"]["is_within_bound"], false);
}

#[test]
fn a_scenario_takes_the_same_options() {
    let alone = solved(&[TINY]);
    for key in ["trace", "equilibria", "limit", "bifurcations"] {
        assert!(alone.get(key).is_none(), "{key}");
    }
    assert!(alone["certificate"]["other_equilibria"].is_null());
    let json = solved(&[TINY, "--trace", "5", "--equilibria", "4", "--seed", "2"]);
    assert_eq!(json["profile"], alone["profile"]);
    assert_eq!(json["seed"], 2);
    let n_others = json["certificate"]["other_equilibria"].as_u64().expect("a count");
    let equilibria = list(&json["equilibria"]);
    assert_eq!(equilibria.len() as u64, n_others + 1);
    let trace = list(&json["trace"]);
    let last = trace.last().expect("points");
    assert_eq!(number(&last["lambda"]), 5.0);
    assert_eq!(places(&last["profile"]), places(&json["profile"]));
    // Points of the branch are good enough to plot.
    let solution = probabilities(&json["profile"]);
    assert_near(&probabilities(&last["profile"]), &solution, 1e-5);
    let text = printed(&["solve", TINY, "--trace", "5"]);
    assert!(text.contains("stage 0, northport (north), infoset 0: "), "{text}");
}

#[test]
fn games_are_written_in_the_formats_of_gambit() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let at = |name: &str| folder.path().join(name).to_str().expect("a plain path").to_owned();
    let write = |name: &str, arguments: &[&str]| {
        fs::write(at(name), printed(arguments)).expect("the file can be written");
    };
    let centipede = "crates/quantal/catalog/centipede.efg";
    let kept = printed(&["export", centipede, "--to", "efg"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    assert_eq!(kept, fs::read_to_string(root.join(centipede)).expect("it is there"));

    // The first mover takes with 0.0925 as an agent, 0.236 in the game (quantal/tests/interchange.rs).
    write("agents.nfg", &["export", centipede, "--to", "nfg", "--agents"]);
    let takes = |json: &Value| probabilities(&json["profile"])[0][0];
    assert!((takes(&solved(&[&at("agents.nfg"), "--lambda-raw", "1"])) - 0.092_510).abs() < 1e-6);
    assert!((takes(&solved(&[centipede, "--lambda-raw", "1"])) - 0.236_193).abs() < 1e-6);
    write("plans.nfg", &["export", centipede, "--to", "nfg"]);
    let plans = solved(&[&at("plans.nfg")]);
    assert_eq!(probabilities(&plans["profile"]).iter().map(Vec::len).collect::<Vec<_>>(), [4, 4]);

    let chicken = "crates/quantal/catalog/riskdom_chicken.nfg";
    write("chicken.efg", &["export", chicken, "--to", "efg"]);
    let (a, b) = (solved(&[chicken]), solved(&[&at("chicken.efg")]));
    assert_near(&probabilities(&a["profile"]), &probabilities(&b["profile"]), 1e-9);

    let large = climbdown(&["export", TINY, "--to", "nfg"]);
    let said = String::from_utf8_lossy(&large.stderr);
    assert_eq!(large.status.code(), Some(3), "{said}");
    assert!(said.contains("combinations of plans") && large.stdout.is_empty(), "{said}");
    let json = climbdown(&["export", centipede, "--to", "json"]);
    assert_eq!(json.status.code(), Some(2));
    assert!(json.stdout.is_empty());
}
