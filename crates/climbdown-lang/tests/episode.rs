//! Histories on the turns of a game: where rows go, what they observe, and what is said of rows the
//! game has no place for. `cases/history` holds histories of the tiny scenario; those whose name
//! begins with `bad` get the diagnostics of their snapshot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use climbdown_lang::diagnostic::Diagnostic;
use climbdown_lang::episode::{Episode, Seen, episode, hold};
use climbdown_lang::source::SourceMap;
use climbdown_lang::template::{Assignment, Cause, CompileOptions, Template};
use climbdown_lang::{Sources, builtin_ladder, check, compile, text};
use quantal::{EdgeId, NodeId};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A scenario of the repository with another history; `silence` is "hold" or "unknown".
fn with_history(folder: &str, history: &str, silence: &str) -> (Template, SourceMap) {
    let toml = std::fs::read_to_string(here("../../scenarios").join(folder).join("scenario.toml"));
    let mut toml = toml.unwrap();
    if let Some(at) = toml.find("[history]") {
        toml.truncate(at);
    }
    write!(toml, "\n[history]\nfile = \"history.csv\"\nsilence = \"{silence}\"\n").unwrap();
    let scenario = text("scenario.toml", toml.as_bytes()).unwrap();
    let needs = climbdown_lang::needs(&scenario);
    let ladders = needs.ladders.iter().filter(|l| builtin_ladder(l).is_none()).map(|l| {
        let name = format!("{l}.toml");
        text(&name, &std::fs::read(here("../../ladders").join(&name)).unwrap()).unwrap()
    });
    let ladders = ladders.collect();
    let history = Some(text("history.csv", history.as_bytes()).unwrap());
    let checked = check(&Sources { scenario, ladders, history });
    let scenario = checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let memory = scenario.memory;
    let options = CompileOptions { memory, budget_nodes: 100_000 };
    (compile(&Arc::new(scenario), &options).unwrap(), checked.map)
}

fn on_turns(template: &Template) -> Result<Episode, Vec<Diagnostic>> {
    let point = Assignment::point(&template.scenario);
    episode(template, &template.instantiate(&point).unwrap())
}

const HEADER: &str = "date,seat,actor,move,means,ends,involvement,target,publicity,account,weight,source,confidence\n";

fn tiny(rows: &str) -> Template {
    with_history("tiny-ladder", &format!("{HEADER}{rows}"), "hold").0
}

fn moves(template: &Template, edges: &[EdgeId]) -> Vec<String> {
    let mut found = Vec::new();
    for edge in edges {
        let Cause::Move(made) = template.causes[edge.index()] else { continue };
        let name =
            made.map_or("hold".to_owned(), |m| template.scenario.moves[m.index()].id.clone());
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

#[test]
fn impossible_histories_say_which_row_which_cell_and_what_is_missing() {
    let mut n = 0;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(here("cases/history")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let (template, map) =
            with_history("tiny-ladder", &std::fs::read_to_string(&path).unwrap(), "hold");
        let found = on_turns(&template).expect_err("a bad history has problems");
        let mut out = String::new();
        for d in &found {
            let place = map.position(d.span);
            writeln!(
                out,
                "{} {} {}:{} {}",
                d.code, place.file, place.line, place.column, d.message
            )
            .unwrap();
            writeln!(out, "    help: {}", d.help.as_deref().unwrap_or_default()).unwrap();
        }
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            let name = path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(format!("on-turns-{name}"), out);
        });
        n += 1;
    }
    assert!(n >= 3, "only {n} bad histories");
}

