//! Sobol's low-discrepancy sequence, plain and scrambled.

use quantal::families::uniform;

use super::random::{Purpose, stream};
use super::trouble::BadDesign;

/// Direction numbers (Joe and Kuo 2008), with their licence.
const TABLE: &str = include_str!("joe_kuo.txt");
/// Digits of a coordinate of the plain sequence: it has 2³² points.
const DIGITS: usize = 32;
/// Digits that scrambling adds below them; 32 + 20 and one half more are exact in a float.
const FURTHER_DIGITS: u32 = 20;
/// How many dimensions the table has.
pub(crate) const MOST_DIMENSIONS: usize = 512;

/// The sequence in some dimensions, in the order of Antonov and Saleev (1979).
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    /// Per dimension, the direction numbers v_1 to v_32 as binary fractions.
    directions: Vec<[u32; DIGITS]>,
}

impl Sequence {
    /// The sequence in `n` dimensions.
    pub(crate) fn new(n: usize) -> Result<Self, BadDesign> {
        if n > MOST_DIMENSIONS {
            return Err(BadDesign::TooManyDimensions { asked: n, most: MOST_DIMENSIONS });
        }
        let first = std::array::from_fn(|at| 1 << (DIGITS - 1 - at));
        let further = TABLE.lines().filter(|line| !line.starts_with('#')).map(of_line);
        Ok(Self { directions: std::iter::once(first).chain(further).take(n).collect() })
    }

    /// Coordinate `dimension` of point `index`, in \[0, 1) and a multiple of 2^−32.
    #[cfg(test)]
    pub(crate) fn plain(&self, index: u32, dimension: usize) -> f64 {
        f64::from(self.bits(index, dimension)) / (1u64 << DIGITS) as f64
    }

    /// The same after nested uniform scrambling (Owen 1995): each digit is flipped or not, as a random bit
    /// says that depends on the seed, the dimension and all digits before it. In (0, 1).
    ///
    /// The bits come from a hash, as in Burley (2020), but one for each digit, so the permutations
    /// are those of Owen and not an approximation of them.
    pub(crate) fn scrambled(&self, seed: u64, index: u32, dimension: usize) -> f64 {
        let bits = self.bits(index, dimension);
        let coin = |depth: usize, prefix: u32| {
            uniform(seed, stream(Purpose::Scramble, dimension << 6 | depth), u64::from(prefix))
        };
        let mut scrambled = 0u64;
        for depth in 0..DIGITS {
            let prefix = if depth == 0 { 0 } else { bits >> (DIGITS - depth) };
            let digit = u64::from(bits >> (DIGITS - 1 - depth) & 1);
            scrambled = scrambled << 1 | (digit ^ u64::from(coin(depth, prefix) < 0.5));
        }
        // All points differ in their first 32 digits in each dimension: what follows is independent.
        let rest = coin(DIGITS, bits) * f64::from(1u32 << FURTHER_DIGITS);
        let digits = scrambled << FURTHER_DIGITS | rest as u64;
        (digits as f64 + 0.5) / (1u64 << (DIGITS as u32 + FURTHER_DIGITS)) as f64
    }

    fn bits(&self, index: u32, dimension: usize) -> u32 {
        let gray = index ^ (index >> 1);
        let directions = self.directions[dimension].iter().enumerate();
        directions.fold(0, |bits, (at, v)| if gray >> at & 1 == 1 { bits ^ v } else { bits })
    }
}

/// The direction numbers of one line of the table (Joe and Kuo 2008, equations 2 to 4).
fn of_line(line: &str) -> [u32; DIGITS] {
    let mut numbers = line.split(' ').map(|word| word.parse::<u32>().expect("a table of numbers"));
    let mut next = || numbers.next().expect("dimension, degree and coefficients on each line");
    let (_, degree, coefficients) = (next(), next() as usize, next());
    let mut v = [0u32; DIGITS];
    for (at, m) in numbers.enumerate() {
        v[at] = m << (DIGITS - 1 - at);
    }
    for at in degree..DIGITS {
        let mut sum = v[at - degree] ^ (v[at - degree] >> degree);
        for k in 1..degree {
            if coefficients >> (degree - 1 - k) & 1 == 1 {
                sum ^= v[at - k];
            }
        }
        v[at] = sum;
    }
    v
}
