//! Pastes: what can be put back on a box.

use super::limits::{Limit, Limits, near};
use super::peel::{by_kind, quantile};
use super::prim::{Candidate, PrimOptions};
use super::sample::{Cells, Sample};

/// All pastes of the box `limits` among `rows`: of each restricted number the lower end and the upper,
/// of restricted labels each one outside.
pub(crate) fn pastes(
    sample: &Sample,
    rows: &[usize],
    start: &Limits,
    limits: &Limits,
    options: &PrimOptions,
) -> Vec<Candidate> {
    let near = near(sample, rows, limits);
    let mut pastes = Vec::new();
    let mut paste = |input: usize, limit: Limit| {
        let back = near.but_for[input].iter().copied();
        let back = back.filter(|&row| limit.holds(sample, input, row));
        let inside = near.inside.plus(sample.tally(back));
        pastes.push(Candidate { input, limit, inside });
    };
    for input in by_kind(sample) {
        if limits.by_input[input] == start.by_input[input] {
            continue;
        }
        match (sample.cells(input), &limits.by_input[input], &start.by_input[input]) {
            (
                Cells::Numbers { values, .. },
                &Limit::Range { low, high },
                &Limit::Range { low: lowest, high: highest },
            ) => {
                // The rows outside on this side, and those inside that lie on the limit itself.
                let on_limit = rows.iter().filter(|&&row| [low, high].contains(&values[row]));
                let on_limit = on_limit.filter(|&&row| limits.contains(sample, row));
                let mut beside: Vec<f64> =
                    near.but_for[input].iter().chain(on_limit).map(|&row| values[row]).collect();
                beside.sort_by(f64::total_cmp);

                let below = &beside[..beside.partition_point(|&x| x <= low)];
                let to = if below.is_empty() {
                    lowest
                } else {
                    quantile(below, 1.0 - options.paste_alpha())
                };
                paste(input, Limit::Range { low: to, high });

                let above = &beside[beside.partition_point(|&x| x < high)..];
                let to =
                    if above.is_empty() { highest } else { quantile(above, options.paste_alpha()) };
                paste(input, Limit::Range { low, high: to });
            }
            (Cells::Labels { .. }, Limit::Labels(open), Limit::Labels(all)) => {
                for label in (0..open.len()).filter(|&label| all[label] && !open[label]) {
                    let mut open = open.clone();
                    open[label] = true;
                    paste(input, Limit::Labels(open));
                }
            }
            _ => unreachable!("limits are made of the sample they are asked about"),
        }
    }
    pastes
}
