//! Fingerprints: which design it is, as a hash of its full description.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Groups, Input, Kind, RankCorrelation, Spread};

/// Which design it is: the SHA-256 of its full description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Reads 64 hexadecimal digits, as [`fmt::Display`] writes them; `None` if they are not that.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
        let text = text.as_bytes();
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The hash of the description of a design.
    pub(super) fn of(
        kind: &Kind,
        inputs: &[Input],
        correlations: &[RankCorrelation],
        seed: u64,
    ) -> Self {
        let mut description = Description::default();
        // The version of the drawing: raised whenever the same description would give other rows.
        description.numbers([1, seed]);
        description.kind(kind);
        description.numbers([inputs.len() as u64]);
        inputs.iter().for_each(|input| description.input(input));
        description.numbers([correlations.len() as u64]);
        for RankCorrelation { first, second, value } in correlations {
            description.name(first);
            description.name(second);
            description.numbers([value.to_bits()]);
        }
        let mut hash = Sha256::new();
        description.numbers.iter().for_each(|number| hash.update(number.to_be_bytes()));
        hash.update(&description.names);
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Everything a design is made of. Floats enter as their bits, lists and names with their length before
/// them, so that no two designs have one description.
#[derive(Default)]
struct Description {
    numbers: Vec<u64>,
    names: Vec<u8>,
}

impl Description {
    fn numbers<const N: usize>(&mut self, numbers: [u64; N]) {
        self.numbers.extend(numbers);
    }

    fn name(&mut self, name: &str) {
        self.numbers.push(name.len() as u64);
        self.names.extend_from_slice(name.as_bytes());
    }

    fn kind(&mut self, kind: &Kind) {
        match kind {
            Kind::LatinHypercube { n } => self.numbers([1, *n as u64]),
            Kind::Sobol { n } => self.numbers([2, *n as u64]),
            Kind::Saltelli { n, second_order, groups } => {
                self.numbers([3, *n as u64, u64::from(*second_order)]);
                self.groups(groups);
            }
            Kind::Morris { n, n_levels, groups } => {
                self.numbers([4, *n as u64, *n_levels as u64]);
                self.groups(groups);
            }
            Kind::Grid { n_levels } => self.numbers([5, *n_levels as u64]),
        }
    }

    fn groups(&mut self, groups: &Groups) {
        self.numbers([groups.len() as u64]);
        self.numbers.extend((0..groups.n_inputs()).map(|input| groups.of(input) as u64));
        groups.names().iter().for_each(|name| self.name(name));
    }

    fn input(&mut self, input: &Input) {
        self.name(input.name());
        let (kind, numbers) = match input.spread() {
            Spread::Uniform { low, high } => (1, vec![*low, *high]),
            Spread::Triangular { low, peak, high } => (2, vec![*low, *peak, *high]),
            Spread::Normal { low, high } => (3, vec![*low, *high]),
            Spread::Lognormal { low, high } => (4, vec![*low, *high]),
            Spread::Beta { low, mode, high } => (5, vec![*low, *mode, *high]),
            Spread::Choice(options) => {
                (6, options.iter().flat_map(|(value, weight)| [*value, *weight]).collect())
            }
        };
        self.numbers([kind, numbers.len() as u64]);
        self.numbers.extend(numbers.into_iter().map(f64::to_bits));
    }
}
