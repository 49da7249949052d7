//! Games in extensive form with private information, and their logit quantal response equilibria.

pub mod game;
pub mod ids;
pub mod math;
pub mod solve;

pub use game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
pub use ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};
pub use solve::{
    BehaviorProfile, Branch, Certificate, Equilibrium, Lambda, Progress, SolveOptions, Unsolved,
    Watch, action_values, belief, certify, reach, solve, values,
};
