//! Other equilibria at the same Λ: many starts, and from each a look past those already found.
//!
//! A start is first settled as it is. Then Newton's method goes from beside what was reached on the deflated
//! residual m(x) F(x), m = Π (1/‖π − π_i‖² + 1) over the equilibria π_i known (Farrell, Birkisson and Funke
//! 2015, SIAM J. Sci. Comput. 37:A2026-A2045). Its step is a multiple of Newton's own, because m is a number.

use crate::certificate::{Branch, certify};
use crate::eigen::unit;
use crate::fixed_point::{FixedPoint, Stop};
use crate::game::Game;
use crate::kernel::Kernel;
use crate::math;
use crate::newton::norm;
use crate::path::{AGREEMENT, furthest_probability};
use crate::profile::{BehaviorProfile, Lambda};
use crate::solve::{Equilibrium, SolveOptions, Watch};

/// An equilibrium, and how easily it is come upon.
#[derive(Clone, Debug)]
pub struct Found {
    /// The equilibrium; its branch is [`Branch::WarmUnverified`].
    pub equilibrium: Equilibrium,
    /// Share of the starts from which it was reached, directly or past others. A start can reach several, so
    /// that shares may add up to more than 1.
    pub share_of_starts: f64,
}

/// Spreads of the random log-policies: from nearly even play to nearly pure.
const SPREADS: [f64; 4] = [1.0, 3.0, 10.0, 30.0];
/// Most equilibria looked for past those known, from one start.
const PAST: usize = 4;
/// A search past an equilibrium begins this part of the way from it to the start.
const ASIDE: f64 = 0.1;
/// Deflated Newton steps from one start; by feel.
const ROUNDS: usize = 40;
/// Size of the linear residual in them.
const LINEAR_SHARE: f64 = 1e-2;
/// Longest multiple of Newton's step.
const LONGEST: f64 = 4.0;
/// Shortest step, as a share of the whole.
const SHORTEST: f64 = 1.0 / 64.0;

/// Searches for equilibria of `game` at `lambda` from `n_starts` starts: play by weights, then random ones.
///
/// Every one is certified to `options.tolerance` and distinct by more than 1e-6 in some probability. Most
/// frequent first, then by log-policy. The draws are a function of `seed` and the number of the start. The
/// principal one is among them if some start leads there. What is not found may exist all the same.
/// `options.max_steps` is for all together; a search cut short by it or by the watcher returns what
/// it has, as shares of the starts made.
///
/// # Panics
/// When `units` is not one positive number per player.
#[must_use]
pub fn other_equilibria(
    game: &Game,
    lambda: Lambda,
    units: &[f64],
    n_starts: usize,
    seed: u64,
    options: &SolveOptions,
    watch: Watch<'_>,
) -> Vec<Found> {
    assert_eq!(units.len(), game.graph().n_players(), "one unit per player");
    assert!(units.iter().all(|u| u.is_finite() && *u > 0.0), "units are positive");
    let kernel = Kernel::new(game);
    let mut solver = FixedPoint::new(&kernel, kernel.workspace(game), units, options, watch);
    let target = lambda.get();
    let mut known: Vec<Vec<f64>> = Vec::new();
    let mut found: Vec<(Equilibrium, usize)> = Vec::new();
    let mut n_made = 0;
    'starts: for k in 0..n_starts {
        let start = start(&mut solver, seed, k);
        n_made += 1;
        let mut reached: Vec<usize> = Vec::new();
        for attempt in 0..=PAST {
            let mut logs = match reached.last() {
                Some(&at) => between(&known[at], &start),
                None => start.clone(),
            };
            let settled = if attempt > 0 {
                solver.normalise(&mut logs);
                deflated(&mut solver, target, &mut logs, options.tolerance, &known)
            } else {
                solver.forget_stiffness();
                solver.settle(target, &mut logs, options.tolerance)
            };
            match settled {
                Ok(()) => {}
                Err(Stop::Stalled) if attempt == 0 => continue,
                Err(Stop::Stalled) => break,
                Err(Stop::Cancelled | Stop::OutOfSteps) => break 'starts,
            }
            let at = match known.iter().position(|x| furthest_probability(x, &logs) <= AGREEMENT) {
                Some(at) => at,
                None => {
                    let Some(new) = certified(&mut solver, game, lambda, units, options, logs)
                    else {
                        continue;
                    };
                    known.push(new.profile.logs().to_vec());
                    found.push((new, 0));
                    known.len() - 1
                }
            };
            if !reached.contains(&at) {
                reached.push(at);
            }
        }
        for at in reached {
            found[at].1 += 1;
        }
    }
    found.sort_by(|(a, n), (b, m)| {
        let by_logs = || {
            let pairs = a.profile.logs().iter().zip(b.profile.logs());
            pairs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne())
        };
        m.cmp(n).then_with(|| by_logs().unwrap_or(std::cmp::Ordering::Equal))
    });
    let share = |n: usize| n as f64 / n_made.max(1) as f64;
    found.into_iter().map(|(e, n)| Found { equilibrium: e, share_of_starts: share(n) }).collect()
}

