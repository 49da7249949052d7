//! The model shelf: every folder of `models/` says in its `expected.toml` what the published model
//! gives, and this is compared with the game made from its `scenario.toml`.
//!
//! A case sets parameters and Λ; `outcome` and `profile` are probabilities. A key of `outcome` is an end
//! of the scenario, or `variable=value, …` of the final state. A key of `profile` is
//! `actor: variable=value, …`: every information set of that actor that offers the moves named, and of
//! which all nodes have these values, must be played so. `stage` may stand for a variable.
//!
//! `lambda = "limit"` is the rational limit of the principal branch. Where somebody is indifferent in it,
//! the distance to it is a power series in 1/Λ, so the few Λ in `towards` are extrapolated to 1/Λ = 0: the
//! first of them is to be so large that what fades exponentially has faded.
//!
//! With `given` the profile of the case is not compared but examined: `"fixed point"` asks that it be one of
//! the logit response at Λ (the symmetric profile of a symmetric game beyond its bifurcation, which no path
//! need lead to), `"equilibrium"` that nobody gain by another move at any information set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use climbdown_lang::diagnostic::Severity;
use climbdown_lang::reachable::unreachable_parts;
use climbdown_lang::scenario::Domain;
use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, CompileOptions, Ending, Phase, Template};
use climbdown_lang::{Sources, check, compile, needs, text};
use quantal::{
    BehaviorProfile, Branch, Follow, Game, InfosetId, Lambda, NodeId, NodeKind, SolveOptions,
    Viewer, certify, solve,
};
use toml::{Table, Value};

/// Log-residual that every profile must reach; the project's headline.
const RESIDUAL: f64 = 1e-10;
/// Stands for probability 0 where beliefs need a move to be possible.
const NEVER: f64 = 1e-300;

fn shelf() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = entries.filter(|p| p.join("scenario.toml").exists()).collect();
    all.sort();
    all
}

fn read(path: &Path) -> SourceFile {
    text(&path.to_string_lossy(), &fs::read(path).unwrap()).unwrap()
}

/// The compiled scenario and the codes of its warnings.
fn compiled(folder: &Path) -> (Template, Vec<String>) {
    let scenario = read(&folder.join("scenario.toml"));
    let ladders = needs(&scenario).ladders;
    let places = [folder.to_path_buf(), folder.join("../ladders"), folder.join("../../ladders")];
    let at = |id: &String| {
        let files = places.iter().map(|p| p.join(format!("{id}.toml")));
        read(&files.into_iter().find(|p| p.exists()).unwrap())
    };
    let ladders = ladders.iter().map(at).collect();
    let checked = check(&Sources { scenario, ladders, history: None });
    let name = folder.display();
    let errors = checked.diagnostics.iter().find(|d| d.severity == Severity::Error);
    assert!(errors.is_none(), "{name}: {errors:?}");
    let scenario = Arc::new(checked.scenario.unwrap());
    let options = CompileOptions { memory: scenario.memory, budget_nodes: 2_000_000 };
    let template = compile(&scenario, &options).unwrap();
    let late = unreachable_parts(&template);
    let warnings = checked.diagnostics.iter().chain(&late).map(|d| d.code.to_string()).collect();
    (template, warnings)
}

/// The value of a variable at a node, in words.
fn word(template: &Template, node: NodeId, name: &str) -> String {
    let scenario = &template.scenario;
    if name == "stage" {
        return template.places[node.index()].stage.to_string();
    }
    let at = scenario.variables.iter().position(|v| v.name == name);
    let at = at.unwrap_or_else(|| panic!("{}: no variable {name}", scenario.id));
    let value = template.state(node)[at];
    match &scenario.variables[at].domain {
        Domain::Boolean => (value == 1).to_string(),
        Domain::Words(words) => words[usize::from(value)].clone(),
        Domain::Integers { low, .. } => (low + i32::from(value)).to_string(),
        Domain::Actors => scenario.actors[usize::from(value)].id.clone(),
    }
}

fn holds(template: &Template, node: NodeId, conditions: &str) -> bool {
    conditions.split(',').map(str::trim).filter(|c| !c.is_empty()).all(|condition| {
        let (name, value) = condition.split_once('=').unwrap();
        word(template, node, name) == value
    })
}

