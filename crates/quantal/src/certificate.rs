//! What is known about a profile: measured on the profile itself, whoever found it.

use crate::evaluate::action_values_and_reach;
use crate::game::Game;
use crate::ids::InfosetId;
use crate::profile::{BehaviorProfile, Lambda, log_odds_of_values};
use crate::scaled::Scaled;

/// How a profile relates to the branch that starts at Λ = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Followed from Λ = 0; two step sizes agree.
    Traced,
    /// The branch folds: this is the first of n crossings of this Λ on the branch, followed from Λ = 0
    /// as far as [`solve()`](crate::solve()) says.
    FirstCrossingOf(u32),
    /// A fixed point, found without following the branch, or by following it only once.
    WarmUnverified,
    /// The branch bifurcates below this Λ.
    SelectionUndetermined,
}

/// What a certificate says of a player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayerCertificate {
    /// The unit of payoff U_i.
    pub unit: f64,
    /// λ_i = Λ / U_i, per payoff.
    pub lambda_raw: f64,
    /// Largest interim regret over information sets with positive own reach, in units U_i.
    pub max_regret: f64,
}

/// What was measured on a returned profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// Λ, per unit of payoff.
    pub lambda: Lambda,
    /// One entry per player.
    pub players: Vec<PlayerCertificate>,
    /// Largest |log π − log logit(Q(π))| over actions.
    pub residual: f64,
    /// The largest regret of any player.
    pub max_regret: f64,
    /// Interim regret averaged over information sets, weighted by own reach, in units.
    pub mean_regret: f64,
    /// Sweeps made to find the profile (0 when only certified).
    pub steps: usize,
    /// Relation to the principal branch.
    pub branch: Branch,
    /// Distance from 1 of the nearest eigenvalue of the sweep's derivative, where it was looked at: near 0,
    /// the branch is about to fold or to bifurcate, and small changes of the game move the profile far.
    pub distance_to_singular: Option<f64>,
    /// Whether the residual is below the tolerance asked for.
    pub converged: bool,
    /// Information sets that their owner's own probabilities give reach 0: they play by weights and
    /// are left out of residual and regret.
    pub excluded: Vec<InfosetId>,
}

/// Measures `profile`; `steps` and `branch` are the caller's knowledge and are passed through.
#[must_use]
pub fn certify(
    game: &Game,
    lambda: Lambda,
    units: &[f64],
    profile: &BehaviorProfile,
    tolerance: f64,
    steps: usize,
    branch: Branch,
) -> Certificate {
    let graph = game.graph();
    let (q, reach) = action_values_and_reach(game, profile);
    let unmeasured =
        |&unit| PlayerCertificate { unit, lambda_raw: lambda.get() / unit, max_regret: 0.0 };
    let mut players: Vec<PlayerCertificate> = units.iter().map(unmeasured).collect();
    let mut excluded = Vec::new();
    let mut residual: f64 = 0.0;
    let (mut regret_by_reach, mut total_reach) = (0.0, 0.0);
    for infoset in graph.infosets() {
        if reach[infoset.index()] == Scaled::ZERO {
            excluded.push(infoset);
            continue;
        }
        let owner = &mut players[graph.infoset(infoset).player.index()];
        let (mut values, mut weights, mut logs) = (Vec::new(), Vec::new(), Vec::new());
        for action in graph.actions(infoset) {
            values.push(q[action.index()]);
            weights.push(crate::math::ln(game.weight(action)));
            logs.push(profile.log_probability(action));
        }
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shortfall = |(value, log): (&f64, &f64)| crate::math::exp(*log) * (best - value);
        let regret = values.iter().zip(&logs).map(shortfall).sum::<f64>() / owner.unit;
        owner.max_regret = owner.max_regret.max(regret);
        let own_reach = reach[infoset.index()].to_f64();
        regret_by_reach += own_reach * regret;
        total_reach += own_reach;
        log_odds_of_values(&mut values, &weights, owner.lambda_raw);
        let shift = crate::math::ln(values.iter().map(|&x| crate::math::exp(x)).sum());
        let off = values.iter().zip(&logs).map(|(response, log)| (response - shift - log).abs());
        residual = off.fold(residual, larger);
    }
    Certificate {
        lambda,
        max_regret: players.iter().map(|p| p.max_regret).fold(0.0, f64::max),
        players,
        residual,
        mean_regret: if total_reach > 0.0 { regret_by_reach / total_reach } else { 0.0 },
        steps,
        branch,
        distance_to_singular: None,
        converged: residual <= tolerance,
        excluded,
    }
}

/// The larger of two, NaN if either is: a broken profile must not look converged.
pub(crate) fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}
