//! The rational limit: the branch followed up until nobody has much left to gain, and what may be said
//! of the profile there.

use crate::evaluate::scaled_reach;
use crate::game::{Game, Graph, NodeKind};
use crate::ids::{InfosetId, NodeId, PlayerId, Viewer};
use crate::path::first_lambda;
use crate::profile::Lambda;
use crate::scaled::Scaled;
use crate::solve::{Equilibrium, SolveOptions, Unsolved, Watch, search_along};

/// What a profile of small regret may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Sequential equilibrium to ε (Kreps and Wilson 1982): players share one prior and forget nothing.
    SequentialEquilibrium,
    /// Agent ε-equilibrium under own beliefs: somebody's prior is their own, or histories are forgotten.
    AgentEquilibrium,
}

/// An information set at the rational limit.
#[derive(Clone, Debug)]
pub struct LimitBelief {
    /// Which.
    pub infoset: InfosetId,
    /// ln of the probability its owner gives to reaching it; very negative off the path, −∞ where the
    /// owner's own draws exclude it.
    pub log_reach: f64,
    /// The owner's belief over its nodes; `None` where the owner's own draws exclude it.
    pub belief: Option<Vec<(NodeId, f64)>>,
}

/// Where the branch was followed to.
#[derive(Clone, Debug)]
pub struct RationalLimit {
    /// The profile and its certificate: Λ reached, regret in units.
    pub equilibrium: Equilibrium,
    /// Whether the largest interim regret is below the bound asked for.
    pub is_within_bound: bool,
    /// Beliefs at every information set, on the path and off it.
    pub beliefs: Vec<LimitBelief>,
    /// What it may be called, ε being `equilibrium.certificate.max_regret`.
    pub claim: Claim,
}

/// Λ at each stop is this many times the one before.
const GROWTH: f64 = 2.0;

/// Follows the branch from Λ = 0, doubling Λ, until the largest interim regret (in units) is below
/// `regret_bound` or Λ would exceed `most`; λ_i = Λ / units\[i\].
///
/// Where it can be followed only part of the way, the last equilibrium reached is returned.
/// The limit is one selection among the equilibria of the game.
///
/// # Errors
/// [`Unsolved`] when not even the first stop is solved, or the watcher says to stop.
///
/// # Panics
/// When `units` is not one positive number per player.
pub fn rational_limit(
    game: &Game,
    units: &[f64],
    regret_bound: f64,
    most: Lambda,
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Result<RationalLimit, Unsolved> {
    let first = first_lambda(game, units).unwrap_or(1.0).min(most.get());
    let is_enough = |e: &Equilibrium| e.certificate.max_regret < regret_bound;
    let mut next = Some(first);
    let answers = search_along(game, units, options, watch, &mut |last| {
        if let Some(last) = last {
            let reached = last.as_ref().ok().filter(|e| !is_enough(e))?;
            let lambda = reached.certificate.lambda.get();
            next = (lambda < most.get()).then(|| (GROWTH * lambda).min(most.get()));
        }
        next
    });
    let mut last = Err(Unsolved::Cancelled);
    for answer in answers {
        match answer {
            Err(Unsolved::Cancelled) => return Err(Unsolved::Cancelled),
            Err(why) if last.is_err() => last = Err(why),
            Err(_) => {}
            Ok(e) => last = Ok(e),
        }
    }
    let equilibrium = last?;
    Ok(RationalLimit {
        is_within_bound: is_enough(&equilibrium),
        beliefs: beliefs(game, &equilibrium),
        claim: claim(game),
        equilibrium,
    })
}

/// What an equilibrium of small regret of `game` may be called.
#[must_use]
pub fn claim(game: &Game) -> Claim {
    if has_common_prior(game) && has_perfect_recall(game.graph()) {
        Claim::SequentialEquilibrium
    } else {
        Claim::AgentEquilibrium
    }
}

/// Whether all players give every draw the same probability. The analyst is not asked.
#[must_use]
pub fn has_common_prior(game: &Game) -> bool {
    let n = game.graph().n_chance_edges();
    let row = |p: usize| &game.numbers().chance[p * n..(p + 1) * n];
    (1..game.graph().n_players()).all(|p| row(p) == row(0))
}

/// Whether every player always remembers own information sets and own actions (Kuhn 1953). Exact: at each
/// information set, all paths to all its nodes must have the same last own action, and so on back.
#[must_use]
pub fn has_perfect_recall(graph: &Graph) -> bool {
    (0..graph.n_players()).map(PlayerId::new).all(|p| remembers(graph, p))
}

fn remembers(graph: &Graph, player: PlayerId) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Last {
        Unvisited,
        None,
        Action(u32),
        /// Paths of different own actions have met.
        Mixed,
    }
    let mut last = vec![Last::Unvisited; graph.n_nodes()];
    let mut of_infoset = vec![Last::Unvisited; graph.n_infosets()];
    if let Some(root) = last.first_mut() {
        *root = Last::None;
    }
    for node in graph.nodes() {
        let before = last[node.index()];
        let own = match graph.kind(node) {
            NodeKind::Decision(i) if graph.infoset(i).player == player => Some(i),
            _ => None,
        };
        if let Some(i) = own {
            let known = &mut of_infoset[i.index()];
            if before == Last::Mixed || (*known != Last::Unvisited && *known != before) {
                return false;
            }
            *known = before;
        }
        let mut actions = own.map(|i| graph.actions(i));
        for edge in graph.edges(node) {
            let action = actions.as_mut().and_then(Iterator::next);
            let after = action.map_or(before, |a| Last::Action(a.0));
            let to = &mut last[graph.to(edge).index()];
            *to = if *to == Last::Unvisited || *to == after { after } else { Last::Mixed };
        }
    }
    true
}

fn beliefs(game: &Game, equilibrium: &Equilibrium) -> Vec<LimitBelief> {
    let graph = game.graph();
    let mut found = Vec::with_capacity(graph.n_infosets());
    for player in (0..graph.n_players()).map(PlayerId::new) {
        let reach = scaled_reach(game, &equilibrium.profile, Viewer::Player(player));
        for infoset in graph.infosets().filter(|&i| graph.infoset(i).player == player) {
            let nodes = graph.infoset_nodes(infoset);
            let total = crate::evaluate::sum(nodes.iter().map(|n| reach[n.index()]));
            let share = |n: &NodeId| (*n, reach[n.index()].share_of(total));
            found.push(LimitBelief {
                infoset,
                log_reach: total.ln(),
                belief: (total != Scaled::ZERO).then(|| nodes.iter().map(share).collect()),
            });
        }
    }
    found.sort_by_key(|b| b.infoset);
    found
}
