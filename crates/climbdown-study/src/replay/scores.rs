//! Scores of forecasts, and the forecasters that know nothing of the model's reasons.
//!
//! The natural logarithm of the probability given to what happened (Good 1952), and the Brier score
//! over all events (Brier 1950): the sum of squared differences between the forecast and 1 for what
//! happened, 0 for the rest; 0 is best, 2 is worst.

use std::collections::BTreeMap;

use climbdown_lang::episode::ObservedTurn;
use climbdown_lang::scenario::SlotId;
use climbdown_lang::template::{Cause, Template};
use quantal::{EdgeId, NodeId, math::ln};

use super::filter::Forecast;

/// Names of the forecasters that every replay is set beside.
pub const BASELINES: [&str; 3] = ["uniform", "persistence", "base_rates"];

/// The share of its probability that persistence spreads over all open moves; by feel.
pub const SMOOTHING: f64 = 0.2;

/// Scores of one forecast, or sums of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Natural logarithm of the probability of what happened; 0 is best.
    pub log: f64,
    /// Brier score; 0 is best, 2 is worst.
    pub brier: f64,
}

impl Score {
    /// The probability of an event, given by its cells.
    pub(crate) fn probability(cells: &[f64], event: &[bool]) -> f64 {
        cells.iter().zip(event).filter(|(_, is)| **is).fold(0.0, |sum, (p, _)| sum + p)
    }

    /// The score of a forecast over cells if the event happens; its other cells are events of their own.
    pub(crate) fn of(cells: &[f64], event: &[bool]) -> Self {
        let p = Self::probability(cells, event);
        let rest = cells.iter().zip(event).filter(|(_, is)| !**is);
        let brier = rest.fold((1.0 - p) * (1.0 - p), |sum, (q, _)| sum + q * q);
        Self { log: ln(p), brier }
    }

    /// A sum of scores for each of `n` steps; `None` without steps.
    #[must_use]
    pub fn per(self, n: usize) -> Option<Self> {
        let all = n as f64;
        (n > 0).then(|| Self { log: self.log / all, brier: self.brier / all })
    }

    /// Adds another.
    pub(crate) fn add(&mut self, other: Self) {
        self.log += other.log;
        self.brier += other.brier;
    }
}

/// What the simple forecasters remember of a history.
pub(crate) struct Memory {
    /// What was last done at each position of `turns`: moves by cause, with their probability.
    last: BTreeMap<SlotId, Vec<(Cause, f64)>>,
    /// How often each rung was seen.
    rungs: Vec<f64>,
}

impl Memory {
    /// Nothing yet.
    pub(crate) fn new(template: &Template) -> Self {
        let top = template.scenario.ladders[0].rungs.iter().map(|r| usize::from(r.rung)).max();
        let hazards = template.acts.iter().map(|a| usize::from(a.rung)).max();
        Self { last: BTreeMap::new(), rungs: vec![0.0; top.max(hazards).unwrap_or(0) + 1] }
    }

    /// The forecasts of [`BASELINES`] at a turn, from where the crisis may stand if it is not over.
    pub(crate) fn forecasts(
        &self,
        template: &Template,
        turn: &ObservedTurn,
        standing: &[(NodeId, f64)],
    ) -> [Forecast; 3] {
        let mut all = [(); 3].map(|()| Forecast::nothing(template, turn));
        let here: f64 = standing.iter().map(|&(_, p)| p).sum();
        if here <= 0.0 {
            // The crisis is over for certain, and everybody may know.
            all.iter_mut().for_each(|forecast| forecast.over = 1.0);
        }
        let last = self.last.get(&turn.slot).map_or(&[][..], Vec::as_slice);
        for &(node, p) in standing.iter().filter(|(_, p)| *p > 0.0) {
            let open: Vec<EdgeId> = template.graph.edges(node).collect();
            let even = 1.0 / open.len() as f64;
            let repeated = |edge: EdgeId| {
                let cause = template.causes[edge.index()];
                last.iter().find(|(c, _)| *c == cause).map_or(0.0, |&(_, q)| q)
            };
            let all_repeated: f64 = open.iter().map(|&e| repeated(e)).sum();
            let rung = |edge: EdgeId| rung(template, edge);
            let alike = |r: usize| open.iter().filter(|&&e| rung(e) == r).count() as f64;
            // One act seen at an even chance of every open move stands for not knowing.
            let rate = |edge: EdgeId| {
                let n = alike(rung(edge));
                (self.rungs[rung(edge)] + n * even) / n
            };
            let all_rates: f64 = open.iter().map(|&e| rate(e)).sum();
            for &edge in &open {
                let persists = if all_repeated > 0.0 {
                    (1.0 - SMOOTHING) * repeated(edge) / all_repeated + SMOOTHING * even
                } else {
                    even
                };
                let share = p / here;
                all[0].add(edge, share * even);
                all[1].add(edge, share * persists);
                all[2].add(edge, share * rate(edge) / all_rates);
            }
        }
        all
    }

    /// Remembers what was done at a turn: moves with their probability, given what was observed.
    pub(crate) fn remember(&mut self, template: &Template, slot: SlotId, done: &[(EdgeId, f64)]) {
        let mut moves: Vec<(Cause, f64)> = Vec::new();
        for &(edge, p) in done.iter().filter(|(_, p)| *p > 0.0) {
            self.rungs[rung(template, edge)] += p;
            let cause = template.causes[edge.index()];
            match moves.iter_mut().find(|(c, _)| *c == cause) {
                Some((_, sum)) => *sum += p,
                None => moves.push((cause, p)),
            }
        }
        if !moves.is_empty() {
            self.last.insert(slot, moves);
        }
    }
}

fn rung(template: &Template, edge: EdgeId) -> usize {
    template.act(edge).map_or(0, |act| usize::from(act.rung))
}

#[cfg(test)]
mod tests {
    use super::Score;
    use quantal::math::ln;

    #[test]
    fn who_foresees_everything_scores_nothing() {
        assert_eq!(
            Score::of(&[0.0, 1.0, 0.0], &[false, true, false]),
            Score { log: 0.0, brier: 0.0 }
        );
    }

    #[test]
    fn who_knows_nothing_loses_the_logarithm_of_the_number_of_events() {
        let score = Score::of(&[0.25; 4], &[true, false, false, false]);
        assert!((score.log + ln(4.0)).abs() < 1e-15);
        assert!((score.brier - (0.75 * 0.75 + 3.0 * 0.0625)).abs() < 1e-15);
    }

    #[test]
    fn an_event_of_several_moves_is_the_sum_of_them() {
        let score = Score::of(&[0.25, 0.25, 0.5], &[true, true, false]);
        assert!((score.log - ln(0.5)).abs() < 1e-15);
        assert!((score.brier - 0.5).abs() < 1e-15);
    }
}
