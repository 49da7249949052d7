//! One game solved, and what may be asked beside its equilibrium: the branch that leads to it, other
//! equilibria at the same Λ, and the rational limit.

use quantal::{
    ActionId, Equilibrium, Follow, Game, InfosetId, Lambda, Progress, RationalLimit, SolveOptions,
    Trace, Unsolved, Viewer,
};

/// How to solve one game, and what else to look for.
#[derive(Clone, Debug)]
pub struct SolutionOptions {
    /// Λ of the equilibrium.
    pub lambda: Lambda,
    /// Per player: the payoff that Λ counts as 1.
    pub units: Vec<f64>,
    /// Largest log-residual accepted.
    pub tolerance: f64,
    /// Most sweeps for each thing looked for, and for each start of the search.
    pub max_steps: usize,
    /// Follow the branch from Λ = 0 to here.
    pub trace_to: Option<Lambda>,
    /// Search for other equilibria: number of starts, seed.
    pub search: Option<(usize, u64)>,
    /// Follow the branch up until the largest regret is below this, in units, or to this Λ.
    pub limit: Option<(f64, Lambda)>,
}

/// An equilibrium and what was found beside it.
#[derive(Clone, Debug)]
pub struct Solution {
    /// The equilibrium at the Λ asked for.
    pub equilibrium: Equilibrium,
    /// The branch.
    pub path: Option<Path>,
    /// All equilibria found at the same Λ.
    pub several: Option<Several>,
    /// The rational limit.
    pub limit: Option<Limit>,
}

/// The branch from Λ = 0.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its points.
    pub trace: Trace,
    /// Λ asked for.
    pub max: Lambda,
    /// The actions that move most along it, one per information set, most first.
    pub movers: Vec<Mover>,
}

/// An action whose probability changes along the branch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mover {
    /// Where it can be taken.
    pub infoset: InfosetId,
    /// Which.
    pub action: ActionId,
    /// Its position among the actions there, from 0.
    pub position: usize,
    /// Largest minus smallest probability along the branch, times the analyst's probability of coming
    /// there at the equilibrium.
    pub weight: f64,
}

/// Equilibria at one Λ.
#[derive(Clone, Debug)]
pub struct Several {
    /// How many starts.
    pub n_starts: usize,
    /// Seed of the starts.
    pub seed: u64,
    /// What was found, most frequent first; the one of [`Solution::equilibrium`] is among them, with a
    /// share of 0 if no start led there.
    pub list: Vec<OneOfSeveral>,
}

impl Several {
    /// How many there are besides the one of [`Solution::equilibrium`].
    #[must_use]
    pub fn n_others(&self) -> usize {
        self.list.iter().filter(|one| !one.is_the_solution).count()
    }
}

/// One of several equilibria.
#[derive(Clone, Debug)]
pub struct OneOfSeveral {
    /// The equilibrium.
    pub equilibrium: Equilibrium,
    /// Share of the starts that led to it.
    pub share_of_starts: f64,
    /// Whether it is the one of [`Solution::equilibrium`].
    pub is_the_solution: bool,
    /// Where it differs from that one, most first.
    pub differs: Vec<Difference>,
}

/// A probability that differs between two equilibria.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Where.
    pub infoset: InfosetId,
    /// Position of the action, from 0: the one that differs most there.
    pub position: usize,
    /// Its probability in this equilibrium.
    pub here: f64,
    /// Its probability in the solution.
    pub there: f64,
}

/// The rational limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Profile, beliefs, regret.
    pub found: RationalLimit,
    /// The regret asked for, in units.
    pub regret_bound: f64,
}

/// Equilibria nearer than this in every probability are one: what the search itself holds apart.
const SAME: f64 = 1e-6;
/// Actions listed as moving most, and differences listed; what fits on a page.
const MOST_LISTED: usize = 6;

