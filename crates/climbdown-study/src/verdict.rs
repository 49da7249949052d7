//! The verdict: kind and degree by a stated rule, with the distance to the threshold.

use climbdown_lang::scenario::Thresholds;

use crate::findings::{Change, Degree, Kind, Sign, Verdict};
use crate::kind::degree_of_kind;

/// How far the change is beyond the threshold of "major": |Δ| − D, with D = min(major, max(minor,
/// r(ratio − 1))) for a rise and min(major, max(minor, r(1 − 1/ratio))) for a fall from the
/// reference's probability r. At least 0 exactly when the degree is major.
#[must_use]
pub fn margin_of_major(thresholds: &Thresholds, measure: Change) -> f64 {
    let change = measure.change();
    let by_ratio = if change >= 0.0 {
        measure.reference * (thresholds.ratio - 1.0)
    } else {
        measure.reference * (1.0 - 1.0 / thresholds.ratio)
    };
    change.abs() - thresholds.major.min(thresholds.minor.max(by_ratio))
}

/// How far the change is beyond the threshold of "minor": |Δ| − minor.
#[must_use]
pub fn margin_of_minor(thresholds: &Thresholds, measure: Change) -> f64 {
    measure.change().abs() - thresholds.minor
}

/// The degree of a change of the measure.
#[must_use]
pub fn degree(thresholds: &Thresholds, measure: Change) -> Degree {
    if margin_of_major(thresholds, measure) >= 0.0 {
        Degree::Major
    } else if margin_of_minor(thresholds, measure) >= 0.0 {
        Degree::Minor
    } else {
        Degree::None
    }
}

/// The verdict on a kind and a change of the measure.
#[must_use]
pub fn verdict(thresholds: &Thresholds, kind: &Kind, measure: Change) -> Verdict {
    let degree = degree(thresholds, measure);
    let sign = match degree {
        Degree::None => Sign::None,
        _ if measure.change() > 0.0 => Sign::Raises,
        _ => Sign::Lowers,
    };
    Verdict {
        kind: degree_of_kind(kind, thresholds.stated_line_is_major),
        degree,
        sign,
        margin: margin_of_major(thresholds, measure),
        rule: rule(thresholds),
    }
}

/// The rule in words.
fn rule(thresholds: &Thresholds) -> String {
    let Thresholds { major, minor, ratio, stated_line_is_major, source } = thresholds;
    let (also_major, stated) =
        if *stated_line_is_major { (" or stated", "") } else { ("", "a stated line or ") };
    format!(
        "Kind: major if the act crosses a firebreak, an actual red line under some type{also_major}, \
         or breaks an intact norm or treaty that the reference does not; \
         minor if only {stated}an eroded norm or treaty. \
         Degree: major if the probability changes by {major} or more, or by {minor} or more and \
         by a factor of {ratio}; minor if by {minor} or more. Source: {source}."
    )
}

#[cfg(test)]
mod tests {
    use climbdown_lang::scenario::Thresholds;
    use proptest::prelude::*;

    use super::{degree, margin_of_major, verdict};
    use crate::findings::{Change, Degree, Kind, Sign};

    fn thresholds() -> Thresholds {
        Thresholds {
            major: 0.10,
            minor: 0.02,
            ratio: 2.0,
            stated_line_is_major: false,
            source: "judgement".into(),
        }
    }

    fn change(reference: f64, focal: f64) -> Change {
        Change { focal, reference }
    }

    #[test]
    fn the_rule_case_by_case() {
        let degree_of = |r, f| degree(&thresholds(), change(r, f));
        assert_eq!(degree_of(0.50, 0.61), Degree::Major);
        assert_eq!(degree_of(0.50, 0.55), Degree::Minor);
        assert_eq!(degree_of(0.50, 0.51), Degree::None);
        assert_eq!(degree_of(0.02, 0.05), Degree::Major, "doubled");
        assert_eq!(degree_of(0.001, 0.015), Degree::None, "fifteen times, but still small");
        assert_eq!(degree_of(0.09, 0.04), Degree::Major, "more than halved");
        assert_eq!(degree_of(0.09, 0.05), Degree::Minor, "not halved");
        assert_eq!(degree_of(0.0, 0.03), Degree::Major, "from nothing");
    }

    #[test]
    fn the_sign_is_given_only_to_a_change_that_counts() {
        let sign = |r, f| verdict(&thresholds(), &Kind::default(), change(r, f)).sign;
        assert_eq!(sign(0.2, 0.5), Sign::Raises);
        assert_eq!(sign(0.5, 0.2), Sign::Lowers);
        assert_eq!(sign(0.5, 0.505), Sign::None);
    }

    proptest! {
        /// The degree is the rule of the model, read off the two probabilities directly.
        #[test]
        fn the_margin_decides_as_the_rule_does(r in 0.0..1.0f64, f in 0.0..1.0f64) {
            let delta: f64 = (f - r).abs();
            let doubles = f >= 2.0 * r || f <= r / 2.0;
            let is_major = delta >= 0.10 || (delta >= 0.02 && doubles);
            prop_assert_eq!(degree(&thresholds(), change(r, f)) == Degree::Major, is_major);
        }

        /// The margin has no jumps: a small step of either probability moves it a little.
        #[test]
        fn the_margin_is_continuous(r in 0.0..0.99f64, f in 0.0..0.99f64, h in 0.0..1e-6f64) {
            let margin = |r, f| margin_of_major(&thresholds(), change(r, f));
            // At Δ = 0 the rule passes from rise to fall; there D = r or r/2 may differ.
            prop_assume!((f - r).abs() > 1e-6);
            prop_assert!((margin(r + h, f) - margin(r, f)).abs() <= 2.0 * h + 1e-15);
            prop_assert!((margin(r, f + h) - margin(r, f)).abs() <= h + 1e-15);
        }
    }
}
