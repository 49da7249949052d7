//! A template read once: what every pass over its graph needs to know of it.

use climbdown_lang::template::Template;
use quantal::{EdgeId, Game, Viewer};

use crate::clock::Clock;
use crate::peaks::Peaks;
use crate::question::slot_of;
use crate::replies::Exchange;

/// A template with its clock, rises and escalatory acts.
pub(crate) struct Crisis<'a> {
    /// The structure.
    pub(crate) template: &'a Template,
    /// Where the peak rises.
    pub(crate) peaks: Peaks,
    /// Turns, times and escalatory acts.
    pub(crate) exchange: Exchange,
    /// Acts on this rung or above are escalatory: the one the question names, else the first above
    /// the start rung, if there is one.
    pub(crate) escalatory_rung: Option<u8>,
}

impl<'a> Crisis<'a> {
    /// Reads `template`.
    pub(crate) fn of(template: &'a Template) -> Self {
        let scenario = &template.scenario;
        let graph = &template.graph;
        let clock = Clock::of(scenario);
        let rungs = scenario.ladders[0].rungs.iter().map(|r| r.rung);
        let default = rungs.filter(|&rung| rung > scenario.start_rung).min();
        let escalatory_rung = scenario.question.escalatory_rung.or(default);
        let severity: Vec<f64> = graph
            .nodes()
            .flat_map(|n| graph.edges(n))
            .map(|edge| {
                let rungs = template.act(edge).zip(escalatory_rung).map(|(act, from)| {
                    // An act below the lowest escalatory rung has none.
                    (u16::from(act.rung) + 1).saturating_sub(u16::from(from))
                });
                f64::from(rungs.unwrap_or(0))
            })
            .collect();
        let is_escalatory = severity.iter().map(|&rungs| rungs > 0.0).collect();
        let turn = template
            .places
            .iter()
            .map(|&place| slot_of(place).map(|slot| (place.stage, slot.index())))
            .collect();
        let exchange = Exchange { clock, turn, is_escalatory, severity };
        Self { template, peaks: Peaks::of(template), exchange, escalatory_rung }
    }
}

/// Which nodes one of `viewers` holds possible, by draws alone: every move is.
pub(crate) fn possible(game: &Game, viewers: impl Iterator<Item = Viewer> + Clone) -> Vec<bool> {
    possible_where(game, viewers, &|_| true)
}

/// The same over edges that `allows` lets pass.
pub(crate) fn possible_where(
    game: &Game,
    viewers: impl Iterator<Item = Viewer> + Clone,
    allows: &dyn Fn(EdgeId) -> bool,
) -> Vec<bool> {
    let graph = game.graph();
    let mut is_possible = vec![false; graph.n_nodes()];
    is_possible[0] = true;
    for node in graph.nodes() {
        if is_possible[node.index()] {
            for edge in graph.edges(node) {
                if allows(edge)
                    && viewers.clone().any(|viewer| game.probability(edge, viewer) > 0.0)
                {
                    is_possible[graph.to(edge).index()] = true;
                }
            }
        }
    }
    is_possible
}
