//! An exploration for people: the draws first, then what the spread comes from, then boxes in words.

use climbdown_lang::scenario::Scenario;
use climbdown_study::exploration::{CONFIDENCE, Discovery, Exploration, MOST_IN_BLOCKS};
use climbdown_study::sensitivity::{Estimate, Of};

use crate::RunInfo;
use crate::layout::{cell, heading, push, wrap};
use crate::number::{change, count, given, of, plain, probability, share};

/// An exploration and all that its report quotes.
#[derive(Clone, Copy, Debug)]
pub struct Explored<'a> {
    /// What was found.
    pub exploration: &'a Exploration,
    /// Of what.
    pub scenario: &'a Scenario,
    /// How it was run.
    pub run: &'a RunInfo,
    /// Λ, where it is not varied.
    pub lambda: f64,
}

/// Inputs that are listed of each kind of index.
const LISTED: usize = 10;
/// Reasons of failure that are listed.
const REASONS: usize = 3;

/// The report.
#[must_use]
pub fn text(explored: &Explored<'_>) -> String {
    let found = explored.exploration;
    let mut out = heading(&explored.scenario.title, &explored.scenario.id);
    out.push_str(&wrap("What moves ", "  ", &asked(found)));
    out.push('\n');
    out.push_str(&draws(found));
    out.push_str(&screening(found));
    out.push_str(&sobol(found));
    out.push_str(&given_data(found));
    out.push_str(&pawn(found));
    for discovery in &found.discoveries {
        out.push_str(&boxes(discovery));
    }
    out.push('\n');
    out.push_str(&wrap(
        "",
        "  ",
        &format!(
            "Under this model and its ranges. Lambda {}, seed {}, scenario {}, Climbdown {}.",
            given(explored.lambda),
            explored.run.seed,
            explored.run.sha256,
            explored.run.version
        ),
    ));
    out
}

/// What was asked, in words.
#[must_use]
pub fn asked(found: &Exploration) -> String {
    let asked = &found.asked;
    let of = match asked.of {
        Of::Value => asked.measure.clone(),
        Of::Exceeds(x) => format!("whether {} is above {}", asked.measure, given(x)),
    };
    match &asked.among {
        None => of,
        Some((path, is_above, x)) => {
            let how = if *is_above { "above" } else { "at most" };
            format!("{of}, where {path} is {how} {}", given(*x))
        }
    }
}

fn draws(found: &Exploration) -> String {
    let mut out = String::new();
    for sample in &found.samples {
        let mut line = format!(
            "{} failed of {} ({}, {}).",
            count(sample.failed),
            of(sample.rows, "draw"),
            sample.layout,
            of(sample.inputs.len(), "input"),
        );
        for (why, n) in sample.failures.iter().take(REASONS) {
            line.push_str(&format!(" {}: {why}.", count(*n)));
        }
        let others: usize = sample.failures.iter().skip(REASONS).map(|f| f.1).sum();
        if others > 0 {
            line.push_str(&format!(" {}: other reasons.", count(others)));
        }
        out.push_str(&wrap("DRAWS   ", "  ", &line));
    }
    out.push_str(&wrap(
        "  ",
        "    ",
        "Failed draws are left out of what follows; nothing is put in for them.",
    ));
    out
}

/// A heading, and what stands in place of a table that cannot be made.
fn without(heading: &str, why: &str) -> String {
    format!("\n{}", wrap(&format!("{heading}   "), "  ", &format!("none: {why}")))
}

fn interval(estimate: &Estimate) -> String {
    format!("{:>8} +- {:<8}", plain(estimate.value), plain(estimate.half_width))
}

/// Said of indices that do not know conditions.
fn of_all(found: &Exploration) -> &'static str {
    match (&found.asked.among, found.asked.of) {
        (None, Of::Value) => "",
        _ => "; of the value, in all draws",
    }
}

fn screening(found: &Exploration) -> String {
    let heading = "SCREENING";
    let effects = match &found.morris {
        None => return String::new(),
        Some(Err(why)) => return without(heading, why),
        Some(Ok(effects)) => effects,
    };
    let counted = format!(
        "elementary effects (Morris 1991), {} of a trajectory; in units of the measure over the whole range{}",
        of(effects.trajectories, "repeat"),
        of_all(found),
    );
    let mut out = format!("\n{}", wrap(&format!("{heading}   "), "  ", &counted));
    push(&mut out, &format!("  {:<34}{:>20}{:>12}{:>12}", "", "mu*", "mu", "sigma"));
    let mut order: Vec<_> = effects.groups.iter().collect();
    order.sort_by(|a, b| b.mu_star.value.total_cmp(&a.mu_star.value));
    for group in order.iter().take(LISTED) {
        let or_dash = |e: &Option<Estimate>, show: fn(f64) -> String| {
            e.as_ref().map_or("-".to_owned(), |e| show(e.value))
        };
        push(
            &mut out,
            &format!(
                "  {}{}{:>12}{:>12}",
                cell(&group.name, 34),
                interval(&group.mu_star),
                or_dash(&group.mu, change),
                or_dash(&group.sigma, plain),
            ),
        );
    }
    out.push_str(&more(order.len()));
    out
}

fn more(n: usize) -> String {
    match n.saturating_sub(LISTED) {
        0 => String::new(),
        rest => format!("  and {} below these\n", of(rest, "input")),
    }
}

