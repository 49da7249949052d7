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
//! # What it solves
//!
//! Finite games in extensive form, given as a directed acyclic graph: a node may have several parents
//! (histories that nobody tells apart), which is a game of imperfect recall on the unrolled tree.
//!
//! * Players may differ in the probabilities they give to chance; a further viewer, the analyst, only
//!   looks on. Values and beliefs are each player's own. That they differ is common knowledge.
//! * Beliefs are conditional on reaching the information set and count the owner's own moves, as
//!   imperfect recall demands.
//! * Reach may be far below the smallest float: beliefs at nodes that are barely reached stay right.
//! * Actions have weights, so that variants of one move can share one, and values behind an edge into
//!   a next stage are discounted per player.
//!
//! | question | |
//! |---|---|
//! | the equilibrium at one Λ, on the branch from Λ = 0 | [`solve()`], [`solve_along`] for several Λ |
//! | the branch itself, its folds and bifurcations | [`trace()`], [`crossings`] for all its points at one Λ |
//! | other equilibria at the same Λ | [`other_equilibria`] |
//! | the limit Λ → ∞ on the branch, with beliefs, and what it may be called | [`rational_limit`], [`claim()`] |
//! | how good a profile is, whoever found it | [`certify`] |
//! | reach, beliefs, values of a profile, by definition | [`reach()`], [`belief()`], [`values()`], [`action_values()`] |
//! | thousands of draws of the numbers on one graph | [`solve_batch`] |
//! | a game that starts in the middle, or lacks some actions | [`Game::conditioned`] |
//! | Gambit's `.efg` and `.nfg`, there and back | [`read_game`], [`write_efg`], [`EfgGame::write`], [`NfgGame::write`] |
//! | the strategic form, of players or of agents | [`strategic_form`] |
//!
//! # Units
//!
//! Λ counts in units of payoff that the caller names, one for each player: λ_i = Λ / unit_i. With units
//! of 1 it is the λ of the literature. Residuals are differences of natural logarithms of probabilities;
//! regret is interim, at the information set, by its owner's beliefs, in units. Nothing is solved unless
//! the certificate says so: an [`Equilibrium`] exists only if its residual met the tolerance.
//!
//! # What it does not
//!
//! Continuous actions; information sets met twice on one path (absent-mindedness; [`BrokenLaw`] says
//! where); games without an end; Nash equilibria as such, other than as limits of the branch; a proof that no other
//! equilibrium exists; bifurcations at which an even number of directions opens at once.
//!
//! # Example
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
//! let options = SolveOptions {
//!     tolerance: 1e-10,
//!     max_steps: 1000,
//!     follow: Follow::Twice,
//!     start: None,
//! };
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
//!
//! The same from a file, with what lies beside the equilibrium: a stag hunt, in which the hare is what the
//! branch leads to (it is risk-dominant), and the stag is another equilibrium.
//!
//! ```
//! use quantal::*;
//!
//! let text = r#"NFG 1 R "stag hunt" { "Ann" "Bob" }
//! { { "stag" "hare" } { "stag" "hare" } } ""
//! 4 4  3 0  0 3  3 3"#;
//! let file = read_game("stag.nfg", text)?;
//! let game = file.game();
//! let units = [1.0, 1.0];
//! let options = SolveOptions {
//!     tolerance: 1e-10,
//!     max_steps: 20_000,
//!     follow: Follow::Twice,
//!     start: None,
//! };
//! let lambda = Lambda::new(5.0).expect("finite and not negative");
//!
//! // On the branch nobody hunts the stag, and Λ never turns back.
//! let solution = solve(game, lambda, &units, &options, &mut |_| true).expect("it converges");
//! assert!(solution.profile.probability(ActionId(0)) < 0.01);
//! let branch = trace(game, lambda, &units, &options, &mut |_| true).expect("not cancelled");
//! assert_eq!(branch.folds().count(), 0);
//!
//! // There are three: all hunt, none does, and the mixed one between them.
//! let found = other_equilibria(game, lambda, &units, 40, 1, &options, &mut |_| true);
//! assert_eq!(found.len(), 3);
//!
//! // The rational limit of the branch.
//! let most = Lambda::new(1e6).expect("finite and not negative");
//! let limit = rational_limit(game, &units, 1e-6, most, &options, &mut |_| true).expect("it converges");
//! assert!(limit.is_within_bound && limit.claim == Claim::SequentialEquilibrium);
//! assert!(limit.equilibrium.profile.probability(ActionId(1)) > 0.999);
//! # Ok::<(), TextError>(())
//! ```

mod anderson;
mod arc;
pub mod batch;
mod beliefs;
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
    Alike, Audit, Batch, BatchOptions, BatchSolution, Draws, Filled, Untaken, bytes_in_lanes,
    solve_batch,
};
pub use certificate::{Branch, Certificate, PlayerCertificate, certify};
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
pub use solve::{Equilibrium, Follow, Progress, SolveOptions, Unsolved, Watch, solve, solve_along};
pub use trace::{Trace, TracePoint, crossings, trace};
