//! The tiny scenario with a history, and a walk over every single path of its game.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use climbdown_lang::episode::{Episode, episode};
use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, Cause, CompileOptions, Phase, Template};
use climbdown_lang::{Sources, check, compile};
use climbdown_study::replay::{Replay, ReplayOptions, Step, replay};
use quantal::{
    BehaviorProfile, EdgeId, Follow, Game, Lambda, NodeId, NodeKind, SolveOptions, Viewer, solve,
};

const HEADER: &str = "date,seat,actor,move,means,ends,involvement,target,publicity,account,weight,source,confidence\n";

/// Boats that nobody saw at the time, a disputed answer, an act known by its means alone, a silence.
pub const HISTORY: &str = "\
2030-03-04,northport,,unmarked-boats,,,,,,,,s,high
2030-03-05,southport,,escort,,,,,,A,0.6,s,low
2030-03-06,southport,,bear-it,,,,,,B,0.3,s,low
2030-03-12,northport,,,M2,,,,,,,s,high
2030-03-19,northport,,stop-ships,,,,,,,,s,high
2030-03-20,southport,,fire,,,,,,,,s,high
";

pub const RESOLVE: &str = "south.resolve";

/// A scenario, compiled, with its history.
pub struct Case {
    pub template: Template,
    pub episode: Episode,
}

pub fn tiny(history: &str, more: &str, silence: &str) -> Case {
    tiny_with(history, more, silence, &|toml| toml)
}

pub fn tiny_with(
    history: &str,
    more: &str,
    silence: &str,
    change: &dyn Fn(String) -> String,
) -> Case {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("the file is there");
    let file = |name: &str, text: String| SourceFile { name: name.to_owned(), text };
    let toml = read("scenarios/tiny-ladder/scenario.toml");
    let toml = toml.split("\n[history]").next().expect("there is text");
    let toml = change(toml.to_owned());
    let toml = format!("{toml}\n{more}\n[history]\nfile = \"h.csv\"\nsilence = \"{silence}\"\n");
    let checked = check(&Sources {
        scenario: file("scenario.toml", toml),
        ladders: vec![file("plain.toml", read("ladders/plain.toml"))],
        history: Some(file("h.csv", format!("{HEADER}{history}"))),
    });
    let scenario = checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let options = CompileOptions { memory: scenario.memory, budget_nodes: 10_000 };
    let template = compile(&Arc::new(scenario), &options).expect("it compiles");
    let game = template.instantiate(&Assignment::point(&template.scenario)).expect("numbers");
    let episode = episode(&template, &game).unwrap_or_else(|found| panic!("{found:?}"));
    Case { template, episode }
}

impl Case {
    pub fn replay(&self) -> Replay {
        let point = Assignment::point(&self.template.scenario);
        let options = ReplayOptions { lambda: 5.0, tolerance: 1e-12 };
        replay(&self.template, &point, &self.episode, options, &mut |_, _| true)
            .expect("it replays")
    }

    /// The game with some parameters changed, and its profile.
    pub fn solved(&self, set: &[(&str, f64)]) -> (Game, BehaviorProfile) {
        let scenario = &self.template.scenario;
        let mut point = Assignment::point(scenario);
        let stakes = self.template.stakes(&point);
        for (name, x) in set {
            let at = scenario.parameters.iter().position(|p| p.name == *name);
            point.values[at.expect("a parameter")] = *x;
        }
        let game = self.template.instantiate(&point).expect("numbers");
        let options = SolveOptions {
            tolerance: 1e-12,
            max_steps: 50_000,
            follow: Follow::Twice,
            start: None,
        };
        let lambda = Lambda::new(5.0).expect("a precision");
        let solved = solve(&game, lambda, &stakes, &options, &mut |_| true).expect("it solves");
        (game, solved.profile)
    }
}

/// Probability of the first k observations, and of those together with each value of a type.
pub type Prefixes = Vec<(f64, BTreeMap<u8, f64>)>;

/// How likely an observation is: of a move at a node, or of a crisis that is over.
pub type Likelihood<'a> = dyn Fn(usize, Option<(NodeId, EdgeId)>) -> f64 + 'a;