/// The log-policy of start `k`: by weights, or Gumbel draws of growing spread, which make each set's play
/// uniform on the simplex at spread 1.
fn start(solver: &mut FixedPoint<'_>, seed: u64, k: usize) -> Vec<f64> {
    let mut logs = solver.kernel.by_weights();
    if k > 0 {
        let spread = SPREADS[k % SPREADS.len()];
        for (a, x) in logs.iter_mut().enumerate() {
            *x = spread * math::ln(-math::ln(unit(seed, k as u64, a as u64)));
        }
        solver.normalise(&mut logs);
    }
    logs
}

/// A policy near a known one, on the side of the start.
fn between(known: &[f64], start: &[f64]) -> Vec<f64> {
    let mixed = |(x, s): (&f64, &f64)| {
        math::ln((1.0 - ASIDE) * math::exp(*x) + ASIDE * math::exp(*s)).max(*x)
    };
    known.iter().zip(start).map(mixed).collect()
}

fn certified(
    solver: &mut FixedPoint<'_>,
    game: &Game,
    lambda: Lambda,
    units: &[f64],
    options: &SolveOptions,
    mut logs: Vec<f64>,
) -> Option<Equilibrium> {
    let mut tolerance = options.tolerance;
    loop {
        let profile = BehaviorProfile::from_logs(logs.clone());
        let (steps, branch) = (solver.steps(), Branch::WarmUnverified);
        let certificate = certify(game, lambda, units, &profile, options.tolerance, steps, branch);
        if certificate.converged {
            return Some(Equilibrium { profile, certificate });
        }
        tolerance /= 8.0;
        solver.settle_by_newton(lambda.get(), &mut logs, tolerance).ok()?;
    }
}

/// Newton's method on the deflated residual, to a fixed point that is none of `known`.
fn deflated(
    solver: &mut FixedPoint<'_>,
    lambda: f64,
    logs: &mut [f64],
    tolerance: f64,
    known: &[Vec<f64>],
) -> Result<(), Stop> {
    let mut f = solver.residual_at(lambda, logs)?;
    for _ in 0..ROUNDS {
        let size = norm(&f);
        if !size.is_finite() {
            return Err(Stop::Stalled);
        }
        if f.iter().all(|x| x.abs() <= tolerance) {
            return Ok(());
        }
        let (m, _) = deflation(known, logs, None);
        let step = solver.newton_step(lambda, &f, LINEAR_SHARE);
        let (_, change) = deflation(known, logs, Some(&step));
        // (m J + F ∇mᵀ) d = −m F has d = c · Newton's step.
        let c = (1.0 / (1.0 - change)).clamp(-LONGEST, LONGEST);
        let mut length = 1.0;
        loop {
            let mut trial: Vec<f64> =
                logs.iter().zip(&step).map(|(x, s)| x + length * c * s).collect();
            solver.normalise(&mut trial);
            let there = solver.residual_at(lambda, &trial)?;
            if deflation(known, &trial, None).0 * norm(&there) < m * size {
                logs.copy_from_slice(&trial);
                f = there;
                break;
            }
            length *= 0.5;
            if length < SHORTEST {
                return Err(Stop::Stalled);
            }
        }
    }
    Err(Stop::Stalled)
}

/// m, and (∇m · step) / m.
fn deflation(known: &[Vec<f64>], logs: &[f64], step: Option<&[f64]>) -> (f64, f64) {
    let (mut m, mut change) = (1.0, 0.0);
    for other in known {
        let (mut square, mut slope) = (0.0, 0.0);
        for (k, (x, o)) in logs.iter().zip(other).enumerate() {
            let p = math::exp(*x);
            let off = p - math::exp(*o);
            square += off * off;
            slope += step.map_or(0.0, |s| 2.0 * off * p * s[k]);
        }
        let factor = 1.0 / square + 1.0;
        m *= factor;
        change -= slope / (square * square) / factor;
    }
    (m, change)
}
