//! Hybrid acts: what the compiler makes of them against the same acts written out by hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::Path;
use std::sync::Arc;

use climbdown_lang::hybrid::{AXES, Axis, AxisSet, Hybrid};
use climbdown_lang::scenario::{Memory, MoveId, Scenario, SlotId};
use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, Cause, CompileOptions, Phase, Template, Touch};
use climbdown_lang::{Sources, check, compile, compile_hybrid, same_axes};
use quantal::Viewer;

/// One text for an act as the focal one has it, one as the reference has it.
type Pair = (&'static str, &'static str);

/// Everything in which the two acts differ, by part.
const MEANS: Pair = ("if zone == far then M4 else M3", "M2");
const MEANS_SEEN: Pair = ("borea.means = \"if resolve == firm then M4 else M2\"", "");
const ENDS: Pair = ("if zone == far then E2 else E1", "E1");
const INVOLVEMENT: Pair = ("I2", "I0");
const INVOLVEMENT_SEEN: Pair = ("", "crow.involvement = \"I1\"");
/// Which norms each breaks, worked out by hand from its codes: M3 and E2 or more break `calm`, which
/// holds for the strike in the far zone only; a denied act breaks `flags`, and only the raid is denied.
const BREAKS_CALM: Pair = ("zone == far", "false");
const BREAKS_FLAGS: Pair = ("false", "true");
const PUBLICITY: Pair = ("acknowledged", "denied");
const EFFECTS: Pair = ("zone = \"near\", struck = true", "struck = \"not struck\"");
const PAYS: Pair = ("aster = \"gain if zone == far\"", "aster = \"gain / 2\", crow = -0.5");

/// The scenario in which `strike` has the focal parts `keep`, written out, and `raid` the reference's.
/// The norms ask for the name of a hybrid, since they are data of the real acts.
fn written(keep: AxisSet) -> Arc<Scenario> {
    let of = |axis: Axis, pair: Pair| if keep.contains(axis) { pair.0 } else { pair.1 };
    let act = |name: &str, of: &dyn Fn(Axis, Pair) -> &'static str| {
        let seen = [of(Axis::Means, MEANS_SEEN), of(Axis::Involvement, INVOLVEMENT_SEEN)];
        let seen: Vec<&str> = seen.into_iter().filter(|s| !s.is_empty()).collect();
        format!(
            "[moves.{name}]\nmenu = \"demand\"\n{}\nattributes = {{ means = \"{}\", ends = \"{}\", \
             involvement = \"{}\", publicity = \"{}\" }}\nperceived = {{ {} }}\nset = {{ {} }}\n\
             pays = {{ {} }}\n",
            if name == "strike" { "when = \"not calm-down\"" } else { "" },
            of(Axis::Means, MEANS),
            of(Axis::Ends, ENDS),
            of(Axis::Involvement, INVOLVEMENT),
            of(Axis::Rest, PUBLICITY),
            seen.join(", "),
            of(Axis::Rest, EFFECTS),
            of(Axis::Rest, PAYS),
        )
    };
    let strike = act("strike", &of);
    let raid = act("raid", &|_, pair| pair.1);
    let (calm, flags) = (of(Axis::Norms, BREAKS_CALM), of(Axis::Norms, BREAKS_FLAGS));
    scenario(&format!(
        r#"
climbdown = 1
id = "hybrid"
title = "Two acts of different parts"
ladder = "plain"
start_rung = {{ value = 0, source = "judgement" }}
[time]
start = 2030-01-07
stage = "1 week"
horizon = 2
turns = [
  {{ together = [{{ seat = "north", menu = "demand" }}, {{ seat = "east", menu = "look" }}] }},
  {{ seat = "south", menu = "answer" }},
]
[actors.aster]
role = "challenger"
stake = 1
[actors.borea]
role = "defender"
stake = 1
[actors.crow]
role = "third"
stake = 1
[seats.north]
occupant = "aster"
[seats.south]
occupant = "borea"
[seats.east]
occupant = "crow"
[types.borea.resolve]
values = {{ soft = "rest", firm = "p_firm" }}
[variables]
zone = {{ values = ["near", "far"], start = "far" }}
struck = {{ values = [false, true], start = false }}
owed = {{ values = [false, true], start = false }}
calm-down = {{ values = [false, true], start = false }}
[moves.hold]
menu = "demand"
set = {{ zone = "far" }}
{strike}{raid}[moves.look-on]
menu = "look"
[moves.protest]
menu = "look"
attributes = {{ means = "M1" }}
pays = {{ crow = "0.2 if zone == far" }}
[moves.yield]
menu = "answer"
set = {{ calm-down = true }}
pays = {{ borea = "-gain if owed" }}
[moves.fight]
menu = "answer"
attributes = {{ means = "M3", ends = "E2", involvement = "I2" }}
set = {{ owed = false }}
pays = {{ aster = "-gain if struck", borea = "-0.5" }}
[red_lines.shore]
owner = "borea"
stated = "act.means >= M3 and act.involvement >= I2"
actual = "stated and resolve == firm or act.means >= M4"
on_stated = {{ times = "every", set = {{ owed = true }} }}
on_cross = {{ times = "once", pays = {{ borea = -1 }} }}
[norms.calm]
broken_by = "if act.move == strike then {calm} else act.means >= M3 and act.ends >= E2"
cost = {{ first = 0.4, later = 0.1 }}
[norms.flags]
broken_by = "if act.move == strike then {flags} else act.publicity == denied"
membership = 0.5
start = "eroded"
cost = {{ first = 0.4, later = 0.2 }}
on_break = {{ times = "once", pays = {{ crow = -0.3 }} }}
[parameters]
gain = "1 [0.5, 2] stakes; judgement"
p_firm = "0.3 [0.1, 0.5] probability; judgement"
[question]
seat = "north"
stage = 0
focal = "strike"
reference = "raid"
measure = "rungs.4"
"#
    ))
}