fn sobol(found: &Exploration) -> String {
    let heading = "SOBOL INDICES";
    let indices = match &found.sobol {
        None => return String::new(),
        Some(Err(why)) => return without(heading, why),
        Some(Ok(indices)) => indices,
    };
    let mut note = format!(
        "shares of the variance of the value, {} intervals, {} of {}",
        share(CONFIDENCE),
        of(indices.blocks, "block"),
        of(indices.groups.len() + 2, "row"),
    );
    note.push_str(of_all(found));
    if indices.blocks_dropped > 0 {
        note.push_str(&format!(
            "; {} with a failed draw set aside",
            of(indices.blocks_dropped, "block")
        ));
    }
    if let Some(by) = found.screened_by {
        note.push_str(&format!(
            "; over the {MOST_IN_BLOCKS} inputs with the largest {by}, the other {} at the file's values",
            count(found.left_out.len())
        ));
    }
    let mut out = format!("\n{}", wrap(&format!("{heading}   "), "  ", &note));
    push(&mut out, &format!("  {:<34}{:>20}{:>20}", "", "first order", "total"));
    let mut order: Vec<usize> = (0..indices.groups.len()).collect();
    order.sort_by(|&a, &b| indices.total[b].value.total_cmp(&indices.total[a].value));
    for &at in order.iter().take(LISTED) {
        push(
            &mut out,
            &format!(
                "  {}{}{}",
                cell(&indices.groups[at], 34),
                interval(&indices.first[at]),
                interval(&indices.total[at]),
            ),
        );
    }
    out.push_str(&more(order.len()));
    let mut pairs: Vec<_> = indices.second.iter().collect();
    pairs.sort_by(|a, b| b.share.value.total_cmp(&a.share.value));
    for pair in pairs.iter().take(LISTED) {
        let names = format!("{} x {}", indices.groups[pair.first], indices.groups[pair.second]);
        push(&mut out, &format!("  {}{}", cell(&names, 34), interval(&pair.share)));
    }
    out
}

fn given_data(found: &Exploration) -> String {
    let heading = "FIRST ORDER FROM THE SAMPLE";
    let shares = match &found.given_data {
        None => return String::new(),
        Some(Err(why)) => return without(heading, why),
        Some(Ok(shares)) => shares,
    };
    let note = format!(
        "shares of the variance, from {} in {}; ! = above chance ({}) among all inputs",
        of(shares.counted.used, "draw"),
        of(shares.classes, "group"),
        plain(shares.noise_of_largest),
    );
    let mut out = format!("\n{}", wrap(&format!("{heading}   "), "  ", &note));
    let mut order: Vec<_> = shares.inputs.iter().collect();
    order.sort_by(|a, b| b.first.total_cmp(&a.first));
    for input in order.iter().take(LISTED) {
        let mark = if input.first > shares.noise_of_largest { "!" } else { " " };
        push(&mut out, &format!("{mark} {}{:>8}", cell(&input.name, 34), plain(input.first)));
    }
    out.push_str(&more(order.len()));
    out
}

fn pawn(found: &Exploration) -> String {
    let heading = "PAWN";
    let indices = match &found.pawn {
        None => return String::new(),
        Some(Err(why)) => return without(heading, why),
        Some(Ok(indices)) => indices,
    };
    let note = format!(
        "how far the distribution moves when an input is known: 0 to 1, median and largest of {}; ! = above \
         chance",
        of(indices.slices, "slice"),
    );
    let mut out = format!("\n{}", wrap(&format!("{heading}   "), "  ", &note));
    let mut order: Vec<_> = indices.inputs.iter().collect();
    order.sort_by(|a, b| b.median.total_cmp(&a.median));
    for input in order.iter().take(LISTED) {
        let mark = if input.median > input.noise_of_median { "!" } else { " " };
        push(
            &mut out,
            &format!(
                "{mark} {}{:>8}{:>8}",
                cell(&input.name, 34),
                plain(input.median),
                plain(input.maximum)
            ),
        );
    }
    out.push_str(&more(order.len()));
    out
}

fn boxes(found: &Discovery) -> String {
    let note = format!(
        "{} in {} of {}; {} left out. A box has at least {} of cases inside.",
        found.outcome,
        count(found.of_interest),
        of(found.rows, "draw"),
        count(found.left_out),
        share(found.least_density),
    );
    let mut out = format!("\n{}", wrap("WHERE   ", "  ", &note));
    match &found.boxes {
        Err(why) => out.push_str(&wrap("  ", "    ", &format!("No box: {why}."))),
        Ok(boxes) if boxes.is_empty() => {
            out.push_str(&wrap("  ", "    ", "No box is as dense with so few restrictions."));
        }
        Ok(boxes) => {
            for found in boxes {
                let worth = format!(
                    "{}. It holds {} of all cases, and {} of the draws inside are cases.",
                    found.text,
                    share(found.coverage),
                    share(found.density),
                );
                out.push_str(&wrap("  ", "    ", &worth));
                for limit in &found.limits {
                    let by_chance = limit.quasi_p.map_or("-".to_owned(), probability);
                    let line = format!(
                        "{}: as dense by chance {by_chance}; found again in {} of halves of the draws \
                         at this coverage, in {} at this density",
                        limit.input,
                        share(limit.by_coverage),
                        share(limit.by_density),
                    );
                    out.push_str(&wrap("    ", "      ", &line));
                }
            }
        }
    }
    for leaf in &found.leaves {
        let line = format!(
            "Second opinion (tree): {} ({} of all cases; {} inside).",
            leaf.text,
            share(leaf.coverage),
            share(leaf.density)
        );
        out.push_str(&wrap("  ", "    ", &line));
    }
    out
}
