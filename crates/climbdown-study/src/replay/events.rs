//! What could have been observed at a turn: a partition of the open moves into the event that was
//! observed and the other moves by name, and the crisis being over.

use climbdown_lang::episode::{ObservedTurn, Seen};
use climbdown_lang::template::{Cause, Template};
use quantal::EdgeId;

use super::calibration::EventForecast;
use super::filter::Forecast;
use super::scores::Score;

/// The events of a turn: one cell for each thing that could be told from the others.
pub(crate) struct Events {
    /// Names of the cells.
    pub(crate) names: Vec<String>,
    /// The cell of each edge of the turn.
    of_edge: Vec<(EdgeId, usize)>,
    /// The cell of a crisis that is over.
    over: usize,
    /// For each account (one for a silence) its weight, its name as an event, its cells.
    pub(crate) told: Vec<Told>,
}

/// What one account says.
pub(crate) struct Told {
    /// How far it is trusted.
    pub(crate) weight: f64,
    /// The event in words.
    pub(crate) name: String,
    /// For each cell whether it is part of the event.
    pub(crate) cells: Vec<bool>,
}

/// What a silence is called before the move that would be the hold.
const NOTHING_DONE: &str = "no act";

impl Events {
    /// The events of a turn; `None` if nothing is observed there. Only moves at nodes that `is_possible`
    /// says can be reached give cells their names.
    pub(crate) fn of(
        template: &Template,
        turn: &ObservedTurn,
        is_possible: &dyn Fn(EdgeId) -> bool,
    ) -> Option<Self> {
        let observed: Vec<(f64, &[EdgeId])> = match &turn.seen {
            Seen::Act(accounts) => accounts.iter().map(|a| (a.weight, &a.edges[..])).collect(),
            Seen::Hold(edges) => vec![(1.0, &edges[..])],
            Seen::Nothing => return None,
        };
        let is_silence = matches!(turn.seen, Seen::Hold(_));
        // A cell is either a set of accounts or, for a move in none of them, its name.
        let mut keys: Vec<(Vec<bool>, Option<String>)> = Vec::new();
        let mut of_edge = Vec::new();
        for edge in turn.nodes().flat_map(|n| template.graph.edges(n)) {
            let pattern: Vec<bool> =
                observed.iter().map(|(_, edges)| edges.binary_search(&edge).is_ok()).collect();
            let name = (!pattern.contains(&true)).then(|| label(template, edge));
            let key = (pattern, name);
            let at = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            of_edge.push((edge, at));
        }
        let moves = |belongs: &dyn Fn(usize) -> bool| -> String {
            let mut found: Vec<String> = Vec::new();
            for &(edge, at) in &of_edge {
                let name = label(template, edge);
                if belongs(at) && is_possible(edge) && !found.contains(&name) {
                    found.push(name);
                }
            }
            found.join(" or ")
        };
        let silent = |name: String| {
            if is_silence { format!("{NOTHING_DONE} ({name})") } else { name }
        };
        let mut names: Vec<String> = Vec::new();
        for (at, (_, name)) in keys.iter().enumerate() {
            let name = name.clone().unwrap_or_else(|| silent(moves(&|cell| cell == at)));
            names.push(name);
        }
        for at in 0..names.len() {
            if keys[at].1.is_some() && names.iter().filter(|n| **n == names[at]).count() > 1 {
                names[at].push_str(", coded otherwise");
            }
        }
        let over = if is_silence {
            keys.iter().position(|k| k.1.is_none()).unwrap_or(0)
        } else {
            names.push("crisis over".to_owned());
            keys.push((vec![false; observed.len()], Some(String::new())));
            names.len() - 1
        };
        let told = observed
            .iter()
            .enumerate()
            .map(|(account, &(weight, _))| {
                let cells: Vec<bool> = keys.iter().map(|k| k.0[account]).collect();
                let name = silent(moves(&|cell| cells[cell]));
                Told { weight, name, cells }
            })
            .collect();
        Some(Self { names, of_edge, over, told })
    }

    /// The probability of each cell.
    pub(crate) fn cells(&self, forecast: &Forecast) -> Vec<f64> {
        let mut cells = vec![0.0; self.names.len()];
        for &(edge, at) in &self.of_edge {
            cells[at] += forecast.of(edge);
        }
        cells[self.over] += forecast.over;
        cells
    }

    /// Every event of a forecast as a yes-or-no forecast, by account in proportion to weights; nothing
    /// if only one event was possible. Moves that cannot be made are no events.
    pub(crate) fn forecasts(&self, cells: &[f64]) -> Vec<EventForecast> {
        let weights: f64 = self.told.iter().map(|t| t.weight).sum();
        let mut found = Vec::new();
        for told in &self.told {
            let weight = told.weight / weights;
            let of = |probability: f64, happened| EventForecast { probability, happened, weight };
            found.push(of(Score::probability(cells, &told.cells), true));
            let others = cells.iter().zip(&told.cells).filter(|(p, is)| !**is && **p > 0.0);
            found.extend(others.map(|(&p, _)| of(p, false)));
        }
        if found.iter().any(|f| !f.happened) { found } else { Vec::new() }
    }

    /// The score of a forecast, by account in proportion to weights; `log` gives the logarithm of the
    /// probability of each account's event.
    pub(crate) fn score(&self, cells: &[f64], log: &dyn Fn(usize, f64) -> f64) -> Score {
        let weights: f64 = self.told.iter().map(|t| t.weight).sum();
        let mut mean = Score { log: 0.0, brier: 0.0 };
        for (account, told) in self.told.iter().enumerate() {
            let score = Score::of(cells, &told.cells);
            let share = told.weight / weights;
            let p = Score::probability(cells, &told.cells);
            mean.log += share * log(account, p);
            mean.brier += share * score.brier;
        }
        mean
    }
}

/// The name of a move.
pub(crate) fn label(template: &Template, edge: EdgeId) -> String {
    match template.causes[edge.index()] {
        Cause::Move(Some(made)) => template.scenario.moves[made.index()].id.clone(),
        _ => "hold".to_owned(),
    }
}
