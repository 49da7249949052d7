//! Games in extensive form with private information, and their logit quantal response equilibria.
//!
//! A [`Graph`] says who decides where and who can tell what apart; a [`Game`] puts payoffs, chance,
//! weights and discounts on it. [`solve()`] finds the profile in which everybody chooses
//!
//! > π(a | I) ∝ w_a exp(λ_i Q_i(I, a))
//!
//! (logit agent quantal response equilibrium, McKelvey and Palfrey 1998) on the branch that starts at
//! λ = 0, and [`certify`] measures what was found: its residual, its regret, how it was reached.
//!
//! * Players may differ in the probabilities they give to chance; a further viewer, the analyst, only
//!   looks on. Values and beliefs are each player's own.
//! * Histories may share a node. Then the game is one of imperfect recall, and beliefs count own moves.
//! * Reach may be far below the smallest float: beliefs at nodes that are barely reached stay right.
//!
//! Not here: continuous actions, information sets met twice on one path, games without an
//! end, Nash equilibria as such, and bifurcations at which an even number of directions opens at once.
//!
//! ```
//! use std::sync::Arc;
//!
//! use quantal::*;
//!
//! // A asks or not (0 for both); B grants (1 for A, −0.5 for B) or refuses (−1 for both).
//! let graph = Graph::new(GraphParts {
//!     players: vec!["A".into(), "B".into()],
//!     kinds: vec![
//!         NodeKind::Decision(InfosetId(0)),
//!         NodeKind::Decision(InfosetId(1)),
//!         NodeKind::Terminal,
//!         NodeKind::Terminal,
//!         NodeKind::Terminal,
//!     ],
//!     edge_start: vec![0, 2, 4, 4, 4, 4],
//!     edge_to: vec![NodeId(1), NodeId(2), NodeId(3), NodeId(4)],
//!     edge_next_stage: vec![false; 4],
//!     chance_labels: vec![],
//!     infosets: vec![
//!         InformationSet { player: PlayerId(0), label: "A".into(), actions: vec!["ask".into(), "not".into()] },
//!         InformationSet { player: PlayerId(1), label: "B".into(), actions: vec!["grant".into(), "refuse".into()] },
//!     ],
//! })?;
//! let game = Game::new(Arc::new(graph), Numbers {
//!     edge_payoffs: vec![0.0; 8],
//!     terminal_payoffs: vec![0.0, 0.0, 1.0, -0.5, -1.0, -1.0],
//!     chance: vec![],
//!     weights: vec![1.0; 4],
//!     discounts: vec![1.0; 2],
//! })?;
//!
//! let lambda = Lambda::new(4.0).expect("finite and not negative");
//! let options = SolveOptions { tolerance: 1e-10, max_steps: 1000, trace: true, start: None };
//! let found = solve(&game, lambda, &[1.0, 1.0], &options, &mut |_| true).expect("two decisions");
//!
//! // B grants with odds e^(4 · 0.5); A's prospect of asking is 2p − 1.
//! let p = 1.0 / (1.0 + math::exp(-2.0));
//! assert!((found.profile.probability(ActionId(2)) - p).abs() < 1e-9);
//! let asks = 1.0 / (1.0 + math::exp(-4.0 * (2.0 * p - 1.0)));
//! assert!((found.profile.probability(ActionId(0)) - asks).abs() < 1e-9);
//! assert_eq!(found.certificate.branch, Branch::Traced);
//! assert!(found.certificate.residual <= 1e-10);
//! # Ok::<(), BrokenLaw>(())
//! ```

mod anderson;
mod arc;
pub mod batch;
pub mod certificate;
pub mod derive;
pub mod efg;
pub mod eigen;
mod evaluate;
pub mod families;
mod fixed_point;
pub mod game;
pub mod ids;
mod kernel;
mod lanes;
pub mod limit;
pub mod math;
mod newton;
pub mod nfg;
mod order;
pub mod others;
mod path;
pub mod profile;
pub mod public_belief;
mod recall;
mod scaled;
mod singular;
pub mod solve;
mod tangent;
pub mod trace;
mod walk;

pub use batch::{
    Audit, Batch, BatchOptions, BatchSolution, Draws, Filled, Untaken, bytes_in_lanes, solve_batch,
};
pub use certificate::{Branch, Certificate, certify};
pub use derive::{Derived, StartNode, start_draw};
pub use efg::{
    EfgDraw, EfgGame, EfgOutcome, EfgText, EfgTooLarge, EfgWarning, GameFile, TextError,
    TextProblem, read_efg, read_game, write_efg,
};
pub use evaluate::{action_values, belief, log_reach, log_reach_at, reach, values};
pub use game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
pub use ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};
pub use limit::{
    Claim, LimitBelief, RationalLimit, claim, has_common_prior, has_perfect_recall, rational_limit,
};
pub use nfg::{NfgGame, NfgOutcomes, Seats, StrategicTooLarge, read_nfg, strategic_form};
pub use others::{Found, other_equilibria};
pub use profile::{BehaviorProfile, Lambda};
pub use public_belief::PublicForm;
pub use solve::{Equilibrium, Progress, SolveOptions, Unsolved, Watch, solve, solve_along};
pub use trace::{Trace, TracePoint, crossings, trace};