/// Walks every path from the root, one by one.
pub fn walk_all(
    case: &Case,
    (game, profile): &(Game, BehaviorProfile),
    (viewer, about): (Viewer, &str),
    likelihood: &Likelihood<'_>,
) -> Prefixes {
    let (template, graph) = (&case.template, game.graph());
    let turns = &case.episode.turns;
    let resolve = template
        .scenario
        .variables
        .iter()
        .position(|v| v.name == about)
        .map(climbdown_lang::scenario::VariableId::new)
        .expect("the type");
    let mut found: Prefixes = vec![(0.0, BTreeMap::new()); turns.len() + 1];
    let mut paths = vec![(NodeId(0), 1.0, vec![1.0; turns.len()], 0)];
    let mut n_paths = 0;
    while let Some((node, p, likely, passed)) = paths.pop() {
        if graph.kind(node) == NodeKind::Terminal {
            n_paths += 1;
            let mut product = p;
            for k in 0..=turns.len() {
                found[k].0 += product;
                *found[k].1.entry(template.value(node, resolve)).or_default() += product;
                if k < turns.len() {
                    product *= if k < passed { likely[k] } else { likelihood(k, None) };
                }
            }
            continue;
        }
        let place = template.places[node.index()];
        let at =
            turns.iter().position(|t| t.stage == place.stage && place.phase == Phase::Turn(t.slot));
        for (k, edge) in graph.edges(node).enumerate() {
            let step = match graph.kind(node) {
                NodeKind::Decision(infoset) => {
                    profile.probability(graph.actions(infoset).nth(k).expect("an action"))
                }
                _ => game.probability(edge, viewer),
            };
            let (mut likely, mut passed) = (likely.clone(), passed);
            if let Some(at) = at {
                likely[at] = likelihood(at, Some((node, edge)));
                passed = at + 1;
            }
            if step > 0.0 {
                paths.push((graph.to(edge), p * step, likely, passed));
            }
        }
    }
    assert!(n_paths > 10_000, "only {n_paths} paths");
    found
}

/// What was observed at a turn, by this test's own reading of the history.
pub fn told(case: &Case, turn: usize, account: usize, at: Option<(NodeId, EdgeId)>) -> f64 {
    let made = at.map(|(_, edge)| match case.template.causes[edge.index()] {
        Cause::Move(Some(m)) => case.template.scenario.moves[m.index()].id.as_str(),
        _ => "hold",
    });
    let is = match (turn, account) {
        (0, _) => made == Some("unmarked-boats"),
        (1, 0) => made == Some("escort"),
        (1, _) => made == Some("bear-it"),
        (2, _) | (4, _) => made == Some("stop-ships"),
        // Nothing is said of the second week's answer.
        (3, _) => made.is_none() || made == Some("bear-it"),
        (5, _) => made == Some("fire"),
        other => panic!("no turn {other:?}"),
    };
    f64::from(u8::from(is))
}

pub fn observed(case: &Case, turn: usize, at: Option<(NodeId, EdgeId)>) -> f64 {
    match turn {
        1 => 0.6 * told(case, 1, 0, at) + 0.3 * told(case, 1, 1, at) + 0.1,
        _ => told(case, turn, 0, at),
    }
}

pub fn close(a: f64, b: f64, what: &str) {
    assert!((a - b).abs() < 1e-9, "{what}: {a} and {b}");
}

pub fn belief(step: &Step, by: &str, about: &str) -> Vec<f64> {
    let found = step.beliefs.iter().find(|b| b.by == by && b.about == about);
    found.expect("a belief").values.iter().map(|(_, p)| *p).collect()
}

/// What is done with a path: its probability, its edges, its end.
pub type Visit<'a> = dyn FnMut(f64, &[(NodeId, EdgeId)], NodeId) + 'a;

/// Walks every path from the root: its probability in the eyes of `viewer`, its edges, its end.
pub fn each_path((game, profile): &(Game, BehaviorProfile), viewer: Viewer, visit: &mut Visit<'_>) {
    let graph = game.graph();
    let mut paths = vec![(NodeId(0), 1.0, Vec::new())];
    while let Some((node, p, path)) = paths.pop() {
        if graph.kind(node) == NodeKind::Terminal {
            visit(p, &path, node);
            continue;
        }
        for (k, edge) in graph.edges(node).enumerate() {
            let step = match graph.kind(node) {
                NodeKind::Decision(infoset) => {
                    profile.probability(graph.actions(infoset).nth(k).expect("an action"))
                }
                _ => game.probability(edge, viewer),
            };
            if step > 0.0 {
                let longer = path.iter().copied().chain([(node, edge)]).collect();
                paths.push((graph.to(edge), p * step, longer));
            }
        }
    }
}