#[test]
fn a_row_goes_to_the_stage_of_its_date_and_observes_what_agrees() {
    // Stages are weeks from 4 March. The second row names no move: only boats are denied and M1.
    let template = tiny(
        "2030-03-10,northport,,stop-ships,,,,,,,,s,high\n\
         2030-03-11,,north,,M1,,,,,,,s,high\n",
    );
    let episode = on_turns(&template).unwrap_err();
    // After ships were stopped the standoff lasts, so unmarked boats are closed: the row says so.
    assert!(episode[0].message.contains("means"), "{episode:?}");
    let template = tiny(
        "2030-03-10,northport,,unmarked-boats,,,,,,,,s,high\n\
         2030-03-11,,north,,M1,,,,,,,s,high\n",
    );
    let episode = on_turns(&template).unwrap();
    let places: Vec<(u32, usize)> =
        episode.turns.iter().map(|t| (t.stage, t.slot.index())).collect();
    assert_eq!(places, [(0, 0), (0, 1), (1, 0), (1, 1)], "to the end of the last row's stage");
    let Seen::Act(accounts) = &episode.turns[2].seen else { panic!("a row is an act") };
    assert_eq!(moves(&template, &accounts[0].edges), ["unmarked-boats"]);
    assert!(matches!(episode.turns[1].seen, Seen::Hold(_)));
}

#[test]
fn the_highest_rung_absorbs_and_among_equals_the_latest() {
    let template = tiny(
        "2030-03-04,northport,,stop-ships,,,,,,,,s,high\n\
         2030-03-05,northport,,wait,,,,,,,,s,high\n\
         2030-03-06,southport,,escort,,,,,,,,s,high\n\
         2030-03-07,southport,,escort,M2,,,,,,,s,high\n",
    );
    let episode = on_turns(&template).unwrap();
    let rows: Vec<(usize, Vec<usize>)> = episode.turns[..2]
        .iter()
        .map(|t| match &t.seen {
            Seen::Act(accounts) => (accounts[0].row, accounts[0].absorbed.clone()),
            _ => panic!("rows are acts"),
        })
        .collect();
    assert_eq!(rows, [(0, vec![1]), (3, vec![2])]);
}

#[test]
fn accounts_speak_with_their_weights_and_the_rest_says_nothing() {
    let template = tiny(
        "2030-03-04,northport,,wait,,,,,,A,0.6,s,high\n\
         2030-03-04,northport,,unmarked-boats,,,,,,B,0.3,s,low\n",
    );
    let episode = on_turns(&template).unwrap();
    let turn = &episode.turns[0];
    let likelihood: Vec<f64> =
        template.graph.edges(turn.nodes().next().unwrap()).map(|e| turn.likelihood(e)).collect();
    for (found, expected) in likelihood.iter().zip([0.7, 0.4, 0.1]) {
        assert!((found - expected).abs() < 1e-12, "{likelihood:?}");
    }
    assert!((turn.likelihood_if_over() - 0.1).abs() < 1e-12);
}

#[test]
fn a_silence_is_the_first_of_the_lowest_open_moves_or_nothing() {
    let history = format!("{HEADER}2030-03-18,northport,,stop-ships,,,,,,,,s,high\n");
    let (template, _) = with_history("tiny-ladder", &history, "unknown");
    let episode = on_turns(&template).unwrap();
    assert!(episode.turns[..4].iter().all(|t| t.seen == Seen::Nothing));
    let holds: Vec<EdgeId> = template
        .graph
        .nodes()
        .filter(|n| climbdown_lang::episode::mover(&template, *n).is_some())
        .map(|n: NodeId| hold(&template, n))
        .collect();
    assert_eq!(moves(&template, &holds), ["wait", "bear-it", "pull-back"]);
}

#[test]
fn rows_outside_the_time_of_the_game_are_left_out() {
    let template = tiny(
        "2029-03-04,northport,,wait,,,,,,,,s,high\n\
         2030-03-04,northport,,wait,,,,,,,,s,high\n\
         2030-03-25,northport,,wait,,,,,,,,s,high\n",
    );
    let episode = on_turns(&template).unwrap();
    assert_eq!(episode.outside, [0, 2]);
    assert_eq!(episode.turns.len(), 2);
}

#[test]
fn a_row_that_fits_two_turns_has_to_name_its_move() {
    let history = format!("{HEADER}2024-11-19,moscow,,,M0,,,,,,,s,high\n");
    let (template, _) = with_history("atacms-2024", &history, "hold");
    let found = on_turns(&template).unwrap_err();
    assert_eq!((found.len(), found[0].code), (1, "E075"));
    let help = found[0].help.as_deref().unwrap();
    assert!(help.contains("`declare`") && help.contains("`reply`"), "{help}");
}