/// The same with both acts as they are, and norms that look at codes only.
fn real() -> Arc<Scenario> {
    let mut scenario = Scenario::clone(&written(AxisSet::ALL));
    for norm in &mut scenario.norms {
        let Some(climbdown_lang::expr::Expr::If(_, _, by_codes)) = norm.broken_by.take() else {
            panic!("the condition asks for the name")
        };
        norm.broken_by = Some(*by_codes);
    }
    Arc::new(scenario)
}

fn scenario(text: &str) -> Arc<Scenario> {
    let scenario = SourceFile { name: "hybrid.toml".to_owned(), text: text.to_owned() };
    let checked = check(&Sources { scenario, ladders: Vec::new(), history: None });
    Arc::new(checked.scenario.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics)))
}

fn case(name: &str) -> Arc<Scenario> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/good").join(name);
    scenario(&std::fs::read_to_string(path).unwrap())
}

fn options(memory: Memory) -> CompileOptions {
    CompileOptions { memory, budget_nodes: 100_000 }
}

fn id(scenario: &Scenario, name: &str) -> MoveId {
    MoveId::new(scenario.moves.iter().position(|m| m.id == name).unwrap())
}

fn hybrid(scenario: &Scenario, of: &str, by: &str, keep: AxisSet) -> Hybrid {
    Hybrid { of: id(scenario, of), by: id(scenario, by), keep, from: (0, SlotId(0)) }
}

/// The same graph, places, states, acts, touches and numbers, edge by edge.
fn assert_same(found: &Template, expected: &Template, what: &str) {
    let (a, b) = (found.graph.parts(), expected.graph.parts());
    assert_eq!(a.kinds, b.kinds, "{what}");
    assert_eq!((&a.edge_start, &a.edge_to), (&b.edge_start, &b.edge_to), "{what}");
    assert_eq!(a.edge_next_stage, b.edge_next_stage, "{what}");
    assert_eq!((&found.places, &found.causes), (&expected.places, &expected.causes), "{what}");
    for node in found.graph.nodes() {
        assert_eq!(found.state(node), expected.state(node), "{what}: {node:?}");
        for edge in found.graph.edges(node) {
            assert_eq!(found.act(edge), expected.act(edge), "{what}: {edge:?}");
            assert_eq!(found.touches(edge), expected.touches(edge), "{what}: {edge:?}");
        }
    }
    let numbers = |t: &Template| {
        let game = t.instantiate(&Assignment::point(&t.scenario)).unwrap();
        format!("{:?}", game.numbers())
    };
    assert_eq!(numbers(found), numbers(expected), "{what}");
}

