//! Times of work that had its core for itself.

use std::sync::Mutex;
use std::time::Instant;

use crate::support::{median, seconds_of};

/// The fastest [`sums`] of this program so far, in seconds.
static FASTEST: Mutex<f64> = Mutex::new(f64::INFINITY);

/// Median of 21 times of `work` while the core is this thread's alone, and the median of all times
/// taken. A time counts if sums right before and right after it took at most a tenth longer than the
/// fastest sums of this program: a virtual machine may share its core, and then a thread is slow
/// without being interrupted. After 200 times all count.
pub fn seconds_undisturbed<T>(mut work: impl FnMut() -> T) -> (f64, f64) {
    let (mut times, mut around) = (Vec::new(), vec![sums_seconds()]);
    loop {
        times.push(seconds_of(1, &mut work));
        around.push(sums_seconds());
        let most = 1.1 * *FASTEST.lock().unwrap();
        let counted: Vec<f64> = times
            .iter()
            .zip(around.windows(2))
            .filter(|(_, pair)| pair.iter().all(|&s| s <= most))
            .map(|(&time, _)| time)
            .collect();
        if counted.len() >= 21 {
            return (median(counted), median(times));
        }
        if times.len() >= 200 {
            return (median(times.clone()), median(times));
        }
    }
}

/// What [`sums`] take now, in seconds on the wall; remembered if nothing was faster.
pub fn sums_seconds() -> f64 {
    let start = Instant::now();
    sums();
    let spent = start.elapsed().as_secs_f64();
    let mut fastest = FASTEST.lock().unwrap();
    *fastest = fastest.min(spent);
    spent
}

/// Arithmetic in registers: what it takes shows whether the core is shared.
pub fn sums() {
    let sum: f64 = (0..2_000_000).map(|k| quantal::math::exp(f64::from(k % 512) * -0.01)).sum();
    std::hint::black_box(sum);
}
