//! Latin hypercubes: each input takes one value in each of n strata of equal probability.

use quantal::families::uniform;

use super::dependence::{Dependence, cholesky};
use super::quantile::normal_quantile;
use super::random::{Purpose, permutation, stream};
use super::trouble::BadDesign;

/// A Latin hypercube (McKay, Beckman and Conover 1979): which stratum each input is in, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Latin {
    seed: u64,
    /// Per input, the stratum of each row.
    strata: Vec<Vec<u32>>,
}

impl Latin {
    /// A hypercube of `n` rows, with the dependence induced by reordering.
    pub(crate) fn new(
        n: usize,
        n_inputs: usize,
        dependence: Option<&Dependence>,
        seed: u64,
    ) -> Result<Self, BadDesign> {
        let order = |input| permutation(n, seed, stream(Purpose::Order, input));
        let mut strata: Vec<Vec<u32>> = (0..n_inputs).map(order).collect();
        if let Some(dependence) = dependence {
            reorder(&mut strata, dependence)?;
        }
        Ok(Self { seed, strata })
    }

    /// Coordinate of `input` in `row`, in [0, 1). The place within a stratum belongs to the stratum, so
    /// reordering moves it along.
    pub(crate) fn coordinate(&self, row: usize, input: usize) -> f64 {
        let stratum = self.strata[input][row];
        let jitter = uniform(self.seed, stream(Purpose::Jitter, input), u64::from(stratum));
        (f64::from(stratum) + jitter) / self.strata[input].len() as f64
    }
}

/// Reorders the columns of `strata` that depend on one another (Iman and Conover 1982): van der Waerden
/// scores of their ranks are freed of the correlation they have by chance and given the one wanted, and
/// each column takes the order of the result.
fn reorder(strata: &mut [Vec<u32>], dependence: &Dependence) -> Result<(), BadDesign> {
    let n = strata[0].len();
    let score = |stratum: u32| normal_quantile(f64::from(stratum + 1) / (n + 1) as f64);
    let by_stratum: Vec<f64> = (0..n as u32).map(score).collect();
    let scores: Vec<Vec<f64>> = dependence
        .inputs
        .iter()
        .map(|&input| strata[input].iter().map(|&s| by_stratum[s as usize]).collect())
        .collect();
    let squares: f64 = by_stratum.iter().map(|z| z * z).sum();
    let by_chance: Vec<Vec<f64>> = scores
        .iter()
        .map(|a| {
            scores
                .iter()
                .map(|b| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / squares)
                .collect()
        })
        .collect();
    let chance = cholesky(&by_chance).map_err(|_| {
        let needed = dependence.inputs.len() + 2;
        BadDesign::Size(format!(
            "{n} rows are too few to give {} inputs their rank correlations; take {needed} or more",
            dependence.inputs.len()
        ))
    })?;

    let k = scores.len();
    let mut wanted = vec![vec![0.0; n]; k];
    let mut freed = vec![0.0; k];
    for row in 0..n {
        for i in 0..k {
            let known: f64 = (0..i).map(|j| chance[i][j] * freed[j]).sum();
            freed[i] = (scores[i][row] - known) / chance[i][i];
        }
        for (column, factors) in wanted.iter_mut().zip(&dependence.factor) {
            column[row] = factors.iter().zip(&freed).map(|(factor, z)| factor * z).sum();
        }
    }
    for (&input, column) in dependence.inputs.iter().zip(&wanted) {
        let mut rows: Vec<usize> = (0..n).collect();
        rows.sort_by(|&a, &b| column[a].total_cmp(&column[b]).then(a.cmp(&b)));
        for (stratum, row) in rows.into_iter().enumerate() {
            strata[input][row] = stratum as u32;
        }
    }
    Ok(())
}
