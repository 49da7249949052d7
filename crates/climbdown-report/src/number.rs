//! The one way each kind of number is written for people.

/// A probability in words, as in "24 in 100 (unlikely)": ICD 203 words, by the number printed.
///
/// Below 1 and above 99 in 100 there is no word.
#[must_use]
pub fn chance(p: f64) -> String {
    if p <= 0.0 {
        return "0 in 100".to_owned();
    }
    if p >= 1.0 {
        return "100 in 100".to_owned();
    }
    if p < 0.01 {
        return "less than 1 in 100".to_owned();
    }
    if p > 0.99 {
        return "more than 99 in 100".to_owned();
    }
    let percent = (p * 100.0).round();
    format!("{percent} in 100 ({})", likelihood(percent))
}

/// The ICD 203 word for a whole number of percent from 1 to 99.
fn likelihood(percent: f64) -> &'static str {
    match percent {
        x if x < 5.0 => "almost no chance",
        x if x < 20.0 => "very unlikely",
        x if x < 45.0 => "unlikely",
        x if x <= 55.0 => "roughly even",
        x if x <= 80.0 => "likely",
        x if x <= 95.0 => "very likely",
        _ => "almost certain",
    }
}

/// A share of draws, without a likelihood word: "71 of 100".
#[must_use]
pub fn share(p: f64) -> String {
    let percent = p * 100.0;
    match percent.round() {
        0.0 if p > 0.0 => "less than 1 of 100".to_owned(),
        100.0 if p < 1.0 => "more than 99 of 100".to_owned(),
        whole => format!("{whole} of 100"),
    }
}

/// A sum of probabilities that is this close to 1 differs from it by rounding only.
const ROUNDING: f64 = 1e-9;

/// A probability in a table: three decimals, never 0.000 for what is possible.
#[must_use]
pub fn probability(p: f64) -> String {
    if p > 0.0 && p < 0.001 {
        "<0.001".to_owned()
    } else if p > 0.999 && p < 1.0 - ROUNDING {
        ">0.999".to_owned()
    } else {
        format!("{:.3}", p.max(0.0))
    }
}

/// From here on three decimals say nothing and a power of ten is shorter.
const LARGE: f64 = 1e4;

/// A change with its sign, three decimals; what is too small to show keeps its sign.
#[must_use]
pub fn change(x: f64) -> String {
    if x == 0.0 {
        "0.000".to_owned()
    } else if x.abs() < 0.0005 {
        (if x > 0.0 { "+<0.001" } else { "-<0.001" }).to_owned()
    } else if x.abs() >= LARGE {
        format!("{x:+.1e}")
    } else {
        format!("{x:+.3}")
    }
}

/// A quantity that is no probability, such as an expected rung or a payoff: three decimals.
#[must_use]
pub fn plain(x: f64) -> String {
    if x != 0.0 && x.abs() < 0.0005 {
        (if x > 0.0 { "<0.001" } else { "-<0.001" }).to_owned()
    } else if x.abs() >= LARGE {
        format!("{x:.1e}")
    } else {
        format!("{:.3}", if x == 0.0 { 0.0 } else { x })
    }
}

/// A parameter or Λ as its writer would write it.
#[must_use]
pub fn given(x: f64) -> String {
    if x != 0.0 && !(1e-4..1e15).contains(&x.abs()) { format!("{x:e}") } else { format!("{x}") }
}

/// A residual or tolerance: one digit and a power of ten.
#[must_use]
pub fn tiny(x: f64) -> String {
    if x == 0.0 { "0".to_owned() } else { format!("{x:.0e}") }
}

/// A count with thousands separated.
#[must_use]
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// "1 week", "3 weeks".
#[must_use]
pub fn of(n: usize, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_at_the_boundaries_of_icd_203() {
        let expected = [
            (0.0, "0 in 100"),
            (1e-9, "less than 1 in 100"),
            (0.0099, "less than 1 in 100"),
            (0.01, "1 in 100 (almost no chance)"),
            (0.044, "4 in 100 (almost no chance)"),
            (0.05, "5 in 100 (very unlikely)"),
            (0.194, "19 in 100 (very unlikely)"),
            (0.20, "20 in 100 (unlikely)"),
            (0.444, "44 in 100 (unlikely)"),
            (0.45, "45 in 100 (roughly even)"),
            (0.55, "55 in 100 (roughly even)"),
            (0.56, "56 in 100 (likely)"),
            (0.80, "80 in 100 (likely)"),
            (0.81, "81 in 100 (very likely)"),
            (0.95, "95 in 100 (very likely)"),
            (0.96, "96 in 100 (almost certain)"),
            (0.99, "99 in 100 (almost certain)"),
            (0.995, "more than 99 in 100"),
            (1.0, "100 in 100"),
        ];
        for (p, words) in expected {
            assert_eq!(chance(p), words, "at {p}");
        }
    }

    #[test]
    fn what_is_possible_is_never_printed_as_zero() {
        assert_eq!(probability(1e-300), "<0.001");
        assert_eq!(probability(0.00099), "<0.001");
        assert_eq!(probability(0.0), "0.000");
        assert_eq!(probability(0.9999), ">0.999");
        assert_eq!(probability(1.0), "1.000");
        assert_eq!(probability(1.0 - 1e-14), "1.000");
        assert_eq!(change(1e-5), "+<0.001");
        assert_eq!(change(-1e-5), "-<0.001");
        assert_eq!(change(0.22), "+0.220");
        assert_eq!(change(0.0), "0.000");
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(21_664), "21,664");
        assert_eq!(count(999), "999");
        assert_eq!(of(1, "week"), "1 week");
    }
}
