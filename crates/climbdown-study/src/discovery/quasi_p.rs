//! How likely a box would be so dense by chance if one of its restrictions were dropped.

/// P(X ≥ `k`) for X binomial of `n` draws with probability `h` / `t` each (the quasi-p-value, one-sided; Bryant
/// and Lempert 2010). `k` ≤ `n`, `h` ≤ `t`, `t` > 0.
///
/// The probabilities are built up from their ratios on both sides of the most probable number and
/// divided by their sum, so that no logarithm of a factorial is needed; smaller than about 1e-308 is 0.
pub(crate) fn upper_tail(k: u64, n: u64, h: u64, t: u64) -> f64 {
    if k == 0 || h == t {
        return 1.0;
    }
    if h == 0 {
        return 0.0;
    }
    let odds = h as f64 / (t - h) as f64;
    let mode = ((n + 1) as f64 * (h as f64 / t as f64)).floor().min(n as f64) as u64;
    let (mut below, mut above) = (0.0, 0.0);
    let mut count = |at: u64, probability: f64| {
        if at < k {
            below += probability;
        } else {
            above += probability;
        }
    };
    let mut probability = 1.0;
    count(mode, probability);
    for j in mode..n {
        probability *= (n - j) as f64 / (j + 1) as f64 * odds;
        count(j + 1, probability);
        if probability == 0.0 {
            break;
        }
    }
    probability = 1.0;
    for j in (1..=mode).rev() {
        probability *= j as f64 / (n - j + 1) as f64 / odds;
        count(j - 1, probability);
        if probability == 0.0 {
            break;
        }
    }
    above / (above + below)
}

#[cfg(test)]
mod tests {
    use super::upper_tail;

    fn assert_close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-13 * expected, "{found} is not {expected}");
    }

    /// Counted by hand: of 2^4 throws of four coins, 1 + 4 show three heads or more.
    #[test]
    fn coins() {
        assert_close(upper_tail(3, 4, 1, 2), 5.0 / 16.0);
        assert_close(upper_tail(4, 4, 1, 2), 1.0 / 16.0);
        assert_close(upper_tail(1, 4, 1, 2), 15.0 / 16.0);
        assert_close(upper_tail(0, 4, 1, 2), 1.0);
    }

    /// All of n is (h/t)^n, here (1/8)^100 = 2^-300; and one of n is 1 − (1 − h/t)^n.
    #[test]
    fn closed_forms() {
        assert_close(upper_tail(100, 100, 1, 8), f64::from_bits((1023 - 300) << 52));
        assert_close(upper_tail(1, 3, 1, 4), 1.0 - 27.0 / 64.0);
    }

    #[test]
    fn certain_and_impossible() {
        assert_eq!(upper_tail(5, 5, 3, 3), 1.0);
        assert_eq!(upper_tail(2, 5, 0, 3), 0.0);
    }
}
