//! How stable a box is: which inputs are restricted when it is looked for in parts of the runs.

use quantal::families::uniform;

use super::prim::{Path, Step, find_path};
use super::sample::Sample;

/// How parts of the runs are drawn, without replacement. Draw j keeps the rows with the smallest
/// uniform numbers of (seed, stream + j, row), rows in the sample's own order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Seed.
    pub seed: u64,
    /// First stream; as many are used as parts are drawn.
    pub stream: u64,
    /// Number of parts. EMA Workbench takes 10.
    pub n_draws: usize,
    /// Share of the rows in a part, 0 to 1. EMA Workbench takes a half.
    pub share: f64,
}

/// In which share of the parts an input is restricted. A box that means something restricts the same
/// inputs in nearly every part (Bryant and Lempert 2010: reproducibility statistics).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reproduced {
    /// Where a part's box is the one of its path with the coverage nearest to that of the box.
    pub by_coverage: f64,
    /// Where it is the one with the nearest density.
    pub by_density: f64,
}

/// The reproducibility of step `at` of `path`, by input, with the path's own options. A part without anything to discover restricts
/// nothing.
#[must_use]
pub fn reproduce(
    sample: &Sample,
    path: &Path,
    at: usize,
    resampling: &Resampling,
) -> Vec<Reproduced> {
    let step = &path.steps[at];
    let parts = parts(sample, path, resampling);
    let restricted = each(&parts, |part| {
        let Ok(path) = find_path(part, &path.options) else { return [Vec::new(), Vec::new()] };
        [nearest(&path, step, |s| s.coverage), nearest(&path, step, |s| s.density)]
    });
    let share = |which: usize, input: usize| {
        let n = restricted.iter().filter(|found| found[which].contains(&input)).count();
        n as f64 / resampling.n_draws.max(1) as f64
    };
    (0..sample.n_inputs())
        .map(|input| Reproduced { by_coverage: share(0, input), by_density: share(1, input) })
        .collect()
}

fn parts(sample: &Sample, path: &Path, resampling: &Resampling) -> Vec<Sample> {
    let n_kept = (path.rows.len() as f64 * resampling.share.clamp(0.0, 1.0)) as usize;
    let part = |draw: usize| {
        let stream = resampling.stream.wrapping_add(draw as u64);
        let mut keyed: Vec<(f64, usize)> = path
            .rows
            .iter()
            .map(|&row| (uniform(resampling.seed, stream, row as u64), row))
            .collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut rows: Vec<usize> = keyed[..n_kept].iter().map(|&(_, row)| row).collect();
        rows.sort_unstable();
        sample.part(&rows)
    };
    (0..resampling.n_draws).map(part).collect()
}

#[cfg(feature = "parallel")]
fn each<T: Send>(parts: &[Sample], of: impl Fn(&Sample) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    parts.par_iter().map(of).collect()
}

#[cfg(not(feature = "parallel"))]
fn each<T>(parts: &[Sample], of: impl Fn(&Sample) -> T) -> Vec<T> {
    parts.iter().map(of).collect()
}

/// What the step nearest to `step` by `measure` restricts; of equals the densest. (EMA Workbench takes the
/// first: where coverage is 1 that is the start of the path, which restricts nothing.)
fn nearest(path: &Path, step: &Step, measure: fn(&Step) -> f64) -> Vec<usize> {
    let distance = |s: &Step| (measure(s) - measure(step)).abs();
    let nearest = path
        .steps
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)).then(b.density.total_cmp(&a.density)));
    nearest.expect("a path has its start").restricted()
}
