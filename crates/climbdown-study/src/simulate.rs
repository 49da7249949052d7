//! Sampled crises: paths through a solved game, drawn with the analyst's probabilities.
//!
//! Paths are examples to read and to check other figures against; every figure of the report is
//! exact and needs none. Path k is a function of the seed and k alone. Under a policy the way to the
//! question is drawn on the condition that both moves are open when it is asked, with exactly the
//! probabilities that leaves (docs/methods/simulate.md).

use climbdown_lang::template::{Assignment, Template};
use quantal::families::uniform;
use quantal::{
    Certificate, EdgeId, Equilibrium, Game, Graph, Lambda, NodeId, Progress, Unsolved, Viewer,
};

pub use crate::policy::Side;

use crate::Unanswered;
use crate::base::Base;
use crate::crisis::{Crisis, possible};
use crate::play::{Play, toss};
use crate::policy::{Solving, policies_along, solved_along, viewers};
use crate::question::locate;
use crate::together::Watch;

/// What is sampled, and how often.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulateOptions {
    /// Λ.
    pub lambda: f64,
    /// Largest log-residual accepted.
    pub tolerance: f64,
    /// The policy whose game is sampled; the base game if `None`.
    pub policy: Option<Side>,
    /// Seed.
    pub seed: u64,
    /// How many paths.
    pub n_paths: usize,
}

/// Sampled crises, and how well the game is solved from which they come.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// Of the game that is sampled.
    pub certificate: Certificate,
    /// The paths, path k at position k.
    pub paths: Vec<Path>,
}

/// One way a crisis can go, from the start to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// Every move, draw and accident on the way, or that there was none.
    pub steps: Vec<Step>,
    /// Where it ended.
    pub end: NodeId,
}

/// One edge of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Where it begins.
    pub node: NodeId,
    /// The edge.
    pub edge: EdgeId,
    /// Its probability there, in the analyst's eyes; under a policy, before the question, given that
    /// both moves will be open.
    pub probability: f64,
}

/// Apart from every other use of the seed: "path" in ASCII.
const STREAM: u64 = 0x7061_7468;
/// A path has fewer steps than 2 to this power: a stage has a few dozen, a horizon some hundred stages.
const STEP_BITS: u32 = 24;
/// After so many paths somebody may ask to stop.
const PATHS_BETWEEN_LOOKS: usize = 256;

/// Samples crises from the scenario's base game or from one of its two policy games.
///
/// # Errors
/// [`Unanswered`]: as [`crate::assess()`], and cancelled when `watch` says so.
pub fn simulate(
    template: &Template,
    assignment: &Assignment,
    options: &SimulateOptions,
    watch: Watch<'_>,
) -> Result<Simulated, Unanswered> {
    let game = template.instantiate(assignment).map_err(Unanswered::Numbers)?;
    let stakes = template.stakes(assignment);
    let lambda = Lambda::new(options.lambda).ok_or_else(|| {
        Unanswered::Question(format!("lambda is {}; give 0 or more", options.lambda))
    })?;
    let solving = Solving { stakes: &stakes, tolerance: options.tolerance };
    let (steps, certificate) = match options.policy {
        None => {
            let Equilibrium { profile, certificate } = base_game(&game, lambda, solving, watch)?;
            let play = Play::of_profile(game.graph(), &profile);
            (play.steps(&game, Viewer::Analyst), certificate)
        }
        Some(side) => under_policy(template, &game, side, (lambda, solving), watch)?,
    };
    let paths = sample(game.graph(), &steps, (options.seed, options.n_paths), &mut |n_done| {
        watch("sampling", Progress { steps: n_done, lambda: lambda.get(), residual: 0.0 })
    });
    let cancelled = || Unanswered::Unsolved("the game".to_owned(), Unsolved::Cancelled);
    Ok(Simulated { certificate, paths: paths.ok_or_else(cancelled)? })
}

fn base_game(
    game: &Game,
    lambda: Lambda,
    solving: Solving<'_>,
    watch: Watch<'_>,
) -> Result<Equilibrium, Unanswered> {
    let name = "base game";
    let mut found = solved_along(game, &[lambda], solving, &mut |p| watch(name, p));
    let answer = found.pop().expect("one Λ, one answer");
    answer.map_err(|why| Unanswered::Unsolved(name.to_owned(), why))
}

