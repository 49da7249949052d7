//! What scenarios mean once they are checked: defaults filled in, names resolved, tables derived.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::path::Path;

use climbdown_lang::expr::{Binary, Expr};
use climbdown_lang::scenario::{
    ActorId, Domain, Fixes, Measure, MoveId, Scenario, VariableKind, Visibility,
};
use climbdown_lang::source::SourceFile;
use climbdown_lang::{Checked, Sources, check, coding_table, needs, text};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/good")
}

fn file(path: &Path) -> SourceFile {
    let name = path.file_name().unwrap().to_str().unwrap();
    text(name, &std::fs::read(path).unwrap()).unwrap()
}

fn checked(name: &str, change: impl Fn(String) -> String) -> Checked {
    let mut scenario = file(&folder().join(name));
    scenario.text = change(scenario.text);
    let needs = needs(&scenario);
    let ladders = needs.ladders.iter().map(|l| folder().join("ladders").join(format!("{l}.toml")));
    let ladders = ladders.filter(|p| p.exists()).map(|p| file(&p)).collect();
    let history = needs.history.map(|h| file(&folder().join(h)));
    check(&Sources { scenario, ladders, history })
}

fn good(name: &str) -> Scenario {
    checked(name, |text| text).scenario.unwrap()
}

fn variable<'s>(s: &'s Scenario, name: &str) -> &'s climbdown_lang::scenario::Variable {
    s.variables.iter().find(|v| v.name == name).unwrap_or_else(|| panic!("no variable {name}"))
}

fn move_id(s: &Scenario, name: &str) -> MoveId {
    MoveId::new(s.moves.iter().position(|m| m.id == name).unwrap())
}

#[test]
fn the_state_is_in_a_fixed_order() {
    let s = good("strait.toml");
    let names: Vec<&str> = s.variables.iter().map(|v| v.name.as_str()).collect();
    insta::assert_snapshot!(names.join("\n"));
    assert_eq!(s.peak.index(), 0);
    assert_eq!(s.peak_seen.len(), s.actors.len());
}

#[test]
fn needs_are_read_from_files_with_errors_too() {
    let broken =
        "ladder = \"long\"\nladder_ = \n[actors.a]\nladder = \"own\"\n[history]\nfile = \"h.csv\"";
    let scenario = SourceFile { name: "s.toml".to_owned(), text: broken.to_owned() };
    let needs = needs(&scenario);
    assert_eq!(needs.ladders, ["long", "own"]);
    assert_eq!(needs.history.as_deref(), Some("h.csv"));
}

#[test]
fn events_act_in_the_first_stage_on_or_after_their_date() {
    let s = good("succession.toml");
    // Stages begin on 7 and 21 January; the inauguration is on the 20th.
    let stages: Vec<Option<u32>> = s.calendar.iter().map(|c| c.stage).collect();
    assert_eq!(stages, [Some(1), Some(0)]);
    let at = |date: &str| {
        let date = format!("date = {date}");
        let s = checked("succession.toml", |t| t.replace("date = 2030-01-20", &date));
        s.scenario.unwrap().calendar[0].stage
    };
    assert_eq!(at("2030-01-21"), Some(1));
    assert_eq!(at("2030-01-22"), Some(2));
    assert_eq!(at("2030-02-18"), Some(3));
    assert_eq!(at("2030-02-19"), None);
    // Twelve-hour stages: a day begins at midnight, with every second stage.
    let hours = checked("succession.toml", |t| {
        t.replace("2 weeks", "12 hours").replace("date = 2030-01-20", "date = 2030-01-08")
    });
    assert_eq!(hours.scenario.unwrap().calendar[0].stage, Some(2));
}

#[test]
fn the_rest_is_one_minus_the_others() {
    let s = good("strait.toml");
    let resolve = s.draws.iter().find(|d| s.variables[d.variable.index()].name == "dorn.resolve");
    let draw = resolve.unwrap();
    let Expr::Binary(Binary::Subtract, one, other) = &draw.analyst[0] else {
        panic!("{:?}", draw.analyst)
    };
    assert_eq!((**one).clone(), Expr::Number(1.0));
    assert_eq!((**other).clone(), draw.analyst[1]);
    let by: Vec<ActorId> = draw.believed.iter().map(|(a, _)| *a).collect();
    assert_eq!(by, [ActorId(0), ActorId(1)]);
}

