//! Random numbers of a design: each a function of (seed, stream, index), so any row can be made alone.

use quantal::families::uniform;

/// What a random number is for. Purposes never share a stream.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Order of the strata of a Latin hypercube.
    Order = 1,
    /// Place within a stratum.
    Jitter = 2,
    /// Scrambling of a Sobol sequence.
    Scramble = 3,
    /// Lower level of a Morris trajectory.
    Level = 4,
    /// Direction in which a Morris trajectory moves an input.
    Direction = 5,
    /// Order in which a Morris trajectory moves the groups.
    Step = 6,
    /// Resampling of runs.
    Bootstrap = 7,
    /// Permutation of outputs.
    Shuffle = 8,
}

/// The stream of a purpose for column (dimension, input, resample) `column`.
pub(crate) fn stream(purpose: Purpose, column: usize) -> u64 {
    ((purpose as u64) << 48) | column as u64
}

/// A number below `n`, each as probable.
pub(crate) fn below(n: usize, seed: u64, stream: u64, index: u64) -> usize {
    // The product may round up to n itself for n near 2^53; a design is far smaller.
    (uniform(seed, stream, index) * n as f64) as usize
}

/// A permutation of 0, …, n − 1, each as probable (Fisher and Yates 1938; Durstenfeld 1964).
pub(crate) fn permutation(n: usize, seed: u64, stream: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n as u32).collect();
    for last in (1..n).rev() {
        order.swap(last, below(last + 1, seed, stream, last as u64));
    }
    order
}
