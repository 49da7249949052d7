//! How near to singular the branch is, and what that says of the steps to take.

use crate::eigen::Spectrum;
use crate::math;

/// What is known of singular points on the way.
#[derive(Clone, Debug)]
pub(crate) struct Singular {
    /// Whether the sign of det(I − A) is the opposite of what the direction of Λ would have it be: the
    /// branch has passed a bifurcation, or 3, 5 …
    pub(crate) is_reversed: bool,
    /// Between which Λ each bifurcation lies.
    pub(crate) bifurcations: Vec<(f64, f64)>,
    /// The last two points looked at: Λ, and the spectrum there.
    last: [Option<(f64, Spectrum)>; 2],
    /// Smallest distance of an eigenvalue from 1 so far.
    pub(crate) smallest: f64,
}

/// Eigenvalues below this need no looking at: all are far below 1.
const SMALL: f64 = 0.4;
/// No step in ln Λ is longer than this, unless it ends where nothing is likely to be near 1.
const MOST: f64 = 0.6;
/// At this distance from singular it takes care to stay on the branch.
const CLOSE: f64 = 0.8;
/// Where an eigenvalue is larger, sweeps go away from the branch along it, and accelerated ones with them.
const STIFF: f64 = 3.0;
/// A step may go this part of the way to where the branch seems to be singular.
const PART: f64 = 0.35;

impl Singular {
    pub(crate) fn none() -> Self {
        Self { is_reversed: false, bifurcations: Vec::new(), last: [None; 2], smallest: 1.0 }
    }

    /// Whether nothing is likely to be near 1 at `lambda`. Where a reply depends on replies, eigenvalues
    /// grow faster than Λ; up to its fourth power in the games this was tried on.
    pub(crate) fn is_far(&self, lambda: f64) -> bool {
        self.last[1].is_some_and(|(before, s)| {
            let growth = lambda / before;
            let is_small = s.largest * (growth * growth) * (growth * growth) < SMALL;
            !self.is_reversed && growth >= 1.0 && is_small
        })
    }

    pub(crate) fn note(&mut self, lambda: f64, found: Spectrum) {
        self.smallest = self.smallest.min(found.nearest_to_one);
        let before = self.last[usize::from(self.last[1].is_none_or(|l| l.0 != lambda))];
        self.last = [before, Some((lambda, found))];
    }

    /// Whether a point with this spectrum lies on the branch where Λ grows (`is_forward`) or falls.
    pub(crate) fn is_expected(&self, found: &Spectrum, is_forward: bool) -> bool {
        let is_odd = !found.n_above_one.is_multiple_of(2);
        is_odd == (self.is_reversed == is_forward)
    }

    /// Whether another branch may be near: sweeps are drawn to whatever is stable, Newton's method stays.
    pub(crate) fn is_close(&self) -> bool {
        self.is_reversed || self.last[1].is_some_and(|l| l.1.nearest_to_one < CLOSE)
    }

    /// Whether sweeps go away from the branch, be it from side to side.
    pub(crate) fn is_stiff(&self) -> bool {
        self.last[1].is_some_and(|l| l.1.largest > STIFF)
    }

    /// The spectrum at `lambda`, if that is where it was last looked at.
    pub(crate) fn known_at(&self, lambda: f64) -> Option<Spectrum> {
        self.last[1].filter(|l| l.0 == lambda).map(|l| l.1)
    }

    /// How fast the square of the distance to singular changes with ln Λ: at a fold it falls to 0 along
    /// a line.
    fn slope(&self) -> Option<f64> {
        let [Some((l0, s0)), Some((l1, s1))] = &self.last else {
            return None;
        };
        let span = math::ln(*l1) - math::ln(*l0);
        (span > 0.0).then(|| (square(s1) - square(s0)) / span)
    }

    /// The furthest Λ to try from the last point; `share` scales the step.
    pub(crate) fn furthest(&self, share: f64) -> f64 {
        let Some((lambda, last)) = &self.last[1] else {
            return f64::INFINITY;
        };
        let most = MOST.max(0.25 * math::ln(SMALL / last.largest));
        let limit = match self.slope() {
            Some(slope) if slope < 0.0 => PART * square(last) / -slope,
            _ => f64::INFINITY,
        };
        lambda * math::exp(share * most.min(limit))
    }

    /// Whether a step of Λ to a point with this spectrum was short enough. The square of the distance to
    /// singular may fall by half; and where it was falling, but is found higher than it should be, the step
    /// may have gone across two folds.
    pub(crate) fn is_in_line(&self, lambda: f64, found: &Spectrum) -> bool {
        let Some((before, last)) = &self.last[1] else {
            return true;
        };
        let was = square(last);
        if last.largest >= SMALL && square(found) < 0.5 * was {
            return false;
        }
        match self.slope() {
            Some(slope) if slope < 0.0 && PART * was <= -slope * MOST => {
                let step = math::ln(lambda) - math::ln(*before);
                square(found) <= was + 0.5 * slope * step
            }
            _ => true,
        }
    }
}

fn square(s: &Spectrum) -> f64 {
    s.nearest_to_one * s.nearest_to_one
}
