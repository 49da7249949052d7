//! Newton's method on the equilibrium equations, matrix-free: for games where sweeps do not contract.
//!
//! The residual is logit(λQ(π)) − log π. Its derivative I − M − B (M through values, B through
//! beliefs) is preconditioned by (I − M)⁻¹, one linearised sweep, and the linear system is solved by
//! GMRES (Saad and Schultz 1986) to a relative size that shrinks with the residual (Eisenstat and
//! Walker 1996, choice 2).

/// Vectors kept before GMRES starts over.
const RESTART: usize = 30;

/// Solves (I − A) x = b by restarted GMRES, `apply` being v ↦ A v; stops at ‖r‖ ≤ `share` ‖b‖ or after
/// `most` applications. Returns x.
pub(crate) fn gmres(
    b: &[f64],
    share: f64,
    most: usize,
    mut apply: impl FnMut(&[f64], &mut [f64]),
) -> Vec<f64> {
    let n = b.len();
    let goal = share * norm(b);
    let mut x = vec![0.0; n];
    let mut residual = b.to_vec();
    let mut image = vec![0.0; n];
    let mut applications = 0;
    loop {
        let start = norm(&residual);
        if start <= goal || applications >= most || !start.is_finite() {
            return x;
        }
        let mut basis = vec![residual.iter().map(|r| r / start).collect::<Vec<f64>>()];
        // Columns of the Hessenberg matrix after the rotations, the rotations, and the right side.
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut right = vec![start];
        while columns.len() < RESTART && applications < most {
            let v = &basis[columns.len()];
            apply(v, &mut image);
            applications += 1;
            let mut w: Vec<f64> = v.iter().zip(&image).map(|(v, a)| v - a).collect();
            let mut column = Vec::with_capacity(basis.len() + 1);
            for v in &basis {
                let h = dot(&w, v);
                for (w, v) in w.iter_mut().zip(v) {
                    *w -= h * v;
                }
                column.push(h);
            }
            let length = norm(&w);
            for (k, (c, s)) in rotations.iter().enumerate() {
                let (a, b) = (column[k], column[k + 1]);
                column[k] = c * a + s * b;
                column[k + 1] = c * b - s * a;
            }
            let last = column.len() - 1;
            let size = (column[last] * column[last] + length * length).sqrt();
            if size == 0.0 || !size.is_finite() {
                break;
            }
            let (c, s) = (column[last] / size, length / size);
            column[last] = size;
            rotations.push((c, s));
            columns.push(column);
            let carried = right[last];
            right[last] = c * carried;
            right.push(-s * carried);
            if length == 0.0 || right[last + 1].abs() <= goal {
                break;
            }
            basis.push(w.iter().map(|w| w / length).collect());
        }
        let m = columns.len();
        if m == 0 {
            return x;
        }
        let mut y = right[..m].to_vec();
        for i in (0..m).rev() {
            y[i] /= columns[i][i];
            for k in 0..i {
                y[k] -= columns[i][k] * y[i];
            }
        }
        for (y, v) in y.iter().zip(&basis) {
            for (x, v) in x.iter_mut().zip(v) {
                *x += y * v;
            }
        }
        if right[m].abs() <= goal || applications >= most {
            return x;
        }
        apply(&x, &mut image);
        applications += 1;
        for i in 0..n {
            residual[i] = b[i] - x[i] + image[i];
        }
    }
}

pub(crate) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::gmres;

    #[test]
    fn a_rotation_and_a_stretch_are_inverted() {
        let a = [[0.0, -3.0, 0.5], [3.0, 0.0, 0.0], [0.2, 0.1, -7.0]];
        let times = |v: &[f64], out: &mut [f64]| {
            for i in 0..3 {
                out[i] = (0..3).map(|j| a[i][j] * v[j]).sum();
            }
        };
        let b = [1.0, 2.0, -4.0];
        let x = gmres(&b, 1e-13, 50, times);
        let mut image = [0.0; 3];
        times(&x, &mut image);
        for i in 0..3 {
            assert!((x[i] - image[i] - b[i]).abs() < 1e-11);
        }
    }
}
