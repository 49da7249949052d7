//! The spectral radius of a small matrix without negative entries, between bounds.
//!
//! The matrix is split into classes of positions that reach one another; on each class the bounds of
//! Collatz (1942) and Wielandt (1950) hold for every positive vector x:
//! min (Ax)ᵢ/xᵢ ≤ ρ(A) ≤ max (Ax)ᵢ/xᵢ. The vector comes from squaring I + A repeatedly, which neither
//! subtracts nor depends on the gap between eigenvalues, so cycles and near-cycles are no harder.

/// A number between two proven bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounded {
    /// Not above the true value.
    pub(crate) low: f64,
    /// Not below the true value.
    pub(crate) high: f64,
}

impl Bounded {
    /// The middle of the bounds.
    pub(crate) fn middle(self) -> f64 {
        self.low + (self.high - self.low) / 2.0
    }
}

/// Bounds that differ by less than this share are close enough: a few roundings of a product.
const CLOSE: f64 = 1e-14;
/// Squaring this often raises to the power 2^60, beyond which a ratio of 1 − 2^-53 has vanished.
const MOST_SQUARINGS: usize = 60;
/// Each round rescales by the vector found and starts again from an almost balanced matrix.
const ROUNDS: usize = 4;

/// The spectral radius of `matrix`, square, entries finite and at least 0; bounds exact up to rounding.
pub(crate) fn spectral_radius(matrix: &[Vec<f64>]) -> Bounded {
    let n = matrix.len();
    let mut reaches: Vec<Vec<bool>> =
        matrix.iter().map(|row| row.iter().map(|&x| x > 0.0).collect()).collect();
    for via in 0..n {
        for from in 0..n {
            if reaches[from][via] {
                let further = reaches[via].clone();
                reaches[from].iter_mut().zip(further).for_each(|(to, also)| *to |= also);
            }
        }
    }
    let mut radius = Bounded { low: 0.0, high: 0.0 };
    for (first, reached) in reaches.iter().enumerate() {
        let class: Vec<usize> = (0..n).filter(|&i| reached[i] && reaches[i][first]).collect();
        if class.first() == Some(&first) {
            let block: Vec<Vec<f64>> =
                class.iter().map(|&i| class.iter().map(|&j| matrix[i][j]).collect()).collect();
            let own = of_class(&block);
            radius.low = radius.low.max(own.low);
            radius.high = radius.high.max(own.high);
        }
    }
    radius
}

/// The spectral radius of a matrix whose positions all reach one another.
fn of_class(block: &[Vec<f64>]) -> Bounded {
    let n = block.len();
    let mut vector = vec![1.0; n];
    let mut best = bounds(block, &vector);
    for _ in 0..ROUNDS {
        let scale = vector.clone();
        let rescaled: Vec<Vec<f64>> =
            (0..n).map(|i| (0..n).map(|j| block[i][j] * scale[j] / scale[i]).collect()).collect();
        let largest = rescaled.iter().flatten().fold(0.0, |a: f64, &x| a.max(x));
        let mut power: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                (0..n).map(|j| rescaled[i][j] / largest + f64::from(u8::from(i == j))).collect()
            })
            .collect();
        for _ in 0..MOST_SQUARINGS {
            let image: Vec<f64> = (0..n).map(|i| scale[i] * power[i].iter().sum::<f64>()).collect();
            let found = bounds(block, &image);
            if found.high - found.low < best.high - best.low {
                (best, vector) = (found, normalised(&image));
            }
            if best.high - best.low <= CLOSE * best.high {
                return best;
            }
            power = squared(&power);
        }
    }
    best
}

fn bounds(block: &[Vec<f64>], vector: &[f64]) -> Bounded {
    let mut found = Bounded { low: f64::INFINITY, high: 0.0 };
    for (row, &own) in block.iter().zip(vector) {
        let image: f64 = row.iter().zip(vector).map(|(a, x)| a * x).sum();
        found.low = found.low.min(image / own);
        found.high = found.high.max(image / own);
    }
    found
}

fn normalised(vector: &[f64]) -> Vec<f64> {
    let largest = vector.iter().fold(0.0, |a: f64, &x| a.max(x));
    vector.iter().map(|x| x / largest).collect()
}

fn squared(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = matrix.len();
    let product: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| (0..n).map(|k| matrix[i][k] * matrix[k][j]).sum()).collect())
        .collect();
    let largest = product.iter().flatten().fold(0.0, |a: f64, &x| a.max(x));
    product.iter().map(|row| row.iter().map(|x| x / largest).collect()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::spectral_radius;

    fn radius(rows: &[&[f64]]) -> f64 {
        let bounded = spectral_radius(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>());
        assert!(bounded.low <= bounded.high);
        assert!(bounded.high - bounded.low <= 1e-12 * bounded.high, "{bounded:?}");
        bounded.middle()
    }

    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-13 * expected, "{found} is not {expected}");
    }

    #[test]
    fn a_cycle_has_the_root_of_its_product() {
        assert_close(radius(&[&[0.0, 0.8], &[0.45, 0.0]]), 0.6);
        let product: f64 = 0.9 * 0.3 * 0.2;
        let cycle = [&[0.0, 0.9, 0.0][..], &[0.0, 0.0, 0.3], &[0.2, 0.0, 0.0]];
        assert_close(radius(&cycle), product.cbrt());
    }

    #[test]
    fn without_a_cycle_it_is_zero() {
        assert_eq!(radius(&[&[0.0, 5.0], &[0.0, 0.0]]), 0.0);
        assert_eq!(radius(&[]), 0.0);
    }

    #[test]
    fn the_largest_class_counts() {
        let blocks = [&[0.3, 9.0, 0.0][..], &[0.0, 0.0, 0.5], &[0.0, 0.5, 0.0]];
        assert_close(radius(&blocks), 0.5);
    }

    #[test]
    fn entries_of_very_different_size_are_no_harder() {
        assert_close(radius(&[&[0.0, 1.0], &[1e-12, 0.0]]), 1e-6);
        assert_close(radius(&[&[0.5, 1e-200], &[1e-100, 0.5]]), 0.5);
    }

    proptest! {
        /// ρ of a 2 × 2 matrix has a closed form.
        #[test]
        fn two_by_two(a in 0.0..1.0f64, b in 1e-6..1.0f64, c in 1e-6..1.0f64, d in 0.0..1.0f64) {
            let root = ((a - d) * (a - d) + 4.0 * b * c).sqrt();
            assert_close(radius(&[&[a, b], &[c, d]]), f64::midpoint(a + d, root));
        }
    }
}
