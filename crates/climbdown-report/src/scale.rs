//! What `check` prints for information: how large the game is, and stakes beside median gaps.

use climbdown_lang::template::Template;

use crate::layout::{cell, push, wrap};
use crate::number::{count, given};

/// Size of the game, combinations of the draws at the start, and each actor's stake beside the median
/// gap between its moves when everybody tosses a coin.
#[must_use]
pub fn text(template: &Template, stakes: &[f64], median_gaps: &[Option<f64>]) -> String {
    let scenario = &template.scenario;
    let mut out = String::new();
    let combinations: usize = scenario.draws.iter().map(|d| d.analyst.len()).product();
    let size = format!(
        "{} nodes, {} information sets; what nature draws at the start has {} combinations.",
        count(template.graph.n_nodes()),
        count(template.graph.n_infosets()),
        count(combinations)
    );
    out.push_str(&wrap("For information. ", "  ", &size));
    push(&mut out, "  actor             stake   median gap between its moves at a coin toss");
    for ((actor, stake), gap) in scenario.actors.iter().zip(stakes).zip(median_gaps) {
        let gap = gap.map_or("never chooses".to_owned(), given_short);
        push(&mut out, &format!("  {}{}{gap}", cell(&actor.id, 18), cell(&given(*stake), 8)));
    }
    out
}

fn given_short(x: f64) -> String {
    format!("{x:.3}")
}
