//! One turn: what was forecast, what happened, and the scores.

use climbdown_lang::episode::{ObservedTurn, Seen, mover};
use climbdown_lang::scenario::GivenForecast;
use climbdown_lang::template::{Cause, Template};
use quantal::{EdgeId, NodeId, math::ln};

use super::beliefs::{Watched, shares};
use super::events::Events;
use super::filter::{Forecast, log_of, log_sum};
use super::found::{Account, Step};
use super::scores::{Memory, Score};

/// The forecast of a turn, what happened, and the scores.
pub(crate) fn step(
    template: &Template,
    watched: &[Watched<'_>],
    turn: &ObservedTurn,
    (events, forecast): (&Events, &Forecast),
    memory: &Memory,
) -> Step {
    let scenario = &template.scenario;
    let cells = events.cells(forecast);
    let shares = shares(watched);
    let account_log = |account: usize, p: f64| {
        let told = |edge| match &turn.seen {
            Seen::Act(accounts) => accounts[account].edges.binary_search(&edge).is_ok(),
            _ => turn.likelihood(edge) > 0.0,
        };
        let likely = |_: NodeId, edge| f64::from(u8::from(told(edge)));
        let if_over = if matches!(turn.seen, Seen::Hold(_)) { 1.0 } else { 0.0 };
        let parts = watched.iter().zip(&shares).filter(|(_, share)| **share > 0.0);
        let logs: Vec<f64> = parts
            .map(|(w, &share)| ln(share) + w.analyst.log_expected(turn, &likely, if_over))
            .collect();
        log_of(p, log_sum(logs.into_iter()))
    };
    let standing: Vec<(NodeId, f64)> = turn
        .nodes()
        .map(|n| (n, watched.iter().zip(&shares).map(|(w, share)| share * w.analyst.at(n)).sum()))
        .collect();
    let simple = |f: &Forecast| events.score(&events.cells(f), &|_, p| ln(p));
    let mut baselines: Vec<Score> =
        memory.forecasts(template, turn, &standing).iter().map(simple).collect();
    if watched.len() > 1 {
        let mut own = Forecast::nothing(template, turn);
        watched[0].analyst.forecast(turn, 1.0, &mut own);
        baselines.push(simple(&own));
    }
    let given = scenario.forecasts.iter();
    let people = given
        .filter(|f| f.stage == turn.stage && f.slot == turn.slot)
        .map(|f| (f.who.clone(), simple(&of_person(template, turn, &standing, f))))
        .collect();
    let (mut row, mut absorbed, mut names) = (None, Vec::new(), vec![None; events.told.len()]);
    let trusted = most_trusted(events);
    if let Seen::Act(accounts) = &turn.seen {
        row = Some(accounts[trusted].row);
        absorbed = accounts.iter().flat_map(|a| a.absorbed.iter().copied()).collect();
        names = accounts.iter().map(|a| a.name.clone()).collect();
    }
    let date = row.and_then(|at| Some(scenario.history.as_ref()?.rows[at].date));
    let slot = &scenario.slots[turn.slot.index()];
    let mut movers: Vec<&str> = Vec::new();
    for &(node, _) in standing.iter().filter(|(_, p)| *p > 0.0) {
        let id = mover(template, node).map_or("", |a| &scenario.actors[a.index()].id);
        if !movers.contains(&id) {
            movers.push(id);
        }
    }
    let accounts = events.told.iter().zip(names).map(|(told, name)| Account {
        name,
        weight: told.weight,
        event: told.name.clone(),
        probability: Score::probability(&cells, &told.cells),
    });
    Step {
        stage: turn.stage,
        slot: turn.slot.index(),
        date: date.unwrap_or_else(|| scenario.time.date(turn.stage)).to_string(),
        seat: scenario.seats[slot.seat.index()].id.clone(),
        menu: scenario.menus[slot.menu.index()].clone(),
        actor: movers.join(" or "),
        row,
        absorbed,
        observed: events.told[trusted].name.clone(),
        accounts: accounts.collect(),
        forecast: forecast_by_name(events, &cells),
        events: events.forecasts(&cells),
        score: events.score(&cells, &account_log),
        baselines,
        people,
        beliefs: Vec::new(),
        hypotheses: Vec::new(),
    }
}

/// What somebody expected of a turn: as given, over the moves that are open wherever the crisis may
/// stand. Moves that nobody listed have nothing, also where no other is open.
fn of_person(
    template: &Template,
    turn: &ObservedTurn,
    standing: &[(NodeId, f64)],
    given: &GivenForecast,
) -> Forecast {
    let mut forecast = Forecast::nothing(template, turn);
    let here: f64 = standing.iter().map(|&(_, p)| p).sum();
    let of = |edge: EdgeId| match template.causes[edge.index()] {
        Cause::Move(Some(made)) => {
            given.moves.iter().find(|(m, _)| *m == made).map_or(0.0, |&(_, p)| p)
        }
        _ => 0.0,
    };
    for &(node, p) in standing.iter().filter(|(_, p)| *p > 0.0) {
        let open: f64 = template.graph.edges(node).map(of).sum();
        if open > 0.0 {
            for edge in template.graph.edges(node) {
                forecast.add(edge, p / here * of(edge) / open);
            }
        }
    }
    forecast
}

/// The first of the accounts with the largest weight.
fn most_trusted(events: &Events) -> usize {
    let mut best = 0;
    for (at, told) in events.told.iter().enumerate() {
        if told.weight > events.told[best].weight {
            best = at;
        }
    }
    best
}

/// Cells that are possible, or were observed.
fn forecast_by_name(events: &Events, cells: &[f64]) -> Vec<(String, f64)> {
    let is_told = |at: usize| events.told.iter().any(|t| t.cells[at]);
    let named = events.names.iter().zip(cells).enumerate();
    named
        .filter(|&(at, (name, &p))| p > 0.0 || (is_told(at) && !name.is_empty()))
        .map(|(_, (name, &p))| (name.clone(), p))
        .collect()
}
