//! Games in extensive form with private information, and their logit quantal response equilibria.

mod anderson;
mod arc;
pub mod certificate;
pub mod derive;
pub mod efg;
pub mod evaluate;
mod fixed_point;
pub mod game;
pub mod ids;
mod kernel;
pub mod math;
mod newton;
mod order;
mod path;
pub mod profile;
mod recall;
mod scaled;
pub mod solve;
mod tangent;

pub use certificate::{Branch, Certificate, certify};
pub use derive::{Derived, StartNode};
pub use efg::{
    EfgError, EfgGame, EfgProblem, EfgText, EfgTooLarge, EfgWarning, read_efg, write_efg,
};
pub use evaluate::{action_values, belief, log_reach, reach, values};
pub use game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
pub use ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};
pub use profile::{BehaviorProfile, Lambda};
pub use solve::{Equilibrium, Progress, SolveOptions, Unsolved, Watch, solve};