#[test]
fn types_then_perceptions_then_variables_are_drawn() {
    let s = good("strait.toml");
    let kinds: Vec<VariableKind> =
        s.draws.iter().map(|d| s.variables[d.variable.index()].kind).collect();
    let expected = [
        VariableKind::Type(ActorId(3)),
        VariableKind::Type(ActorId(0)),
        VariableKind::Perception(ActorId(3)),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn a_set_of_hypotheses_gives_a_type_its_values_and_probabilities() {
    let s = good("strait.toml");
    let motive = variable(&s, "ash.motive");
    assert_eq!(motive.domain, Domain::Words(vec!["face".to_owned(), "strategy".to_owned()]));
    let draw = s.draws.iter().find(|d| d.hypothesis_set == Some(0)).unwrap();
    // Two hypotheses fix `strategy`: their priors are added.
    assert!(matches!(&draw.analyst[1], Expr::Binary(Binary::Add, _, _)));
    let luck = &s.hypothesis_sets[0].hypotheses[2];
    assert!(matches!(luck.fixes[..], [Fixes::Type(_, 1)]));
    // Known to its owner and to the actor it is known to.
    let seen = Visibility::Only { actors: vec![ActorId(0), ActorId(1)], seats: Vec::new() };
    assert_eq!(motive.visibility, seen);
}

#[test]
fn dotted_keys_and_quoted_paths_say_the_same() {
    let dotted = good("precedent.toml");
    let quoted = checked("precedent.toml", |t| {
        t.replace("red_lines.shore.status = \"signed\"", "\"red_lines.shore.status\" = \"signed\"")
    });
    let quoted = quoted.scenario.unwrap();
    let sign = move_id(&dotted, "sign").index();
    assert_eq!(dotted.moves[sign].set[0].value, quoted.moves[sign].set[0].value);
    assert_eq!(dotted.moves[sign].set[0].variable, quoted.moves[sign].set[0].variable);
}

#[test]
fn the_short_form_of_a_parameter_says_the_same_as_the_table() {
    let s = good("two-actors.toml");
    let gain = s.parameters.iter().find(|p| p.name == "gain").unwrap();
    assert_eq!((gain.value, gain.range), (1.0, Some((0.5, 2.0))));
    assert_eq!((gain.unit.as_str(), gain.source.as_str()), ("stakes", "judgement"));
}

#[test]
fn the_default_measure_lies_above_both_acts_and_the_start() {
    // `press` is on rung 2: the first firebreak above it is F3, between 2 and 3.
    let s = checked("two-actors.toml", |t| t.replace("measure = \"rungs.4\"\n", ""));
    assert_eq!(s.scenario.unwrap().question.measure, Measure::Firebreak(2));
    // From rung 3 on only F4 is left.
    let s = checked("two-actors.toml", |t| {
        t.replace("measure = \"rungs.4\"\n", "").replace("{ value = 0,", "{ value = 3,")
    });
    assert_eq!(s.scenario.unwrap().question.measure, Measure::Firebreak(3));
}

#[test]
fn a_hidden_move_passes_for_the_first_open_move_of_its_menu() {
    let s = good("covert.toml");
    let fish = move_id(&s, "fish");
    let mine = &s.moves[move_id(&s, "mine").index()];
    assert_eq!(mine.hidden.as_ref().unwrap().looks_like, fish);
    let proxy = &s.moves[move_id(&s, "mine-by-proxy").index()];
    assert_eq!(proxy.variant_of, Some(move_id(&s, "mine")));
}

#[test]
fn a_value_wins_over_a_variable_of_its_name_opposite_its_enumeration() {
    let s = good("expressions.toml");
    let hold = &s.moves[move_id(&s, "hold").index()];
    let effect = hold.set.iter().find(|e| s.variables[e.variable.index()].name == "on-hold");
    // max(on-hold, low): `low` is the second value of `on-hold`, not the variable `low`.
    let Expr::Binary(Binary::Max, _, low) = &effect.unwrap().value else { panic!() };
    assert_eq!(**low, Expr::Number(1.0));
}

#[test]
fn powers_are_read_from_the_right_and_minus_binds_less() {
    let s = checked("two-actors.toml", |t| t.replace("\"gain\"", "\"-2 ^ 3 ^ 2 - 1 - 1\""));
    let s = s.scenario.unwrap();
    let value = &s.moves[move_id(&s, "press").index()].pays[0].value;
    let expected = -512.0 - 2.0;
    assert_eq!(climbdown_lang::eval::number(value, &s, &[]), expected);
}

#[test]
fn the_coding_table_lists_codes_and_rungs_for_a_second_coder() {
    let s = good("strait.toml");
    let table = coding_table(&s);
    let mut out = format!("move | state | by | {} | rung\n", table.attributes.join(" "));
    for row in &table.rows {
        let state: Vec<String> = row.state.iter().map(|(v, x)| format!("{v} = {x}")).collect();
        let by: Vec<&str> = row.by.iter().map(|a| s.actors[a.index()].id.as_str()).collect();
        let codes = row.codes.as_ref().map_or("?".to_owned(), |c| c.join(" "));
        let rung = row.rung.map_or("?".to_owned(), |r| r.to_string());
        let (name, state, by) = (&row.name, state.join(", "), by.join(", "));
        writeln!(out, "{name} | {state} | {by} | {codes} | {rung}").unwrap();
        for seen in &row.seen {
            let actor = &s.actors[seen.actor.index()].id;
            let state: Vec<String> = seen.state.iter().map(|(v, x)| format!("{v} = {x}")).collect();
            let codes = seen.codes.join(" ");
            writeln!(out, "    {actor} sees {codes} | {} | {}", seen.rung, state.join(", "))
                .unwrap();
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn every_built_in_ladder_is_read() {
    for id in ["plain", "proxy-crisis"] {
        let source = climbdown_lang::builtin_ladder(id).unwrap();
        assert!(source.name.contains(id));
        let lost = checked("two-actors.toml", |t| t.replace("\"plain\"", &format!("\"{id}\"")));
        assert!(lost.diagnostics.iter().all(|d| d.code != "E031" && d.span.file == 0), "{id}");
    }
    assert!(climbdown_lang::builtin_ladder("nowhere").is_none());
}
