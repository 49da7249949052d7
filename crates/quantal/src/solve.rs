//! Logit agent quantal response equilibrium: solving and certifying.

use crate::game::Game;
use crate::ids::{ActionId, InfosetId, NodeId, PlayerId, Viewer};

/// Precision of choice Λ, per unit of payoff: 0 is a coin toss, ∞ is best reply.
///
/// Player i responds with λ_i = Λ / unit_i.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Lambda(f64);

impl Lambda {
    /// A precision; `None` unless `value` is finite and not negative.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (value.is_finite() && value >= 0.0).then_some(Self(value))
    }
    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A probability for every action at every information set. Holds logarithms, so that what is
/// barely possible stays distinct from what is impossible.
#[derive(Clone, Debug, PartialEq)]
pub struct BehaviorProfile {
    log_probabilities: Vec<f64>,
}

impl BehaviorProfile {
    /// From natural logarithms, one per action.
    #[must_use]
    pub fn from_logs(log_probabilities: Vec<f64>) -> Self {
        Self { log_probabilities }
    }
    /// The probability of `action` given that its information set is reached.
    #[must_use]
    pub fn probability(&self, action: ActionId) -> f64 {
        crate::math::exp(self.log_probabilities[action.index()])
    }
    /// Its natural logarithm.
    #[must_use]
    pub fn log_probability(&self, action: ActionId) -> f64 {
        self.log_probabilities[action.index()]
    }
    /// How many actions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log_probabilities.len()
    }
    /// Whether there are no actions at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log_probabilities.is_empty()
    }
}

/// How a profile relates to the branch that starts at Λ = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Followed from Λ = 0; two step sizes agree.
    Traced,
    /// Followed from Λ = 0 through folds; the first of n crossings of this Λ.
    FirstCrossingOf(u32),
    /// A fixed point, found without following the branch.
    WarmUnverified,
    /// The branch bifurcates below this Λ.
    SelectionUndetermined,
}

/// What was measured on a returned profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// Λ, per unit of payoff.
    pub lambda: Lambda,
    /// Per player: the unit of payoff U_i.
    pub units: Vec<f64>,
    /// Per player: λ_i = Λ / U_i, per payoff.
    pub lambda_raw: Vec<f64>,
    /// Largest |log π − log logit(Q(π))| over actions.
    pub residual: f64,
    /// Per player: largest interim regret over information sets with positive own reach, in units U_i.
    pub player_max_regret: Vec<f64>,
    /// The largest of `player_max_regret`.
    pub max_regret: f64,
    /// Interim regret averaged over information sets, weighted by own reach, in units.
    pub mean_regret: f64,
    /// Sweeps made to find the profile (0 when only certified).
    pub steps: usize,
    /// Relation to the principal branch.
    pub branch: Branch,
    /// Whether the residual is below the tolerance asked for.
    pub converged: bool,
    /// Information sets that their owner's own probabilities give reach 0: they play by weights and
    /// are left out of residual and regret.
    pub excluded: Vec<InfosetId>,
}

/// A profile that converged, with its certificate.
#[derive(Clone, Debug)]
pub struct Equilibrium {
    /// What everybody does.
    pub profile: BehaviorProfile,
    /// How good it is, measured on `profile`.
    pub certificate: Certificate,
}

/// Why there is no equilibrium to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsolved {
    /// The sweeps did not reach the tolerance.
    NotConverged {
        /// Largest Λ reached on the way.
        reached: f64,
        /// Best residual at the Λ asked for, infinite if it was never tried.
        residual: f64,
        /// Sweeps made.
        steps: usize,
    },
    /// Somebody asked to stop.
    Cancelled,
}

/// How to solve.
#[derive(Clone, Debug)]
pub struct SolveOptions {
    /// Largest log-residual accepted; the project's headline uses 1e-10.
    pub tolerance: f64,
    /// Most sweeps in all.
    pub max_steps: usize,
    /// Whether to follow the branch from Λ = 0 (`true`) or take any fixed point near `start`.
    pub trace: bool,
    /// Where to begin when not tracing.
    pub start: Option<BehaviorProfile>,
}

/// How far the solver is; return `false` to stop it.
pub type Watch<'a> = &'a mut dyn FnMut(Progress) -> bool;

/// How far the solver is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Sweeps so far.
    pub steps: usize,
    /// Λ reached.
    pub lambda: f64,
    /// Last residual.
    pub residual: f64,
}

/// Solves `game` at `lambda`, with λ_i = Λ / units\[i\].
///
/// # Errors
/// [`Unsolved`] when no profile meets the tolerance. No equilibrium exists without convergence.
pub fn solve(
    _game: &Game,
    _lambda: Lambda,
    _units: &[f64],
    _options: &SolveOptions,
    _watch: Watch<'_>,
) -> Result<Equilibrium, Unsolved> {
    todo!()
}

/// Measures `profile`; `steps` and `branch` are the caller's knowledge and are passed through.
#[must_use]
pub fn certify(
    _game: &Game,
    _lambda: Lambda,
    _units: &[f64],
    _profile: &BehaviorProfile,
    _tolerance: f64,
    _steps: usize,
    _branch: Branch,
) -> Certificate {
    todo!()
}

/// Probability of reaching each node, `[node]`, by the chance probabilities of `viewer` and the
/// profile's moves of everybody (own moves included). Underflows to 0 below 1e-308.
#[must_use]
pub fn reach(_game: &Game, _profile: &BehaviorProfile, _viewer: Viewer) -> Vec<f64> {
    todo!()
}

/// Expected payoff to come at each node, `[node]`, for `player`, by chance probabilities of `viewer`.
/// `values(game, profile, p, Viewer::Player(p))` is V_p of the model; payoffs by the analyst use `Viewer::Analyst`.
#[must_use]
pub fn values(
    _game: &Game,
    _profile: &BehaviorProfile,
    _player: PlayerId,
    _viewer: Viewer,
) -> Vec<f64> {
    todo!()
}

/// Q(I, a) for every action of the game: the owner's expected payoff of taking it on reaching I,
/// by the owner's beliefs (full reach, own moves included).
#[must_use]
pub fn action_values(_game: &Game, _profile: &BehaviorProfile) -> Vec<f64> {
    todo!()
}

/// Belief of the owner over the nodes of `infoset`, in the order of [`crate::Graph::infoset_nodes`];
/// stays right when the information set is barely reached. `None` if its owner holds it impossible.
#[must_use]
pub fn belief(
    _game: &Game,
    _profile: &BehaviorProfile,
    _infoset: InfosetId,
) -> Option<Vec<(NodeId, f64)>> {
    todo!()
}