/// The information sets a key of `profile` means.
fn meant(template: &Template, key: &str, moves: &Table) -> Vec<InfosetId> {
    let graph = &template.graph;
    let (actor, conditions) = key.split_once(':').unwrap_or((key, ""));
    let is_meant = |i: &InfosetId| {
        let infoset = graph.infoset(*i);
        graph.players()[infoset.player.index()] == actor
            && infoset.actions.len() == moves.len()
            && infoset.actions.iter().all(|a| moves.contains_key(a))
            && graph.infoset_nodes(*i).iter().all(|n| holds(template, *n, conditions))
    };
    graph.infosets().filter(is_meant).collect()
}

fn number(value: &Value) -> f64 {
    value.as_float().or_else(|| value.as_integer().map(|i| i as f64)).unwrap()
}

fn table<'v>(value: &'v Table, key: &str) -> Option<&'v Table> {
    value.get(key).and_then(Value::as_table)
}

fn game(template: &Template, overrides: Option<&Table>) -> (Game, Vec<f64>) {
    let scenario = &template.scenario;
    let mut assignment = Assignment::point(scenario);
    for (name, value) in overrides.into_iter().flatten() {
        let at = scenario.parameters.iter().position(|p| p.name == *name);
        let at = at.unwrap_or_else(|| panic!("{}: no parameter {name}", scenario.id));
        assignment.values[at] = number(value);
    }
    let game = template.instantiate(&assignment);
    let game = game.unwrap_or_else(|bad| panic!("{}: {}", scenario.id, bad.message));
    (game, template.stakes(&assignment))
}

/// Each Λ with its weight in the value of Lagrange's polynomial in 1/Λ at 0.
fn towards_limit(points: &[Value]) -> Vec<(f64, f64)> {
    let points: Vec<f64> = points.iter().map(number).collect();
    let factor = |own: f64, other: f64| if own == other { 1.0 } else { own / (own - other) };
    let weight = |own: f64| points.iter().map(|other| factor(own, *other)).product();
    points.iter().map(|own| (*own, weight(*own))).collect()
}

fn solved(game: &Game, stakes: &[f64], lambda: f64) -> Result<BehaviorProfile, String> {
    let options = SolveOptions {
        tolerance: RESIDUAL,
        max_steps: 1_000_000,
        follow: Follow::Twice,
        start: None,
    };
    solve(game, Lambda::new(lambda).unwrap(), stakes, &options, &mut |_| true)
        .map(|found| found.profile)
        .map_err(|why| format!("at Λ = {lambda}: {why:?}"))
}

/// The profile of the case itself.
fn given(template: &Template, case: &Table) -> BehaviorProfile {
    let graph = &template.graph;
    let mut logs = vec![f64::NAN; graph.n_actions()];
    for infoset in graph.infosets().filter(|i| graph.actions(*i).len() == 1) {
        graph.actions(infoset).for_each(|forced| logs[forced.index()] = 0.0);
    }
    for (key, moves) in table(case, "profile").unwrap() {
        let moves = moves.as_table().unwrap();
        for infoset in meant(template, key, moves) {
            for (action, made) in graph.actions(infoset).zip(&graph.infoset(infoset).actions) {
                logs[action.index()] = quantal::math::ln(number(&moves[made]).max(NEVER));
            }
        }
    }
    let name = &case["name"];
    assert!(logs.iter().all(|l| !l.is_nan()), "{name}: an information set is left out");
    BehaviorProfile::from_logs(logs)
}

/// The profile of the case, if it is what `kind` says.
fn examined(
    profile: BehaviorProfile,
    kind: &str,
    (game, stakes): (&Game, &[f64]),
    (lambda, tolerance): (f64, f64),
) -> Result<BehaviorProfile, String> {
    let lambda = Lambda::new(lambda).unwrap();
    let branch = Branch::WarmUnverified;
    let certificate = certify(game, lambda, stakes, &profile, RESIDUAL, 0, branch);
    let (what, is) = match kind {
        "fixed point" => ("log-residual", certificate.residual),
        "equilibrium" => ("regret", certificate.max_regret),
        other => panic!("no examination is called `{other}`"),
    };
    if is <= tolerance { Ok(profile) } else { Err(format!("the {what} of the profile is {is}")) }
}

