//! Which box of a path to take, by a rule that is said.

use super::limits::Limits;
use super::prim::{Path, Restriction, Step, step, without};
use super::sample::Sample;

/// Of the boxes with at least `least_density` and at most `most_inputs` restricted inputs, the one with
/// the largest coverage; of equals the one with fewest restricted inputs, then the densest, then the
/// earliest. Coverage, density and the number of inputs are the three measures of Bryant and Lempert
/// (2010): density alone is bought with coverage, and both with boxes that nobody can read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Smallest share of interest inside, 0 to 1.
    pub least_density: f64,
    /// Largest number of restricted inputs.
    pub most_inputs: usize,
    /// Restrictions with a quasi-p-value above this are dropped afterwards ([`simplify`]); `None` keeps
    /// all.
    pub level: Option<f64>,
}

/// The step of `path` that `rule` takes; `None` if no box is dense enough.
#[must_use]
pub fn choose(path: &Path, rule: &Rule) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (i, at) in path.steps.iter().enumerate() {
        let n_inputs = at.restricted().len();
        if at.density < rule.least_density || n_inputs > rule.most_inputs {
            continue;
        }
        let is_better = best.is_none_or(|best| {
            let other = &path.steps[best];
            let by_coverage = at.coverage.total_cmp(&other.coverage);
            by_coverage
                .then(other.restricted().len().cmp(&n_inputs))
                .then(at.density.total_cmp(&other.density))
                .is_gt()
        });
        if is_better {
            best = Some(i);
        }
    }
    best
}

/// The box of step `at` of `path` without restrictions that may be chance: the one with the largest
/// quasi-p-value above `level` is dropped, if what is left has at least `least_density`; and again,
/// until there is none. Also says what was dropped, with its quasi-p-value at that time.
#[must_use]
pub fn simplify(
    sample: &Sample,
    path: &Path,
    at: usize,
    level: f64,
    least_density: f64,
) -> (Step, Vec<Restriction>) {
    let start = Limits::of_all(sample);
    let mut found = path.steps[at].clone();
    let mut dropped = Vec::new();
    loop {
        let mut weak: Vec<Restriction> = found.restrictions.clone();
        weak.retain(|restriction| restriction.quasi_p.is_some_and(|p| p > level));
        weak.sort_by(|a, b| b.quasi_p.unwrap_or(0.0).total_cmp(&a.quasi_p.unwrap_or(0.0)));
        let simpler = weak.into_iter().find_map(|weak| {
            let limits = without(&found.limits, &start, weak.input, weak.side);
            let simpler = step(sample, &path.rows, &start, limits);
            (simpler.density >= least_density).then_some((weak, simpler))
        });
        let Some((restriction, simpler)) = simpler else { return (found, dropped) };
        dropped.push(restriction);
        found = simpler;
    }
}
