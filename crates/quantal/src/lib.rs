//! Games in extensive form with private information, and their logit quantal response equilibria.

mod anderson;
pub mod certificate;
pub mod evaluate;
mod fixed_point;
pub mod game;
pub mod ids;
mod kernel;
pub mod math;
mod order;
mod path;
pub mod profile;
mod recall;
mod scaled;
pub mod solve;

pub use certificate::{Branch, Certificate, certify};
pub use evaluate::{action_values, belief, log_reach, reach, values};
pub use game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
pub use ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};
pub use profile::{BehaviorProfile, Lambda};
pub use solve::{Equilibrium, Progress, SolveOptions, Unsolved, Watch, solve};
