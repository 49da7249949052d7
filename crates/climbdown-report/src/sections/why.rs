//! WHY: what the focal act consists of, and what each part does to the headline measure.

use climbdown_lang::hybrid::Axis;
use climbdown_study::findings::{Attribution, Share};

use crate::layout::{cell, push, wrap};
use crate::number::change;
use crate::{Answer, number, words};

/// Columns of the bar of the largest share.
const BAR: f64 = 20.0;
/// What three decimals can show.
const SHOWN: f64 = 0.0005;
/// Games are solved to a log-residual of 1e-10; what two of them differ by below this is no difference.
const ROUNDING: f64 = 1e-9;

/// The shares of the parts, with what each does first and last; empty if they were not asked for.
pub fn section(answer: &Answer<'_>) -> String {
    let f = answer.findings;
    match &f.attribution {
        Some(found) => shares(answer, found),
        None if f.caveats.iter().any(|c| c.about.as_deref() == Some("attribution")) => {
            wrap("WHY   ", "  ", "what the act consists of has no shares: see CAUTION")
        }
        None => String::new(),
    }
}

fn shares(answer: &Answer<'_>, found: &Attribution) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let (act, other) = (&f.question.focal_act, &f.question.reference_act);
    let what = words::measure(scenario, scenario.question.measure);
    let mut out = wrap(
        "WHY   ",
        "  ",
        &format!(
            "what {act} consists of, against {other}: with \"{}\" made and known to all, {act} \
             instead of {other} changes the chance of {what} by {}. By part:",
            f.question.focal,
            change(found.total)
        ),
    );
    push(
        &mut out,
        &format!("  {:18}{:>8}{:22}{:>12}{:>12}", "", "share", "", "first in", "last out"),
    );
    let largest = found.shares.iter().map(|s| s.value.abs()).fold(0.0, f64::max);
    for share in &found.shares {
        push(&mut out, &line(share, largest));
    }
    let besides = if found.remainder.abs() < ROUNDING {
        "leaves nothing to explain"
    } else if f.question.focal == *act {
        "comes from later turns: there one policy gives the move up, and the other can choose it"
    } else {
        "is what the move does besides the act"
    };
    out.push_str(&wrap(
        "  ",
        "  ",
        &format!(
            "The shares (Shapley values, {}) add up to {}; the remainder of the change as a \
             policy, {}, {besides}. First in: what the part does alone. Last out: what the act \
             loses without it.",
            number::of(found.games, "game"),
            change(found.total),
            size(found.remainder),
        ),
    ));
    out
}

fn line(share: &Share, largest: f64) -> String {
    let name = part_name(share.axis);
    let value = size(share.value);
    if share.is_same {
        return format!("  {}{value:>8}  the same in both acts", cell(name, 18));
    }
    let or_dash = |x: Option<f64>| x.map_or("-".to_owned(), size);
    format!(
        "  {}{value:>8}  {}{:>12}{:>12}",
        cell(name, 18),
        cell(&bar(share.value, largest), 20),
        or_dash(share.first_in),
        or_dash(share.last_out)
    )
}

/// `#` for what raises the measure, `-` for what lowers it, in proportion to the largest share.
fn bar(value: f64, largest: f64) -> String {
    if largest < SHOWN {
        return String::new();
    }
    let mark = if value >= 0.0 { "#" } else { "-" };
    mark.repeat((value.abs() / largest * BAR).round() as usize)
}

/// A share, or 0 for what is no difference.
fn size(x: f64) -> String {
    change(if x.abs() < ROUNDING { 0.0 } else { x })
}

/// A part of an act, for people.
fn part_name(axis: Axis) -> &'static str {
    match axis {
        Axis::Norms => "norms broken",
        Axis::Rest => "rest of the act",
        other => other.name(),
    }
}

/// One sentence for the answer: how much of the change is the act's own, and where it mostly lies.
pub fn sentence(found: &Attribution) -> String {
    if found.total.abs() < SHOWN {
        return "The act itself accounts for next to none of the change.".to_owned();
    }
    let along = |s: &Share| s.value * found.total.signum();
    let mut parts: Vec<&Share> = found.shares.iter().filter(|s| along(s) >= SHOWN).collect();
    parts.sort_by(|a, b| along(b).total_cmp(&along(a)));
    let through = |s: &Share| match s.axis {
        Axis::Norms => "the norms it breaks",
        Axis::Rest => "the rest of the act",
        axis => axis.name(),
    };
    let own = format!("The act itself accounts for {} of the change", change(found.total));
    match parts.as_slice() {
        [first, second, ..] => format!(
            "{own}, the largest part of it through {}, then {}.",
            through(first),
            through(second)
        ),
        [only] => format!("{own}, through {}.", through(only)),
        [] => format!("{own}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion_to_the_largest_share() {
        assert_eq!(bar(0.1, 0.1), "#".repeat(20));
        assert_eq!(bar(-0.05, 0.1), "-".repeat(10));
        assert_eq!(bar(0.0, 0.1), "");
        assert_eq!(bar(1e-9, 1e-9), "", "nothing is drawn of what cannot be read");
    }

    #[test]
    fn the_sentence_names_what_goes_the_way_of_the_whole() {
        let share =
            |axis, value| Share { axis, value, first_in: None, last_out: None, is_same: false };
        let found = |total, shares| Attribution {
            total,
            shares,
            values: Vec::new(),
            remainder: 0.0,
            games: 4,
        };
        let mixed =
            vec![share(Axis::Means, -0.2), share(Axis::Involvement, 0.25), share(Axis::Rest, 0.05)];
        assert_eq!(
            sentence(&found(0.1, mixed)),
            "The act itself accounts for +0.100 of the change, the largest part of it through \
             involvement, then the rest of the act."
        );
        let one = vec![share(Axis::Means, -0.1), share(Axis::Ends, 0.0)];
        let of_one = "The act itself accounts for -0.100 of the change, through means.";
        assert_eq!(sentence(&found(-0.1, one)), of_one);
        let none = sentence(&found(0.0, Vec::new()));
        assert_eq!(none, "The act itself accounts for next to none of the change.");
    }
}