/// The probability of each edge when the crisis comes to the question and goes on under the policy
/// of `side`; and the certificate of that policy's game.
fn under_policy(
    template: &Template,
    game: &Game,
    side: Side,
    (lambda, solving): (Lambda, Solving<'_>),
    watch: Watch<'_>,
) -> Result<(Vec<f64>, Certificate), Unanswered> {
    let crisis = Crisis::of(template);
    let asked = locate(template, &crisis.exchange.clock, &possible(game, viewers(game)))?;
    let profile = if asked.is_preceded {
        base_game(game, lambda, solving, watch)?.profile
    } else {
        toss(game)
    };
    let base = Base::of(&crisis, game, &asked, &profile);
    base.start(game, &asked)?;
    let from = (&asked, &base.arrival);
    let mut found =
        policies_along(game, from, side, &[lambda], solving, &mut |p| watch(side.name(), p));
    let policy = found
        .pop()
        .expect("one Λ, one answer")
        .map_err(|why| Unanswered::Unsolved(side.name().to_owned(), why))?;
    let forks: Vec<NodeId> = asked.forks.iter().map(|fork| fork.node).collect();
    let before = base.play.steps(game, Viewer::Analyst);
    let after = policy.play.steps(game, Viewer::Analyst);
    Ok((joined(game.graph(), &before, &forks, &after), policy.certificate))
}

/// Steps that lead from the root to `forks` as `before` does on the condition that it comes there, and
/// on from them as `after` does. With h the probability of coming to a fork, a step from n to m has
/// probability p h(m) / h(n) (Doob's h-transform, 1957).
fn joined(graph: &Graph, before: &[f64], forks: &[NodeId], after: &[f64]) -> Vec<f64> {
    let mut is_fork = vec![false; graph.n_nodes()];
    for fork in forks {
        is_fork[fork.index()] = true;
    }
    let mut steps = after.to_vec();
    let mut comes_there = vec![0.0; graph.n_nodes()];
    for node in graph.nodes().rev() {
        if is_fork[node.index()] {
            comes_there[node.index()] = 1.0;
            continue;
        }
        let way = |edge: EdgeId| before[edge.index()] * comes_there[graph.to(edge).index()];
        let here: f64 = graph.edges(node).map(way).fold(0.0, |sum, p| sum + p);
        if here > 0.0 {
            for edge in graph.edges(node) {
                steps[edge.index()] = way(edge) / here;
            }
        }
        comes_there[node.index()] = here;
    }
    steps
}

/// `n_paths` paths from the root; `None` if `goes_on` says to stop.
fn sample(
    graph: &Graph,
    steps: &[f64],
    (seed, n_paths): (u64, usize),
    goes_on: &mut dyn FnMut(usize) -> bool,
) -> Option<Vec<Path>> {
    let mut paths = Vec::with_capacity(n_paths);
    for k in 0..n_paths {
        if k.is_multiple_of(PATHS_BETWEEN_LOOKS) && !goes_on(k) {
            return None;
        }
        paths.push(path(graph, steps, seed, k as u64));
    }
    Some(paths)
}

/// Path `k` of `seed`.
fn path(graph: &Graph, steps: &[f64], seed: u64, k: u64) -> Path {
    let mut taken = Vec::new();
    let mut node = NodeId(0);
    while graph.terminal_index(node).is_none() {
        let u = uniform(seed, STREAM, (k << STEP_BITS) | taken.len() as u64);
        let edge = chosen(graph, node, steps, u);
        taken.push(Step { node, edge, probability: steps[edge.index()] });
        node = graph.to(edge);
    }
    Path { steps: taken, end: node }
}

/// The edge of `node` on which `u`, from 0 to 1, falls when they lie side by side.
fn chosen(graph: &Graph, node: NodeId, steps: &[f64], u: f64) -> EdgeId {
    let mut below = 0.0;
    let mut last = None;
    for edge in graph.edges(node).filter(|edge| steps[edge.index()] > 0.0) {
        below += steps[edge.index()];
        if u < below {
            return edge;
        }
        // Rounding may leave the sum a little under 1.
        last = Some(edge);
    }
    last.expect("somewhere to go is possible wherever play can come")
}
