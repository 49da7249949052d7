//! Anderson acceleration of a fixed-point map (Anderson 1965; type II of Walker and Ni 2011).

/// Remembers the last steps of x ← G(x) and proposes the next x.
///
/// With f = G(x) − x, and ΔX, ΔF the last differences of x and f, the proposal is
/// x + f − (ΔX + ΔF) γ, γ = argmin ‖f − ΔF γ‖₂.
#[derive(Debug)]
pub(crate) struct Anderson {
    dx: Vec<Vec<f64>>,
    df: Vec<Vec<f64>>,
    last: Option<(Vec<f64>, Vec<f64>)>,
    /// Which pair of columns is replaced next.
    oldest: usize,
    gram: [[f64; WINDOW]; WINDOW],
}

/// Differences remembered; twelve did no better on the ladders of examples/sweep_times.rs.
const WINDOW: usize = 6;
/// Columns are dropped from the fit when their pivot falls below this share of their square: what
/// is left of them is rounding.
const PIVOT_FLOOR: f64 = 1e-10;

impl Anderson {
    pub(crate) fn new() -> Self {
        Self {
            dx: Vec::new(),
            df: Vec::new(),
            last: None,
            oldest: 0,
            gram: [[0.0; WINDOW]; WINDOW],
        }
    }

    /// Forgets every step.
    pub(crate) fn restart(&mut self) {
        self.dx.clear();
        self.df.clear();
        self.last = None;
        self.oldest = 0;
    }

    /// Replaces `x` by the proposal that follows from it and its image `g`.
    pub(crate) fn advance(&mut self, x: &mut [f64], g: &[f64]) {
        let f: Vec<f64> = g.iter().zip(x.iter()).map(|(g, x)| g - x).collect();
        if let Some((x_before, f_before)) = self.last.take() {
            self.remember(difference(x, &x_before), difference(&f, &f_before));
        }
        self.last = Some((x.to_vec(), f.clone()));
        let gamma = self.fit(&f);
        x.copy_from_slice(g);
        for (j, c) in gamma.into_iter().enumerate().filter(|(_, c)| *c != 0.0) {
            for ((x, dx), df) in x.iter_mut().zip(&self.dx[j]).zip(&self.df[j]) {
                *x -= c * (dx + df);
            }
        }
    }

    fn remember(&mut self, dx: Vec<f64>, df: Vec<f64>) {
        let at = if self.dx.len() < WINDOW {
            self.dx.push(dx);
            self.df.push(df);
            self.dx.len() - 1
        } else {
            let at = self.oldest;
            self.dx[at] = dx;
            self.df[at] = df;
            self.oldest = (at + 1) % WINDOW;
            at
        };
        for j in 0..self.df.len() {
            let d = dot(&self.df[at], &self.df[j]);
            self.gram[at][j] = d;
            self.gram[j][at] = d;
        }
    }

    /// Least squares by Cholesky on the scaled normal equations; columns that depend on earlier ones
    /// are left out.
    fn fit(&self, f: &[f64]) -> Vec<f64> {
        let m = self.df.len();
        let mut factor = [[0.0; WINDOW]; WINDOW];
        let mut y = [0.0; WINDOW];
        let mut used = [false; WINDOW];
        let scale: Vec<f64> = (0..m).map(|j| self.gram[j][j].sqrt()).collect();
        for i in 0..m {
            if scale[i] == 0.0 {
                continue;
            }
            let mut pivot = 1.0;
            for j in (0..i).filter(|&j| used[j]) {
                let mut s = self.gram[i][j] / (scale[i] * scale[j]);
                for k in (0..j).filter(|&k| used[k]) {
                    s -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = s / factor[j][j];
                pivot -= factor[i][j] * factor[i][j];
            }
            if pivot <= PIVOT_FLOOR {
                continue;
            }
            used[i] = true;
            factor[i][i] = pivot.sqrt();
            let mut s = dot(&self.df[i], f) / scale[i];
            for k in (0..i).filter(|&k| used[k]) {
                s -= factor[i][k] * y[k];
            }
            y[i] = s / factor[i][i];
        }
        let mut gamma = vec![0.0; m];
        for i in (0..m).rev().filter(|&i| used[i]) {
            let mut s = y[i];
            for k in (i + 1..m).filter(|&k| used[k]) {
                s -= factor[k][i] * gamma[k] * scale[k];
            }
            gamma[i] = s / factor[i][i] / scale[i];
        }
        gamma
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
mod tests {
    use super::Anderson;

    #[test]
    fn a_linear_map_in_four_dimensions_is_solved_in_six_images() {
        // x = A x + b with spectral radius above one: plain iteration diverges.
        let a = [
            [0.9, 0.4, 0.0, 0.1],
            [-0.4, 1.1, 0.2, 0.0],
            [0.0, 0.3, -1.2, 0.1],
            [0.2, 0.0, 0.1, 0.3],
        ];
        let b = [1.0, -2.0, 0.5, 3.0];
        let image = |x: &[f64]| -> Vec<f64> {
            (0..4).map(|i| b[i] + (0..4).map(|j| a[i][j] * x[j]).sum::<f64>()).collect()
        };
        let mut x = vec![0.0; 4];
        let mut anderson = Anderson::new();
        for _ in 0..6 {
            let g = image(&x);
            anderson.advance(&mut x, &g);
        }
        let g = image(&x);
        let residual = g.iter().zip(&x).map(|(g, x)| (g - x).abs()).fold(0.0, f64::max);
        assert!(residual < 1e-9, "residual {residual}");
    }
}
