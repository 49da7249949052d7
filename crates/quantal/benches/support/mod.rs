//! Clocks, counts and figures of the benchmarks.

use std::time::Instant;

use quantal::{BatchSolution, Branch};

mod figures;

pub use figures::{median, thousands};

/// Seconds this thread has been running, if the system says; else seconds on the wall.
pub fn processor_seconds(since: Instant) -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let own = text.and_then(|t| t.split(' ').next().and_then(|n| n.parse::<f64>().ok()));
    own.map_or_else(|| since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds * 1e-9)
}

/// Shortest time that is measured at once: the scheduler counts in milliseconds.
const AT_LEAST: f64 = 0.15;

/// Median of five times of `work`, each over as many repetitions as it takes to be measurable.
pub fn seconds<T>(work: impl FnMut() -> T) -> f64 {
    seconds_of(5, work)
}

/// Median of `n_times` times of `work`, each over as many repetitions as it takes to be measurable.
pub fn seconds_of<T>(n_times: usize, mut work: impl FnMut() -> T) -> f64 {
    let since = Instant::now();
    let mut repetitions = 1u32;
    let mut times = Vec::new();
    while times.len() < n_times {
        let start = processor_seconds(since);
        for _ in 0..repetitions {
            std::hint::black_box(work());
        }
        let spent = processor_seconds(since) - start;
        if spent < AT_LEAST {
            repetitions *= 2;
        } else {
            times.push(spent / f64::from(repetitions));
        }
    }
    median(times)
}

/// Runs `work` on a pool of one thread.
pub fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(work)
}

/// How a batch came out against branches followed from Λ = 0.
pub struct Counts {
    pub n: usize,
    pub in_lanes: usize,
    pub converged: usize,
    pub on_branch: usize,
}

/// Counts; every draw was audited.
pub fn count(solution: &BatchSolution) -> Counts {
    let n = solution.draws.len();
    let is_solved = |d: &usize| solution.draws[*d].is_ok();
    let is_on_branch = |d: &usize| match &solution.draws[*d] {
        Err(_) => false,
        Ok(e) if e.certificate.branch == Branch::WarmUnverified => {
            let audit = &solution.audit;
            !solution.retried.contains(d)
                && !audit.mismatched.contains(d)
                && !audit.not_followed.contains(d)
        }
        Ok(e) => e.certificate.branch != Branch::SelectionUndetermined,
    };
    Counts {
        n,
        in_lanes: n - solution.retried.len(),
        converged: (0..n).filter(is_solved).count(),
        on_branch: (0..n).filter(is_on_branch).count(),
    }
}

/// A share in percent.
pub fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole as f64
}
