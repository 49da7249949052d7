//! Anderson acceleration in lanes: every lane has its own fit (see `anderson.rs` for the formula).

#![expect(clippy::needless_range_loop, reason = "rows and columns read better by their numbers")]

use crate::lanes::Pack;

/// Differences remembered.
const WINDOW: usize = 5;
/// As in `anderson.rs`: a column whose pivot falls below this share of its square is left out.
const PIVOT_FLOOR: f64 = 1e-10;

/// What is remembered of one coordinate: differences of residual and image, and the last of each.
#[derive(Clone, Copy, Debug)]
struct Memory<P> {
    df: [P; WINDOW],
    dg: [P; WINDOW],
    f: P,
    g: P,
}

/// The memory of a block of lanes.
#[derive(Debug)]
pub(crate) struct Acceleration<P> {
    memory: Vec<Memory<P>>,
    gram: [[P; WINDOW]; WINDOW],
    n_steps: usize,
}

impl<P: Pack> Acceleration<P> {
    pub(crate) fn new(n: usize) -> Self {
        let zero = P::splat(0.0);
        let empty = Memory { df: [zero; WINDOW], dg: [zero; WINDOW], f: zero, g: zero };
        Self { memory: vec![empty; n], gram: [[zero; WINDOW]; WINDOW], n_steps: 0 }
    }

    /// Memory of all lanes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.memory.as_slice()) + size_of_val(&self.gram)
    }

    /// Forgets every step.
    pub(crate) fn restart(&mut self) {
        self.n_steps = 0;
    }

    /// Replaces `x` by the proposal that follows from it and its image `g`, in lanes where `active`
    /// is 1; the others stay.
    #[inline(always)]
    pub(crate) fn advance(&mut self, x: &mut [P], g: &[P], active: P) {
        match self.n_steps {
            0 => {
                for ((x, &g), m) in x.iter_mut().zip(g).zip(&mut self.memory) {
                    (m.f, m.g) = (g - *x, g);
                    *x = P::choose(active, P::splat(0.5), g, *x);
                }
            }
            1 => self.fit::<1>(x, g, active),
            2 => self.fit::<2>(x, g, active),
            3 => self.fit::<3>(x, g, active),
            4 => self.fit::<4>(x, g, active),
            _ => self.fit::<WINDOW>(x, g, active),
        }
        self.n_steps += 1;
    }

    /// With `N` columns, the one of this step among them.
    #[inline(always)]
    fn fit<const N: usize>(&mut self, x: &mut [P], g: &[P], active: P) {
        let zero = P::splat(0.0);
        let new = (self.n_steps - 1) % WINDOW;
        let (mut row, mut right) = ([zero; N], [zero; N]);
        for ((&x, &g), m) in x.iter().zip(g).zip(&mut self.memory) {
            let f = g - x;
            let df = f - m.f;
            m.df[new] = df;
            m.dg[new] = g - m.g;
            (m.f, m.g) = (f, g);
            for j in 0..N {
                row[j] = row[j] + df * m.df[j];
                right[j] = right[j] + f * m.df[j];
            }
        }
        for j in 0..N {
            self.gram[new][j] = row[j];
            self.gram[j][new] = row[j];
        }
        let gamma = self.least_squares::<N>(&right);
        for ((x, &g), m) in x.iter_mut().zip(g).zip(&self.memory) {
            let mut next = g;
            for j in 0..N {
                next = next - gamma[j] * m.dg[j];
            }
            *x = P::choose(active, P::splat(0.5), next, *x);
        }
    }

    /// Cholesky on the scaled normal equations, columns that depend on earlier ones left out.
    #[inline(always)]
    fn least_squares<const N: usize>(&self, right: &[P; N]) -> [P; N] {
        let (zero, one, floor) = (P::splat(0.0), P::splat(1.0), P::splat(PIVOT_FLOOR));
        let mut factor = [[zero; N]; N];
        let mut inverse_pivot = [zero; N];
        let mut y = [zero; N];
        let mut scale = [zero; N];
        for i in 0..N {
            let square = self.gram[i][i];
            let root = square.map(f64::sqrt);
            scale[i] = P::choose(square, zero, one / root, zero);
            let mut pivot = P::choose(square, zero, one, zero);
            for j in 0..i {
                let mut s = self.gram[i][j] * scale[i] * scale[j];
                for k in 0..j {
                    s = s - factor[i][k] * factor[j][k];
                }
                factor[i][j] = s * inverse_pivot[j];
                pivot = pivot - factor[i][j] * factor[i][j];
            }
            // A column left out has the inverse pivot 0, and with it every product.
            inverse_pivot[i] = P::choose(pivot, floor, one / pivot.map(f64::sqrt), zero);
            let mut s = right[i] * scale[i];
            for k in 0..i {
                s = s - factor[i][k] * y[k];
            }
            y[i] = s * inverse_pivot[i];
        }
        let mut gamma = [zero; N];
        for i in (0..N).rev() {
            let mut s = y[i];
            for k in i + 1..N {
                s = s - factor[k][i] * gamma[k];
            }
            gamma[i] = s * inverse_pivot[i];
        }
        for i in 0..N {
            gamma[i] = gamma[i] * scale[i];
        }
        gamma
    }
}
