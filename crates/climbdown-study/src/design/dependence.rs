//! Dependence between inputs, given as rank correlations.
//!
//! A rank correlation r (Spearman 1904) becomes the correlation 2 sin(π r / 6) of normal scores
//! (Pearson 1907), which is exact for the Gaussian copula. The scores are those of the copula where rows
//! stand alone, and van der Waerden's in a Latin hypercube (Iman and Conover 1982).

use std::f64::consts::PI;

use super::input::Input;
use super::quantile::{normal_quantile, normal_share};
use super::trouble::BadDesign;

/// A rank correlation between two inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct RankCorrelation {
    /// Name of one input.
    pub first: String,
    /// Name of another.
    pub second: String,
    /// Spearman's coefficient, between −1 and 1, both excluded.
    pub value: f64,
}

/// Smallest pivot of a correlation matrix that can be worked with: some thousand roundings above 0.
const LEAST_PIVOT: f64 = 1e-12;

/// The inputs that depend on others, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dependence {
    /// Positions of the inputs that occur in a correlation, in order.
    pub(crate) inputs: Vec<usize>,
    /// Cholesky factor of the correlations of their normal scores; lower.
    pub(crate) factor: Vec<Vec<f64>>,
}

impl Dependence {
    /// Checks correlations between `inputs`; `None` if there are none.
    pub(crate) fn new(
        inputs: &[Input],
        correlations: &[RankCorrelation],
    ) -> Result<Option<Self>, BadDesign> {
        let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
        for RankCorrelation { first, second, value } in correlations {
            let place = |name: &str| {
                inputs.iter().position(|input| input.name() == name).ok_or_else(|| {
                    BadDesign::Correlation(format!(
                        "a rank correlation names `{name}`, which is no input"
                    ))
                })
            };
            let (a, b) = (place(first)?, place(second)?);
            let pair = (a.min(b), a.max(b));
            if a == b {
                let why = format!("`{first}` is correlated with itself; name two inputs");
                return Err(BadDesign::Correlation(why));
            }
            if pairs.iter().any(|(i, j, _)| (*i, *j) == pair) {
                let why = format!("`{first}` and `{second}` have two rank correlations; give one");
                return Err(BadDesign::Correlation(why));
            }
            if !(value.is_finite() && value.abs() < 1.0) {
                let why = format!(
                    "the rank correlation of `{first}` and `{second}` is {value}; it lies between −1 and 1, \
                     and inputs that move as one are one input"
                );
                return Err(BadDesign::Correlation(why));
            }
            pairs.push((pair.0, pair.1, *value));
        }
        if pairs.is_empty() {
            return Ok(None);
        }
        let mut among: Vec<usize> = pairs.iter().flat_map(|(i, j, _)| [*i, *j]).collect();
        among.sort_unstable();
        among.dedup();
        let place = |input: usize| among.binary_search(&input).expect("listed above");
        let pairs: Vec<(usize, usize, f64)> =
            pairs.iter().map(|(i, j, r)| (place(*i), place(*j), *r)).collect();
        let matrix = scores(among.len(), &pairs);
        match cholesky(&matrix) {
            Ok(factor) => Ok(Some(Self { inputs: among, factor })),
            Err(row) => {
                let (column, possible) = culprit(&matrix, row);
                let pair = pairs.iter().find(|(i, j, _)| (*i, *j) == (column, row));
                let asked = pair.expect("an entry off the diagonal is a pair").2;
                let name = |k: usize| inputs[among[k]].name().to_owned();
                let (first, second) = (name(column), name(row));
                Err(BadDesign::NotPositiveDefinite { first, second, asked, possible })
            }
        }
    }

    /// Makes the coordinates of one row depend on one another; each stays uniform (Gaussian copula).
    pub(crate) fn copula(&self, row: &mut [f64]) {
        let free: Vec<f64> = self.inputs.iter().map(|&input| normal_quantile(row[input])).collect();
        for (&input, factors) in self.inputs.iter().zip(&self.factor) {
            let score: f64 = factors.iter().zip(&free).map(|(factor, z)| factor * z).sum();
            row[input] = normal_share(score);
        }
    }
}

/// The correlations of normal scores that give rank correlations `pairs`, as a matrix.
fn scores(n: usize, pairs: &[(usize, usize, f64)]) -> Vec<Vec<f64>> {
    let mut matrix: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for &(i, j, rank) in pairs {
        let score = 2.0 * libm::sin(PI * rank / 6.0);
        (matrix[i][j], matrix[j][i]) = (score, score);
    }
    matrix
}

/// The lower factor L of L Lᵀ = `matrix`, or the row at which it turns out not to be positive definite.
pub(crate) fn cholesky(matrix: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, usize> {
    let n = matrix.len();
    let mut factor = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - known;
            if i != j {
                factor[i][j] = rest / factor[j][j];
            } else if rest > LEAST_PIVOT {
                factor[i][i] = libm::sqrt(rest);
            } else {
                return Err(i);
            }
        }
    }
    Ok(factor)
}

/// Which pair to name when the matrix of scores fails at `row`, and which rank correlations it could have
/// beside the others up to that row: the first pair of the row for which there are some, else the largest.
///
/// With the pair last, the determinant is positive where (ρ − s)² < d e, for s the part of ρ that the
/// others explain and d, e the parts of the pair's variances that they do not.
fn culprit(matrix: &[Vec<f64>], row: usize) -> (usize, Option<(f64, f64)>) {
    let rank = |score: f64| 6.0 / PI * libm::asin(score / 2.0);
    let possible = |first: usize| {
        let mut order: Vec<usize> = (0..row).filter(|&k| k != first).collect();
        let n_others = order.len();
        order.push(first);
        // The pair's own correlation is left out: the last row is completed by hand.
        let earlier: Vec<Vec<f64>> =
            order.iter().map(|&i| order.iter().map(|&j| matrix[i][j]).collect()).collect();
        let factor = cholesky(&earlier).ok()?;
        let mut last = vec![0.0; n_others];
        for j in 0..n_others {
            let known: f64 = (0..j).map(|k| last[k] * factor[j][k]).sum();
            last[j] = (matrix[row][order[j]] - known) / factor[j][j];
        }
        let rest = 1.0 - last.iter().map(|x| x * x).sum::<f64>();
        let explained: f64 = last.iter().zip(&factor[n_others]).map(|(x, y)| x * y).sum();
        let reach = libm::sqrt(rest.max(0.0)) * factor[n_others][n_others];
        (rest > LEAST_PIVOT).then(|| (rank(explained - reach), rank(explained + reach)))
    };
    let given: Vec<usize> = (0..row).filter(|&first| matrix[row][first] != 0.0).collect();
    for &first in &given {
        if let Some(possible) = possible(first) {
            return (first, Some(possible));
        }
    }
    let size = |first: &usize| matrix[row][*first].abs();
    let largest = given.into_iter().max_by(|a, b| size(a).total_cmp(&size(b)));
    (largest.expect("a row without correlations is one of the unit matrix"), None)
}
