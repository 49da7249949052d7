//! The two policies: the focal move forced, or the reference forced and the focal move given up.
//!
//! Both games begin at the question's turn, from the base game's nodes with the analyst's reach and
//! each actor's own; both are common knowledge, and everything else is free and solved anew.

use quantal::{
    BehaviorProfile, Certificate, Derived, EdgeId, Equilibrium, Follow, Game, Graph, Lambda,
    NodeId, PlayerId, Progress, SolveOptions, StartNode, Unsolved, Viewer, log_reach, solve_along,
};

use crate::play::{Play, Start, normalised};
use crate::question::{Asked, Fork};

/// Most sweeps for one walk along a branch; by feel: a game that needs more is better reported than
/// waited for.
const MOST_SWEEPS: usize = 5_000;

/// Which of the two policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The focal move is made.
    Focal,
    /// The reference is made, and the focal move given up until the question says otherwise.
    Reference,
}

/// Both sides, the focal one first.
pub(crate) const SIDES: [Side; 2] = [Side::Focal, Side::Reference];

impl Side {
    /// This side's move at a fork.
    pub(crate) fn chosen(self, fork: &Fork) -> EdgeId {
        match self {
            Self::Focal => fork.focal,
            Self::Reference => fork.reference,
        }
    }

    /// Name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Focal => "focal policy",
            Self::Reference => "reference policy",
        }
    }
}

/// How every game of an assessment is solved.
#[derive(Clone, Copy)]
pub(crate) struct Solving<'a> {
    /// Stake units, by actor.
    pub(crate) stakes: &'a [f64],
    /// Largest log-residual accepted.
    pub(crate) tolerance: f64,
}

/// Solves `game` at each Λ, following the branch from Λ = 0.
pub(crate) fn solved_along(
    game: &Game,
    lambdas: &[Lambda],
    solving: Solving<'_>,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Vec<Result<Equilibrium, Unsolved>> {
    let options = SolveOptions {
        tolerance: solving.tolerance,
        max_steps: MOST_SWEEPS,
        follow: Follow::Twice,
        start: None,
    };
    solve_along(game, lambdas, solving.stakes, &options, watch)
}

/// Natural logarithms of everybody's reach at the question's turn: `[node of Asked::turn][viewer]`.
pub(crate) struct Arrival(pub(crate) Vec<(NodeId, Vec<f64>)>);

impl Arrival {
    /// Reach at the turn under `profile`, which is played as `play`: with what was observed on the way.
    pub(crate) fn of(game: &Game, profile: &BehaviorProfile, play: &Play, asked: &Asked) -> Self {
        let reach: Vec<Vec<f64>> = asked.known.log_reach(game, play).unwrap_or_else(|| {
            viewers(game).map(|viewer| log_reach(game, profile, viewer)).collect()
        });
        let at = |&node: &NodeId| (node, reach.iter().map(|r| r[node.index()]).collect());
        Self(asked.turn.iter().map(at).collect())
    }

    /// The nodes of the turn with everybody's weight on them.
    pub(crate) fn start_nodes(&self) -> Vec<StartNode> {
        let start = |(node, logs): &(NodeId, Vec<f64>)| StartNode {
            node: *node,
            log_weights: logs.clone(),
        };
        self.0.iter().map(start).collect()
    }

    /// `viewer`'s distribution over all states of the turn; `None` if the viewer holds all impossible.
    pub(crate) fn over_turn(&self, game: &Game, viewer: Viewer) -> Option<Start> {
        let row = game.graph().viewer_index(viewer);
        let logs: Vec<(NodeId, f64)> =
            self.0.iter().map(|(node, logs)| (*node, logs[row])).collect();
        normalised(&logs)
    }

    /// `viewer`'s distribution over the forks, times e to the power of `extra` at each; `None` if
    /// the viewer holds all impossible.
    pub(crate) fn over_forks(
        &self,
        game: &Game,
        forks: &[Fork],
        viewer: Viewer,
        extra: impl Fn(&Fork) -> f64,
    ) -> Option<Start> {
        let row = game.graph().viewer_index(viewer);
        let at = |fork: &Fork| {
            let found = self.0.binary_search_by_key(&fork.node, |&(node, _)| node);
            let log = found.map_or(f64::NEG_INFINITY, |at| self.0[at].1[row]);
            (fork.node, log + extra(fork))
        };
        normalised(&forks.iter().map(at).collect::<Vec<_>>())
    }
}

/// The players, then the analyst.
pub(crate) fn viewers(game: &Game) -> impl Iterator<Item = Viewer> + Clone + use<> {
    (0..game.graph().n_players()).map(|p| Viewer::Player(PlayerId::new(p))).chain([Viewer::Analyst])
}

/// Which moves a policy leaves.
pub(crate) fn leaves(asked: &Asked, side: Side, graph: &Graph) -> Vec<bool> {
    let mut is_left = vec![true; graph.n_edges()];
    if side == Side::Reference {
        for (left, given_up) in is_left.iter_mut().zip(&asked.is_given_up) {
            *left = !given_up;
        }
    }
    for fork in &asked.forks {
        for edge in graph.edges(fork.node) {
            is_left[edge.index()] = edge == side.chosen(fork);
        }
    }
    is_left
}

/// A solved policy game, on the graph of the base game.
pub(crate) struct Policy {
    /// How everybody plays.
    pub(crate) play: Play,
    /// The same as a profile of the policy game.
    pub(crate) profile: BehaviorProfile,
    /// How well it is solved.
    pub(crate) certificate: Certificate,
}

impl Policy {
    /// The policy game `part` of `game` as solved.
    pub(crate) fn of(game: &Game, part: &Derived, equilibrium: Equilibrium) -> Self {
        let Equilibrium { profile, certificate, .. } = equilibrium;
        Self { play: Play::of_part(game.graph(), part, &profile), profile, certificate }
    }
}

/// The policy game of `side`.
pub(crate) fn part_of(game: &Game, (asked, arrival): (&Asked, &Arrival), side: Side) -> Derived {
    let is_left = leaves(asked, side, game.graph());
    let keep = |node: NodeId, k: usize| {
        let edge = game.graph().edges(node).nth(k);
        is_left[edge.expect("only the actions of the node are asked about").index()]
    };
    game.conditioned(&arrival.start_nodes(), &keep)
        .expect("menus are the same over an information set, and none is left empty")
}

/// Solves the policy game of `side` at each Λ.
pub(crate) fn policies_along(
    game: &Game,
    (asked, arrival): (&Asked, &Arrival),
    side: Side,
    lambdas: &[Lambda],
    solving: Solving<'_>,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Vec<Result<Policy, Unsolved>> {
    let part = part_of(game, (asked, arrival), side);
    let found = solved_along(&part.game, lambdas, solving, watch);
    found.into_iter().map(|answer| answer.map(|e| Policy::of(game, &part, e))).collect()
}

/// The policy game of `side` at Λ = 0, where nothing needs solving.
pub(crate) fn policy_at_zero(game: &Game, asked: &Asked, side: Side) -> Play {
    let is_left = leaves(asked, side, game.graph());
    Play::coin_toss(game, |_, edge| is_left[edge.index()])
}
