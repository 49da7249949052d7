//! Sobol indices from blocks of Saltelli's: first order, total, and of pairs.

use crate::design::{Groups, Kind, Runs, block_size};

use super::{
    Counted, Estimate, NotAnalysed, Resampling, deviation, is_constant, mean, whole_blocks,
};

/// Shares of the variance of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolIndices {
    /// What they rest on; blocks with a hole are set aside whole.
    pub counted: Counted,
    /// Blocks used.
    pub blocks: usize,
    /// Blocks set aside.
    pub blocks_dropped: usize,
    /// The inputs, or groups of inputs.
    pub groups: Vec<String>,
    /// First order: the share that would go if the group alone became known.
    pub first: Vec<Estimate>,
    /// Total: the share that would stay if all but the group became known.
    pub total: Vec<Estimate>,
    /// Of pairs, without the first order of either; empty if the design has no blocks for it.
    pub second: Vec<Pair>,
}

/// The share of the variance that two groups have together and neither has alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Position of one group.
    pub first: usize,
    /// Position of the other, above it.
    pub second: usize,
    /// The share.
    pub share: Estimate,
}

/// Two blocks vary in a bootstrap; fewer do not.
const FEWEST_BLOCKS: usize = 2;

/// Sobol indices of a measure (Saltelli and others 2010, table 2, (b) and (f); pairs: Saltelli 2002,
/// theorem 1), of outputs less their mean.
///
/// # Errors
/// [`NotAnalysed`], above all if the design is not one of Saltelli's blocks.
pub fn sobol(
    runs: &Runs<'_>,
    measure: &str,
    resampling: Resampling,
) -> Result<SobolIndices, NotAnalysed> {
    let resampling = resampling.checked()?;
    let kind = runs.design().kind();
    let Kind::Saltelli { n, second_order, groups } = kind else {
        return Err(NotAnalysed::OtherDesign(
            "Sobol indices are read from blocks that swap one input at a time: make a Saltelli design",
        ));
    };
    let (blocks, outputs, counted) = whole_blocks(runs, measure, block_size(kind))?;
    if blocks.len() < FEWEST_BLOCKS {
        let (left, needed) = (blocks.len(), FEWEST_BLOCKS);
        return Err(NotAnalysed::TooFew { counted, left, needed });
    }
    let columns = Columns::new(&outputs, groups.len(), *second_order);
    if is_constant(&columns.a) && is_constant(&columns.b) && columns.a[0] == columns.b[0] {
        return Err(NotAnalysed::Constant(counted));
    }
    Ok(indices(&columns, groups, resampling, counted, n - blocks.len()))
}

/// Outputs of blocks, by place in the block, standardised.
pub(super) struct Columns {
    a: Vec<f64>,
    b: Vec<f64>,
    /// A with group j from B.
    ab: Vec<Vec<f64>>,
    /// B with group j from A; empty without second order.
    ba: Vec<Vec<f64>>,
}

impl Columns {
    pub(super) fn new(outputs: &[f64], n_groups: usize, second_order: bool) -> Self {
        // Indices do not depend on place and scale; the estimators' errors do, least with a mean of 0.
        let (middle, scale) = (mean(outputs), deviation(outputs, 0));
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let size = if second_order { 2 * n_groups + 2 } else { n_groups + 2 };
        let at = |place: usize| -> Vec<f64> {
            outputs.iter().skip(place).step_by(size).map(|y| (y - middle) / scale).collect()
        };
        let ba = if second_order {
            (0..n_groups).map(|j| at(1 + n_groups + j)).collect()
        } else {
            vec![]
        };
        Self { a: at(0), b: at(size - 1), ab: (0..n_groups).map(|j| at(1 + j)).collect(), ba }
    }

    /// Variance of A and B together over the blocks `places`.
    fn variance(&self, places: &[usize]) -> f64 {
        let n = 2.0 * places.len() as f64;
        let middle = places.iter().map(|&k| self.a[k] + self.b[k]).sum::<f64>() / n;
        let square = |y: f64| (y - middle) * (y - middle);
        places.iter().map(|&k| square(self.a[k]) + square(self.b[k])).sum::<f64>() / n
    }

    /// Mean over the blocks `places` of a term, as a share of `variance`; 0 if nothing varies.
    fn share(places: &[usize], variance: f64, term: impl Fn(usize) -> f64) -> f64 {
        if variance <= f64::EPSILON {
            return 0.0;
        }
        places.iter().map(|&k| term(k)).sum::<f64>() / places.len() as f64 / variance
    }

    /// First orders, totals and pairs, in this order, over the blocks `places`.
    fn shares(&self, places: &[usize]) -> Vec<f64> {
        let variance = self.variance(places);
        let (a, b) = (&self.a, &self.b);
        let share = |term: &dyn Fn(usize) -> f64| Self::share(places, variance, term);
        let first = self.ab.iter().map(|ab| share(&|k| b[k] * (ab[k] - a[k])));
        let total = self.ab.iter().map(|ab| 0.5 * share(&|k| (a[k] - ab[k]) * (a[k] - ab[k])));
        let mut shares: Vec<f64> = first.chain(total).collect();
        for (i, j) in pairs(self.ba.len()) {
            let (ba, ab) = (&self.ba[i], &self.ab[j]);
            let both = share(&|k| ba[k] * ab[k] - a[k] * b[k]);
            shares.push(both - shares[i] - shares[j]);
        }
        shares
    }
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)))
}

/// The indices with their intervals; blocks are resampled whole.
pub(super) fn indices(
    columns: &Columns,
    groups: &Groups,
    resampling: Resampling,
    counted: Counted,
    blocks_dropped: usize,
) -> SobolIndices {
    let n = columns.a.len();
    let all: Vec<usize> = (0..n).collect();
    let values = columns.shares(&all);
    let mut over = vec![Vec::with_capacity(resampling.resamples); values.len()];
    for resample in 0..resampling.resamples {
        let shares = columns.shares(&resampling.places(n, resample));
        over.iter_mut().zip(shares).for_each(|(of_one, share)| of_one.push(share));
    }
    let estimates: Vec<Estimate> =
        values.iter().zip(&over).map(|(value, over)| resampling.estimate(*value, over)).collect();
    let n_groups = groups.len();
    let second = pairs(columns.ba.len())
        .zip(&estimates[2 * n_groups..])
        .map(|((first, second), share)| Pair { first, second, share: *share });
    SobolIndices {
        counted,
        blocks: n,
        blocks_dropped,
        groups: groups.names().to_vec(),
        first: estimates[..n_groups].to_vec(),
        total: estimates[n_groups..2 * n_groups].to_vec(),
        second: second.collect(),
    }
}
