//! Several boxes: each looked for among what the boxes before it leave (covering;
//! Friedman and Fisher 1999).

use super::choose::{Rule, choose, simplify};
use super::prim::{NothingToDiscover, Path, PrimOptions, Restriction, Step, find_path_among};
use super::sample::{Sample, Tally};

/// Boxes in the order they were found, and what they hold together.
#[derive(Clone, Debug, PartialEq)]
pub struct Cover {
    /// Each depends on those before it: another choice there gives other boxes here.
    pub boxes: Vec<Found>,
    /// Share of all cases of interest that is in one of the boxes.
    pub coverage: f64,
    /// Share of the rows in the boxes that is of interest; 0 without boxes.
    pub density: f64,
    /// Why there is no further box.
    pub ended: Ended,
    /// The rule each was taken by.
    pub rule: Rule,
}

/// One of several boxes.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The path it lies on; its rows are those that the boxes before left.
    pub path: Path,
    /// The step that the rule took.
    pub chosen: usize,
    /// That step, without the restrictions that were dropped.
    pub step: Step,
    /// The restrictions that were dropped as they may be chance.
    pub dropped: Vec<Restriction>,
}

/// Why no further box was looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// As many as asked for.
    Enough,
    /// No box on the next path meets the rule.
    NoneDenseEnough(Path),
    /// The rows that are left are all alike.
    Nothing(NothingToDiscover),
    /// No row is left.
    NoRows,
}

/// Looks for up to `most_boxes` boxes.
///
/// # Errors
/// [`NothingToDiscover`] if all runs are alike.
pub fn cover(
    sample: &Sample,
    options: &PrimOptions,
    rule: &Rule,
    most_boxes: usize,
) -> Result<Cover, NothingToDiscover> {
    let mut rows: Vec<usize> = (0..sample.n_rows()).collect();
    let mut boxes: Vec<Found> = Vec::new();
    let mut inside = Tally::default();
    let ended = loop {
        if boxes.len() == most_boxes {
            break Ended::Enough;
        }
        if rows.is_empty() {
            break Ended::NoRows;
        }
        let path = match find_path_among(sample, rows.clone(), options) {
            Ok(path) => path,
            Err(nothing) if boxes.is_empty() => return Err(nothing),
            Err(nothing) => break Ended::Nothing(nothing),
        };
        let Some(chosen) = choose(&path, rule) else { break Ended::NoneDenseEnough(path) };
        let (step, dropped) = match rule.level {
            Some(level) => simplify(sample, &path, chosen, level, rule.least_density),
            None => (path.steps[chosen].clone(), Vec::new()),
        };
        let is_inside = |&row: &usize| step.limits.contains(sample, row);
        inside = inside.plus(sample.tally(rows.iter().copied().filter(is_inside)));
        rows.retain(|row| !is_inside(row));
        boxes.push(Found { path, chosen, step, dropped });
    };
    let coverage = inside.of_interest() / sample.of_interest();
    Ok(Cover { boxes, coverage, density: inside.mean(), ended, rule: *rule })
}