/// The probability of the final states a key of `outcome` means, in the eyes of the analyst.
fn outcome(template: &Template, reach: &[f64], key: &str) -> f64 {
    let graph = &template.graph;
    let scenario = &template.scenario;
    let is_end = scenario.ends.iter().any(|e| e.id == key) || key == "horizon";
    assert!(is_end || key.contains('='), "{}: no end {key}", scenario.id);
    let is_meant = |n: &NodeId| match template.places[n.index()].phase {
        Phase::Over(Ending::End(e)) if is_end => scenario.ends[e.index()].id == key,
        Phase::Over(Ending::Horizon) if is_end => key == "horizon",
        _ => holds(template, *n, key),
    };
    let ends = graph.nodes().filter(|n| matches!(graph.kind(*n), NodeKind::Terminal));
    ends.filter(is_meant).map(|n| reach[n.index()]).sum()
}

#[test]
fn every_model_gives_what_its_paper_says() {
    let mut wrong = Vec::new();
    let only = std::env::var("CLIMBDOWN_MODEL").unwrap_or_default();
    for folder in shelf().into_iter().filter(|f| f.to_string_lossy().contains(&only)) {
        let expected = fs::read_to_string(folder.join("expected.toml")).unwrap();
        let expected: Table = expected.parse().unwrap();
        let (template, warnings) = compiled(&folder);
        let id = &template.scenario.id;
        assert!(folder.ends_with(id), "{id} is in {}", folder.display());
        assert!(expected["source"].as_str().is_some(), "{id}: expected values need a source");
        let explained: Vec<&str> = expected
            .get("warnings")
            .and_then(Value::as_table)
            .map_or(Vec::new(), |w| w.keys().map(String::as_str).collect());
        for code in warnings.iter().filter(|c| !explained.contains(&c.as_str())) {
            wrong.push(format!("{id}: {code} is not explained in expected.toml"));
        }
        for case in expected["cases"].as_array().unwrap() {
            let case = case.as_table().unwrap();
            let found = compare(&template, case);
            if !case.contains_key("waiting") {
                wrong.extend(found.into_iter().map(|w| format!("{id}: {w}")));
            } else if found.is_empty() {
                wrong.push(format!("{id}: {} holds by now; it waits no more", case["name"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} values differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a case says otherwise than the game.
fn compare(template: &Template, case: &Table) -> Vec<String> {
    let name = case["name"].as_str().unwrap();
    // An equilibrium is examined at no Λ in particular.
    let lambda = case.get("lambda").unwrap_or(&Value::Float(0.0));
    let tolerance = number(&case["tolerance"]);
    let points = match lambda.as_str() {
        Some("limit") => towards_limit(case["towards"].as_array().unwrap()),
        Some(other) => panic!("{name}: lambda is a number or \"limit\", not {other}"),
        None => vec![(number(lambda), 1.0)],
    };
    let (game, stakes) = game(template, table(case, "set"));
    let mut profiles = Vec::new();
    for (lambda, weight) in points {
        let found = match case.get("given").map(|kind| kind.as_str().unwrap()) {
            Some(kind) => {
                let profile = given(template, case);
                examined(profile, kind, (&game, &stakes), (lambda, tolerance))
            }
            None => solved(&game, &stakes, lambda),
        };
        match found {
            Ok(profile) => {
                let reach = quantal::reach(&game, &profile, Viewer::Analyst);
                profiles.push((profile, reach, weight));
            }
            Err(why) => return vec![format!("{name}: {why}")],
        }
    }
    let mut wrong = Vec::new();
    let mut differs = |what: &str, found: f64, expected: f64| {
        if (found - expected).abs().is_nan() || (found - expected).abs() > tolerance {
            wrong.push(format!("{name}, Λ = {lambda}: {what} is {found}, expected {expected}"));
        }
    };
    for (key, value) in table(case, "outcome").into_iter().flatten() {
        let found = profiles.iter().map(|(_, reach, w)| w * outcome(template, reach, key)).sum();
        differs(key, found, number(value));
    }
    let compared = table(case, "profile").filter(|_| !case.contains_key("given"));
    for (key, moves) in compared.into_iter().flatten() {
        let moves = moves.as_table().unwrap();
        let infosets = meant(template, key, moves);
        assert!(!infosets.is_empty(), "{name}: nobody decides at `{key}`");
        for infoset in infosets {
            let graph = &template.graph;
            for (action, made) in graph.actions(infoset).zip(&graph.infoset(infoset).actions) {
                let found = profiles.iter().map(|(p, _, w)| w * p.probability(action)).sum();
                differs(&format!("{key}: {made}"), found, number(&moves[made]));
            }
        }
    }
    wrong
}
