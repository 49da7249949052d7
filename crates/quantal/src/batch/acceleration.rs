//! Anderson acceleration in lanes: every lane has its own fit (see `anderson.rs` for the formula).

#![expect(clippy::needless_range_loop, reason = "rows and columns read better by their numbers")]

use crate::lanes::Pack;

/// Differences remembered.
const WINDOW: usize = 5;
/// As in `anderson.rs`: a column whose pivot falls below this share of its square is left out.
const PIVOT_FLOOR: f64 = 1e-10;

/// The memory of a block of lanes. A lane may begin anew while the others go on.
#[derive(Debug)]
pub(crate) struct Acceleration<P> {
    /// `[column][coordinate]`: differences of residual and of image. Columns are filled in turn.
    df: [Vec<P>; WINDOW],
    dg: [Vec<P>; WINDOW],
    /// The last residual and image.
    f: Vec<P>,
    g: Vec<P>,
    gram: [[P; WINDOW]; WINDOW],
    /// The column written last.
    newest: usize,
    /// By lane: points seen since it began.
    n_points: P,
}

impl<P: Pack> Acceleration<P> {
    pub(crate) fn new(n: usize) -> Self {
        let zero = P::splat(0.0);
        let empty = || std::array::from_fn(|_| vec![zero; n]);
        Self {
            df: empty(),
            dg: empty(),
            f: vec![zero; n],
            g: vec![zero; n],
            gram: [[zero; WINDOW]; WINDOW],
            newest: 0,
            n_points: zero,
        }
    }

    /// Memory of all lanes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let columns: usize = self.df.iter().chain(&self.dg).map(|v| size_of_val(&**v)).sum();
        columns + size_of_val(&*self.f) + size_of_val(&*self.g) + size_of_val(&self.gram)
    }

    /// Begins anew in this lane.
    pub(crate) fn begin(&mut self, lane: usize) {
        self.n_points.set(lane, 0.0);
    }

    /// Wipes what this lane left, which may not be numbers.
    pub(crate) fn wipe(&mut self, lane: usize) {
        let columns = self.df.iter_mut().chain(&mut self.dg).chain([&mut self.f, &mut self.g]);
        for x in columns.flatten() {
            x.set(lane, 0.0);
        }
    }

    /// Replaces `x` by the proposal that follows from it and its image `g`, in lanes where `active`
    /// is 1; the others stay.
    #[inline(always)]
    pub(crate) fn advance(&mut self, x: &mut [P], g: &[P], active: P) {
        let zero = P::splat(0.0);
        let mut most = 0.0;
        for lane in 0..P::N {
            if active.get(lane) == 1.0 {
                most = f64::max(most, self.n_points.get(lane));
            }
        }
        self.n_points = self.n_points + P::choose(active, P::splat(0.5), P::splat(1.0), zero);
        self.newest = (self.newest + 1) % WINDOW;
        match most as usize {
            0 => {
                for ((x, &g), (last_f, last_g)) in
                    x.iter_mut().zip(g).zip(self.f.iter_mut().zip(&mut self.g))
                {
                    (*last_f, *last_g) = (g - *x, g);
                    *x = P::choose(active, P::splat(0.5), g, *x);
                }
            }
            1 => self.fit::<1>(x, g, active),
            2 => self.fit::<2>(x, g, active),
            3 => self.fit::<3>(x, g, active),
            4 => self.fit::<4>(x, g, active),
            _ => self.fit::<WINDOW>(x, g, active),
        }
    }

    /// With the `N` newest columns, that of this step among them: what a lane gets does not depend on when it
    /// began. Columns from before that count as if they were zero.
    #[inline(always)]
    fn fit<const N: usize>(&mut self, x: &mut [P], g: &[P], active: P) {
        let zero = P::splat(0.0);
        let n = x.len();
        // Columns by age.
        let at: [usize; N] = std::array::from_fn(|age| (self.newest + WINDOW - age) % WINDOW);
        let mut new = std::mem::take(&mut self.df[at[0]]);
        let older: [&[P]; N] =
            std::array::from_fn(|age| if age == 0 { &[][..] } else { &self.df[at[age]][..n] });
        let (new_df, new_dg, g) = (&mut new[..n], &mut self.dg[at[0]][..n], &g[..n]);
        let (last_f, last_g) = (&mut self.f[..n], &mut self.g[..n]);
        let (mut row, mut right) = ([zero; N], [zero; N]);
        for i in 0..n {
            let f = g[i] - x[i];
            let df = f - last_f[i];
            new_df[i] = df;
            new_dg[i] = g[i] - last_g[i];
            (last_f[i], last_g[i]) = (f, g[i]);
            row[0] = row[0] + df * df;
            right[0] = right[0] + f * df;
            for j in 1..N {
                row[j] = row[j] + df * older[j][i];
                right[j] = right[j] + f * older[j][i];
            }
        }
        self.df[at[0]] = new;
        for j in 0..N {
            self.gram[at[0]][at[j]] = row[j];
            self.gram[at[j]][at[0]] = row[j];
        }
        // A column is a lane's own if the points at both its ends are.
        let own = |age: usize, x: P| P::choose(self.n_points, P::splat(age as f64 + 1.5), x, zero);
        let mut gram = [[zero; N]; N];
        for j in 0..N {
            right[j] = own(j, right[j]);
            for k in 0..=j {
                gram[j][k] = own(j, self.gram[at[j]][at[k]]);
            }
        }
        let gamma = least_squares::<P, N>(&gram, &right);
        let dg: [&[P]; N] = at.map(|column| &self.dg[column][..n]);
        for i in 0..n {
            let mut next = g[i];
            for j in 0..N {
                next = next - gamma[j] * dg[j][i];
            }
            x[i] = P::choose(active, P::splat(0.5), next, x[i]);
        }
    }
}

/// Cholesky on the scaled normal equations, columns that depend on earlier ones left out.
#[inline(always)]
fn least_squares<P: Pack, const N: usize>(gram: &[[P; N]; N], right: &[P; N]) -> [P; N] {
    let (zero, one, floor) = (P::splat(0.0), P::splat(1.0), P::splat(PIVOT_FLOOR));
    let mut factor = [[zero; N]; N];
    let mut inverse_pivot = [zero; N];
    let mut y = [zero; N];
    let mut scale = [zero; N];
    for i in 0..N {
        let square = gram[i][i];
        let root = square.map(f64::sqrt);
        scale[i] = P::choose(square, zero, one / root, zero);
        let mut pivot = P::choose(square, zero, one, zero);
        for j in 0..i {
            let mut s = gram[i][j] * scale[i] * scale[j];
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