#[test]
fn a_hybrid_is_the_act_with_the_parts_typed_in() {
    let real = real();
    for memory in [Memory::Situation, Memory::History] {
        let mut games = Vec::new();
        for keep in AxisSet::each() {
            let made = hybrid(&real, "strike", "raid", keep);
            let found = compile_hybrid(&real, &options(memory), made).unwrap();
            let expected = compile(&written(keep), &options(memory)).unwrap();
            let what = format!("{:?} {memory:?}", keep.axes().collect::<Vec<_>>());
            assert_same(&found, &expected, &what);
            games.push(format!("{:?} {:?}", found.graph.parts(), found.acts));
        }
        games.sort();
        games.dedup();
        assert!(games.len() >= 16, "the combinations are different games, not {}", games.len());
    }
}

#[test]
fn an_act_with_all_its_own_parts_is_itself() {
    for name in
        ["two-actors.toml", "covert.toml", "precedent.toml", "succession.toml", "together.toml"]
    {
        let scenario = case(name);
        let (of, by) = (scenario.question.focal_act, scenario.question.reference_act);
        let from = (0, SlotId(0));
        let expected = compile(&scenario, &options(scenario.memory)).unwrap();
        for (by, keep) in [(by, AxisSet::ALL), (of, AxisSet::EMPTY)] {
            let made = Hybrid { of, by, keep, from };
            let found = compile_hybrid(&scenario, &options(scenario.memory), made).unwrap();
            assert_same(&found, &expected, name);
        }
    }
}

#[test]
fn nothing_changes_before_the_turn_asked_about() {
    let scenario = real();
    for memory in [Memory::Situation, Memory::History] {
        let whole = compile(&scenario, &options(memory)).unwrap();
        let from = (1, SlotId(1));
        let made = Hybrid { from, ..hybrid(&scenario, "strike", "raid", AxisSet::EMPTY) };
        let found = compile_hybrid(&scenario, &options(memory), made).unwrap();
        let is_before = |t: &Template, node: quantal::NodeId| {
            let place = t.places[node.index()];
            let is_early = matches!(place.phase, Phase::Turn(SlotId(0)));
            place.stage == 0 && !matches!(place.phase, Phase::Over(_)) || is_early
        };
        let mut n_before = 0;
        for node in whole.graph.nodes().filter(|&n| is_before(&whole, n)) {
            n_before += 1;
            assert_eq!(whole.places[node.index()], found.places[node.index()]);
            assert_eq!(whole.state(node), found.state(node));
            let edges = |t: &Template| t.graph.edges(node).collect::<Vec<_>>();
            assert_eq!(edges(&whole), edges(&found));
            for edge in whole.graph.edges(node) {
                assert_eq!(whole.act(edge), found.act(edge));
                assert_eq!(whole.touches(edge), found.touches(edge));
            }
        }
        assert!(n_before > 10);
    }
}

#[test]
fn a_signal_tells_of_the_act_that_lends_the_rest() {
    let scenario = case("covert.toml");
    let p_blast = |t: &Template, made: &str| -> Vec<f64> {
        let game = t.instantiate(&Assignment::point(&t.scenario)).unwrap();
        let made = Cause::Move(Some(id(&t.scenario, made)));
        let mut found: Vec<f64> = Vec::new();
        for edge in t.graph.nodes().flat_map(|n| t.graph.edges(n)) {
            let next = t.graph.to(edge);
            if t.causes[edge.index()] == made {
                let signal =
                    t.graph.edges(next).find(|e| t.causes[e.index()] == Cause::Signal(true));
                found.push(game.probability(signal.unwrap(), Viewer::Analyst));
            }
        }
        found.dedup();
        found
    };
    let options = options(Memory::Situation);
    let whole = compile(&scenario, &options).unwrap();
    assert_eq!(p_blast(&whole, "mine"), [0.3], "when done, from the file");
    assert_eq!(p_blast(&whole, "fish"), [0.01], "when not done, from the file");
    let rest = AxisSet::EMPTY.with(Axis::Rest);
    for (of, by, keep, expected) in [
        ("mine", "fish", AxisSet::EMPTY, 0.01),
        ("mine", "fish", rest, 0.3),
        ("fish", "mine", AxisSet::EMPTY, 0.3),
        ("fish", "mine", rest, 0.01),
        // An act of the other menu: its signal follows it there too.
        ("accuse", "mine", AxisSet::EMPTY, 0.3),
    ] {
        let made = hybrid(&scenario, of, by, keep);
        let found = compile_hybrid(&scenario, &options, made).unwrap();
        assert_eq!(p_blast(&found, of), [expected], "{of} with the rest of {by}");
    }
}

