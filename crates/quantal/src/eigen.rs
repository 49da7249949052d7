//! Eigenvalues of the map v ↦ A v at a point of the branch, as far as Arnoldi's method sees them.
//!
//! The branch is singular where an eigenvalue of A, the derivative of the sweep, is 1. Whether the
//! number of real eigenvalues above 1 is even or odd is the sign of det(I − A).

/// A small source of numbers: a function of the seed and the position (splitmix64; Steele, Lea and Flood
/// 2014).
pub(crate) fn splitmix(seed: u64, stream: u64, index: u64) -> u64 {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    let of_seed = mix(seed.wrapping_add(STEP));
    let of_stream = mix(of_seed ^ mix(stream.wrapping_mul(STEP).wrapping_add(STEP)));
    mix(of_stream.wrapping_add(index.wrapping_add(1).wrapping_mul(STEP)))
}

/// Uniform on (0, 1).
pub(crate) fn unit(seed: u64, stream: u64, index: u64) -> f64 {
    ((splitmix(seed, stream, index) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// What Arnoldi's method has found about A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spectrum {
    /// Real eigenvalues above 1.
    pub(crate) n_above_one: usize,
    /// Smallest distance of an eigenvalue from 1.
    pub(crate) nearest_to_one: f64,
    /// Largest modulus of an eigenvalue.
    pub(crate) largest: f64,
}

/// Sizes of the Krylov space at which the eigenvalues are looked at.
const SIZES: [usize; 5] = [4, 8, 16, 32, 64];
/// No eigenvalue further from 0 than this, at any size, settles the question: all are far below 1.
const SMALL: f64 = 0.5;
/// After two vectors it is settled if A makes neither longer than this.
const TINY: f64 = 0.2;
/// No eigenvalue nearer to 1 than this at two sizes in turn, and as many above, settles it, too.
const CLEAR: f64 = 0.4;
/// Else the distance of the nearest must agree this well between two sizes.
const SETTLED: f64 = 0.02;
/// What is left of a vector, relative to its image, when the space is exhausted.
const EXHAUSTED: f64 = 1e-12;

/// The spectrum of `apply` on vectors of length `n` near 1; `None` when 64 vectors do not settle it.
pub(crate) fn spectrum(n: usize, mut apply: impl FnMut(&[f64], &mut [f64])) -> Option<Spectrum> {
    // A direction without any symmetry: what a symmetric game hides lies outside its own symmetries.
    let seed_vector: Vec<f64> = (0..n).map(|k| unit(1, 0, k as u64) - 0.5).collect();
    let mut image = vec![0.0; n];
    apply(&seed_vector, &mut image);
    let size = norm(&image);
    if size == 0.0 {
        return Some(Spectrum { n_above_one: 0, nearest_to_one: 1.0, largest: 0.0 });
    }
    let mut basis = vec![image.iter().map(|x| x / size).collect::<Vec<f64>>()];
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut last: Option<Spectrum> = None;
    let mut longest = 0.0f64;
    loop {
        let v = &basis[columns.len()];
        apply(v, &mut image);
        let whole = norm(&image);
        let mut w = image.clone();
        let mut column = vec![0.0; basis.len()];
        // Twice is enough (Parlett 1998, section 6.9).
        for _ in 0..2 {
            for (h, v) in column.iter_mut().zip(&basis) {
                let part = dot(&w, v);
                *h += part;
                for (w, v) in w.iter_mut().zip(v) {
                    *w -= part * v;
                }
            }
        }
        let rest = norm(&w);
        column.push(rest);
        columns.push(column);
        let m = columns.len();
        longest = longest.max(whole);
        if m == 2 && longest <= TINY {
            return near_one(&columns);
        }
        let is_exhausted = rest <= EXHAUSTED * whole || m == n;
        if SIZES.contains(&m) || is_exhausted {
            let found = near_one(&columns)?;
            let is_settled = last.is_some_and(|last| {
                let is_clear = found.nearest_to_one > CLEAR && last.nearest_to_one > CLEAR;
                let change = (found.nearest_to_one - last.nearest_to_one).abs();
                found.n_above_one == last.n_above_one
                    && (is_clear || change <= SETTLED * found.nearest_to_one)
            });
            if is_exhausted || is_settled || found.largest < SMALL {
                return Some(found);
            }
            last = Some(found);
            if m == SIZES[SIZES.len() - 1] {
                return None;
            }
        }
        basis.push(w.iter().map(|w| w / rest).collect());
    }
}

/// Eigenvalues of the square part of a Hessenberg matrix given by columns, each with one entry below
/// the diagonal.
fn near_one(columns: &[Vec<f64>]) -> Option<Spectrum> {
    let m = columns.len();
    let mut h = vec![vec![0.0; m]; m];
    for (k, column) in columns.iter().enumerate() {
        for (j, x) in column.iter().enumerate().filter(|(j, _)| *j < m) {
            h[j][k] = *x;
        }
    }
    let eigenvalues = hessenberg_eigenvalues(h)?;
    let mut found = Spectrum { n_above_one: 0, nearest_to_one: f64::INFINITY, largest: 0.0 };
    for (re, im) in eigenvalues {
        found.n_above_one += usize::from(im == 0.0 && re > 1.0);
        let distance = ((re - 1.0) * (re - 1.0) + im * im).sqrt();
        found.nearest_to_one = found.nearest_to_one.min(distance);
        found.largest = found.largest.max((re * re + im * im).sqrt());
    }
    Some(found)
}

/// QR sweeps allowed for one eigenvalue.
const MOST_ROUNDS: usize = 60;

/// Eigenvalues (real, imaginary part) of an upper Hessenberg matrix by QR with double shifts
/// (Francis 1961; after Martin, Peters and Wilkinson 1970, Numer. Math. 14:219-231).
fn hessenberg_eigenvalues(mut a: Vec<Vec<f64>>) -> Option<Vec<(f64, f64)>> {
    let n = a.len();
    let scale: f64 = a.iter().flatten().map(|x| x.abs()).sum();
    let mut found = Vec::with_capacity(n);
    let mut end = n;
    let mut shift = 0.0;
    let mut rounds = 0;
    while end > 0 {
        let last = end - 1;
        // The block that ends here begins below a negligible entry.
        let mut first = last;
        while first > 0 {
            let size = a[first - 1][first - 1].abs() + a[first][first].abs();
            let size = if size == 0.0 { scale } else { size };
            if a[first][first - 1].abs() <= f64::EPSILON * size {
                a[first][first - 1] = 0.0;
                break;
            }
            first -= 1;
        }
        let mut x = a[last][last];
        if first == last {
            found.push((x + shift, 0.0));
            end -= 1;
            rounds = 0;
            continue;
        }
        let mut y = a[last - 1][last - 1];
        let mut w = a[last][last - 1] * a[last - 1][last];
        if first + 1 == last {
            let half = 0.5 * (y - x);
            let square = half * half + w;
            let root = square.abs().sqrt();
            x += shift;
            if square >= 0.0 {
                let z = if half >= 0.0 { half + root } else { half - root };
                found.push((x + z, 0.0));
                found.push((if z == 0.0 { x } else { x - w / z }, 0.0));
            } else {
                found.extend([(x + half, root), (x + half, -root)]);
            }
            end -= 2;
            rounds = 0;
            continue;
        }
        if rounds == MOST_ROUNDS {
            return None;
        }
        if rounds > 0 && rounds.is_multiple_of(10) {
            shift += x;
            for (i, row) in a.iter_mut().enumerate().take(end) {
                row[i] -= x;
            }
            let s = a[last][last - 1].abs() + a[last - 1][last - 2].abs();
            x = 0.75 * s;
            y = x;
            w = -0.4375 * s * s;
        }
        rounds += 1;
        double_shift(&mut a, first, last, (x, y, w));
    }
    Some(found)
}

/// One QR sweep with the shifts of the lower corner on rows and columns `first..=last`.
fn double_shift(a: &mut [Vec<f64>], first: usize, last: usize, (x, y, w): (f64, f64, f64)) {
    let (mut p, mut q, mut r);
    // Two small entries in a row also allow a beginning.
    let mut m = last - 2;
    loop {
        let z = a[m][m];
        let (dx, dy) = (x - z, y - z);
        p = (dx * dy - w) / a[m + 1][m] + a[m][m + 1];
        q = a[m + 1][m + 1] - z - dx - dy;
        r = a[m + 2][m + 1];
        let s = p.abs() + q.abs() + r.abs();
        p /= s;
        q /= s;
        r /= s;
        if m == first {
            break;
        }
        let small = a[m][m - 1].abs() * (q.abs() + r.abs());
        let large = p.abs() * (a[m - 1][m - 1].abs() + z.abs() + a[m + 1][m + 1].abs());
        if small <= f64::EPSILON * large {
            break;
        }
        m -= 1;
    }
    for i in m + 2..=last {
        a[i][i - 2] = 0.0;
        if i > m + 2 {
            a[i][i - 3] = 0.0;
        }
    }
    for k in m..last {
        let is_last = k + 1 == last;
        let mut size = 1.0;
        if k > m {
            p = a[k][k - 1];
            q = a[k + 1][k - 1];
            r = if is_last { 0.0 } else { a[k + 2][k - 1] };
            size = p.abs() + q.abs() + r.abs();
            if size == 0.0 {
                continue;
            }
            p /= size;
            q /= size;
            r /= size;
        }
        let root = (p * p + q * q + r * r).sqrt();
        let s = if p < 0.0 { -root } else { root };
        if s == 0.0 {
            continue;
        }
        if k > m {
            a[k][k - 1] = -s * size;
        } else if first != m {
            a[k][k - 1] = -a[k][k - 1];
        }
        p += s;
        let (u, v, z) = (p / s, q / s, r / s);
        q /= p;
        r /= p;
        let [row0, row1, rows @ ..] = &mut a[k..] else { return };
        for (j, (a0, a1)) in row0.iter_mut().zip(row1).enumerate().take(last + 1).skip(k) {
            let mut t = *a0 + q * *a1;
            if !is_last {
                let a2 = &mut rows[0][j];
                t += r * *a2;
                *a2 -= t * z;
            }
            *a1 -= t * v;
            *a0 -= t * u;
        }
        let bottom = last.min(k + 3);
        for row in a.iter_mut().take(bottom + 1).skip(first) {
            let mut t = u * row[k] + v * row[k + 1];
            if !is_last {
                t += z * row[k + 2];
                row[k + 2] -= t * r;
            }
            row[k + 1] -= t * q;
            row[k] -= t;
        }
    }
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::{hessenberg_eigenvalues, spectrum, unit};

    #[test]
    fn the_eigenvalues_of_a_companion_matrix_are_the_roots() {
        // (x − 1)(x − 2)(x + 3)(x² + 4) = x⁵ − 3x³ + 6x² − 28x + 24.
        let coefficients = [0.0, 3.0, -6.0, 28.0, -24.0];
        let mut a = vec![vec![0.0; 5]; 5];
        a[0].copy_from_slice(&coefficients);
        for k in 1..5 {
            a[k][k - 1] = 1.0;
        }
        let mut found = hessenberg_eigenvalues(a).unwrap();
        found.sort_by(|a, b| a.partial_cmp(b).unwrap());
        let expected = [(-3.0, 0.0), (0.0, -2.0), (0.0, 2.0), (1.0, 0.0), (2.0, 0.0)];
        for (f, e) in found.iter().zip(expected) {
            assert!((f.0 - e.0).abs() < 1e-9 && (f.1 - e.1).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn random_matrices_keep_their_trace_and_determinant() {
        for seed in 0..20 {
            let n = 3 + seed as usize % 10;
            let at = |i: usize, j: usize| {
                if i > j + 1 { 0.0 } else { unit(seed, i as u64, j as u64) - 0.5 }
            };
            let a: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| at(i, j)).collect()).collect();
            let found = hessenberg_eigenvalues(a.clone()).unwrap();
            let trace: f64 = (0..n).map(|i| a[i][i]).sum();
            let sum: f64 = found.iter().map(|e| e.0).sum();
            assert!((trace - sum).abs() < 1e-12, "{trace} {sum}");
            let squares: f64 = (0..n).map(|i| (0..n).map(|j| a[i][j] * a[j][i]).sum::<f64>()).sum();
            let sum: f64 = found.iter().map(|e| e.0 * e.0 - e.1 * e.1).sum();
            assert!((squares - sum).abs() < 1e-12, "{squares} {sum}");
        }
    }

    #[test]
    fn one_eigenvalue_above_one_is_found_among_many_below() {
        let n = 300;
        let top = [1.7, -2.0, 0.9];
        let apply = |v: &[f64], out: &mut [f64]| {
            for (k, (o, x)) in out.iter_mut().zip(v).enumerate() {
                *o = x * top.get(k).copied().unwrap_or(0.5 * unit(3, 0, k as u64));
            }
        };
        let found = spectrum(n, apply).unwrap();
        assert_eq!(found.n_above_one, 1);
        assert!((found.nearest_to_one - 0.1).abs() < 1e-3);
    }
}