/// Solves `game` and looks for what the options ask beside it.
///
/// # Errors
/// [`Unsolved`] with what was being done; a search or a walk that was stopped gives nothing.
///
/// # Panics
/// When `options.units` is not one positive number per player.
pub fn solution(
    game: &Game,
    options: &SolutionOptions,
    watch: &mut dyn FnMut(&str, Progress) -> bool,
) -> Result<Solution, Unsolved> {
    let units = &options.units;
    let how = |max_steps| SolveOptions {
        tolerance: options.tolerance,
        max_steps,
        follow: Follow::Twice,
        start: None,
    };
    let usual = how(options.max_steps);
    let equilibrium =
        quantal::solve(game, options.lambda, units, &usual, &mut |p| watch("solving", p))?;
    let mut found = Solution { equilibrium, path: None, several: None, limit: None };
    if let Some(max) = options.trace_to {
        let trace =
            quantal::trace(game, max, units, &usual, &mut |p| watch("following the branch", p))?;
        let movers = movers(game, &found.equilibrium, &trace);
        found.path = Some(Path { trace, max, movers });
    }
    if let Some((n_starts, seed)) = options.search {
        let how = how(options.max_steps.saturating_mul(n_starts.max(1)));
        let mut is_stopped = false;
        let list = quantal::other_equilibria(
            game,
            options.lambda,
            units,
            n_starts,
            seed,
            &how,
            &mut |p| {
                is_stopped |= !watch("searching for other equilibria", p);
                !is_stopped
            },
        );
        if is_stopped {
            return Err(Unsolved::Cancelled);
        }
        found.several = Some(several(game, &found.equilibrium, list, n_starts, seed));
    }
    if let Some((regret_bound, most)) = options.limit {
        let watch = &mut |p| watch("following the branch to its limit", p);
        let limit = quantal::rational_limit(game, units, regret_bound, most, &usual, watch)?;
        found.limit = Some(Limit { found: limit, regret_bound });
    }
    Ok(found)
}

fn movers(game: &Game, solution: &Equilibrium, trace: &Trace) -> Vec<Mover> {
    let graph = game.graph();
    let reach = quantal::reach(game, &solution.profile, Viewer::Analyst);
    let range = |action: ActionId| {
        let along = trace.points.iter().map(|point| point.profile.probability(action));
        let ends = along.fold((1.0f64, 0.0f64), |(low, high), p| (low.min(p), high.max(p)));
        (ends.1 - ends.0).max(0.0)
    };
    let mut movers: Vec<Mover> = graph
        .infosets()
        .filter_map(|infoset| {
            let nodes = graph.infoset_nodes(infoset).iter();
            let here: f64 = nodes.map(|n| reach[n.index()]).sum();
            let ranges = graph.actions(infoset).map(range).enumerate();
            // The first of equals: with two actions, both move alike.
            let (position, most) =
                ranges.reduce(|best, next| if next.1 > best.1 + SAME { next } else { best })?;
            let action = graph.actions(infoset).nth(position)?;
            Some(Mover { infoset, action, position, weight: here * most })
        })
        .filter(|mover| mover.weight > 0.0)
        .collect();
    movers.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.infoset.cmp(&b.infoset)));
    movers.truncate(MOST_LISTED);
    movers
}

fn several(
    game: &Game,
    solution: &Equilibrium,
    found: Vec<quantal::Found>,
    n_starts: usize,
    seed: u64,
) -> Several {
    let mut list: Vec<OneOfSeveral> = found
        .into_iter()
        .map(|found| {
            let differs = differences(game, &found.equilibrium, solution);
            let is_the_solution = differs.first().is_none_or(|d| (d.here - d.there).abs() <= SAME);
            let equilibrium = if is_the_solution { solution.clone() } else { found.equilibrium };
            OneOfSeveral {
                equilibrium,
                share_of_starts: found.share_of_starts,
                is_the_solution,
                differs: if is_the_solution { Vec::new() } else { differs },
            }
        })
        .collect();
    if !list.iter().any(|one| one.is_the_solution) {
        list.push(OneOfSeveral {
            equilibrium: solution.clone(),
            share_of_starts: 0.0,
            is_the_solution: true,
            differs: Vec::new(),
        });
    }
    Several { n_starts, seed, list }
}

/// Where `a` differs most from `b`, one action per information set.
fn differences(game: &Game, a: &Equilibrium, b: &Equilibrium) -> Vec<Difference> {
    let graph = game.graph();
    let size = |d: &Difference| (d.here - d.there).abs();
    let mut all: Vec<Difference> = graph
        .infosets()
        .filter_map(|infoset| {
            let of = |(position, action)| Difference {
                infoset,
                position,
                here: a.profile.probability(action),
                there: b.profile.probability(action),
            };
            let each = graph.actions(infoset).enumerate().map(of);
            each.reduce(|best, next| if size(&next) > size(&best) + SAME { next } else { best })
        })
        .collect();
    all.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.infoset.cmp(&b.infoset)));
    all.truncate(MOST_LISTED);
    all
}