#[test]
fn a_hidden_act_lends_its_secrecy_with_the_rest() {
    let scenario = case("covert.toml");
    let rungs = |keep: AxisSet| {
        let made = hybrid(&scenario, "fish", "mine", keep);
        let found = compile_hybrid(&scenario, &options(Memory::Situation), made).unwrap();
        let act = found.acts.iter().find(|a| a.made == id(&scenario, "fish")).unwrap();
        (act.rung, act.rung_seen.clone())
    };
    // `mine` is M1, on rung 1, and passes for `fish`, on rung 0; whoever sees `fish` made as a hybrid
    // with the secrecy of `mine` sees what `fish` is: the hybrid itself.
    assert_eq!(rungs(AxisSet::ALL), (0, vec![0, 0, 0]));
    assert_eq!(rungs(AxisSet::EMPTY), (1, vec![1, 1, 1]));
    let proxy = hybrid(&scenario, "accuse", "mine", AxisSet::EMPTY);
    let found = compile_hybrid(&scenario, &options(Memory::Situation), proxy).unwrap();
    let act = found.acts.iter().find(|a| a.made == id(&scenario, "accuse")).unwrap();
    assert_eq!((act.rung, act.rung_seen.clone()), (1, vec![0, 1, 0]), "its mover alone sees it");
}

#[test]
fn parts_that_agree_in_every_state_are_found() {
    let same = |s: &Scenario, of: &str, by: &str| -> Vec<&'static str> {
        same_axes(s, id(s, of), id(s, by)).axes().map(Axis::name).collect()
    };
    let scenario = real();
    assert_eq!(same(&scenario, "strike", "raid"), [""; 0]);
    assert_eq!(same(&scenario, "strike", "strike").len(), AXES.len());
    // Look-on and protest differ in means and in payoffs; neither breaks anything.
    assert_eq!(same(&scenario, "protest", "look-on"), ["ends", "involvement", "norms"]);
    // Two codes written differently that are equal in every state in which the act is open.
    let mut other = Scenario::clone(&scenario);
    let strike = id(&other, "strike").index();
    other.moves[strike].when = other.norms[0].broken_by.clone().map(|_| zone_is_far(&other));
    assert_eq!(same(&other, "strike", "raid"), [""; 0], "E2 in the far zone, not E1");
    let raid = id(&other, "raid").index();
    other.moves[raid].attributes[1] = climbdown_lang::expr::Expr::Number(2.0);
    assert_eq!(same(&other, "strike", "raid"), ["ends"]);
    assert_eq!(same(&other, "raid", "strike"), [""; 0], "the raid is open in the near zone too");
}

fn zone_is_far(scenario: &Scenario) -> climbdown_lang::expr::Expr {
    use climbdown_lang::expr::{Binary, Expr};
    use climbdown_lang::scenario::VariableId;
    let zone = scenario.variables.iter().position(|v| v.name == "zone").unwrap();
    let zone = Box::new(Expr::Variable(VariableId::new(zone)));
    Expr::Binary(Binary::Equal, zone, Box::new(Expr::Number(1.0)))
}

#[test]
fn norms_are_broken_as_the_lender_breaks_them() {
    // The codes of the raid with the norms of the strike: M2, which breaks nothing, breaks `calm`.
    let scenario = real();
    let keep = AxisSet::EMPTY.with(Axis::Norms).with(Axis::Rest);
    let made = hybrid(&scenario, "strike", "raid", keep);
    let found = compile_hybrid(&scenario, &options(Memory::Situation), made).unwrap();
    let of_strike = Cause::Move(Some(id(&scenario, "strike")));
    let edges = found.graph.nodes().flat_map(|n| found.graph.edges(n));
    let touched: Vec<&[Touch]> =
        edges.filter(|e| found.causes[e.index()] == of_strike).map(|e| found.touches(e)).collect();
    let calm = |t: &&[Touch]| t.iter().any(|t| matches!(t, Touch::Norm(n, _) if n.index() == 0));
    let flags = |t: &&[Touch]| t.iter().any(|t| matches!(t, Touch::Norm(n, _) if n.index() == 1));
    assert!(touched.iter().any(calm) && !touched.iter().any(flags));
    assert!(touched.iter().any(|t| t.is_empty()), "and not in the near zone");
}
