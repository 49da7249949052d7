//! Numbers with as few digits as say what they must.

/// The number nearest to `value` with the fewest significant digits for which `is_right` holds; else
/// `otherwise`.
pub(crate) fn shortest(value: f64, is_right: impl Fn(f64) -> bool, otherwise: f64) -> f64 {
    (0..17)
        .map(|digits| format!("{value:.digits$e}"))
        .map(|text| text.parse().expect("what Rust writes as a number it reads as one"))
        .map(|rounded: f64| rounded + 0.0)
        .find(|&rounded| is_right(rounded))
        .unwrap_or(otherwise)
}

/// A number as text: the shortest that reads back as the same.
pub(crate) fn text(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::{shortest, text};

    #[test]
    fn as_few_digits_as_needed() {
        assert_eq!(shortest(0.3968, |x| 0.39 < x && x <= 0.41, 9.0), 0.4);
        assert_eq!(shortest(0.3968, |x| 0.39 < x && x < 0.4, 9.0), 0.397);
        assert_eq!(shortest(12_345.6, |x| 12_300.0 < x && x <= 12_400.0, 9.0), 12_350.0);
        assert_eq!(shortest(12_345.6, |x| 12_200.0 < x && x <= 12_400.0, 9.0), 12_300.0);
        assert_eq!(shortest(1.0 / 3.0, |_| false, 9.0), 9.0);
    }

    #[test]
    fn without_exponents() {
        assert_eq!(text(12_300.0), "12300");
        assert_eq!(text(-1e-7), "-0.0000001");
    }
}
