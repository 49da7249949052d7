//! What is believed about what only some know: by the analyst, who sees the history, and by each
//! actor, who sees what could be seen of it from outside.

use climbdown_lang::episode::{ObservedTurn, Seen, looks};
use climbdown_lang::scenario::{ActorId, Domain, Fixes, MoveId, Scenario, VariableId, Visibility};
use climbdown_lang::template::{Assignment, Cause, Template};
use quantal::{EdgeId, NodeId, math::exp, math::ln};

use super::filter::{Filter, log_sum};
use super::worlds::{World, prior, sets_of_games};
use super::{Belief, HypothesisBelief, SetBelief, TOLD_APART};

/// One world as it is watched.
pub(crate) struct Watched<'a> {
    /// The world.
    pub(crate) world: &'a World,
    /// In the analyst's eyes.
    pub(crate) analyst: Filter<'a>,
    /// In the eyes of each actor.
    pub(crate) actors: Vec<Filter<'a>>,
}

/// The share of each world in what the analyst expects; the first, the file's own game, counts only
/// if there is no other.
pub(crate) fn shares(watched: &[Watched<'_>]) -> Vec<f64> {
    if watched.len() == 1 {
        return vec![1.0];
    }
    let log = |w: &Watched<'_>| ln(w.world.prior) + w.analyst.log_evidence;
    let rivals = watched[1..].iter().map(log);
    let sum = log_sum(rivals.clone());
    [0.0].into_iter().chain(rivals.map(|log| exp(log - sum))).collect()
}

/// Which of a turn's moves could have been what `observer` saw: a move that was hidden from it was
/// taken for another.
pub(crate) fn public_likelihood(
    template: &Template,
    turn: &ObservedTurn,
    observer: ActorId,
) -> Vec<(EdgeId, f64)> {
    let accounts: Vec<(f64, &[EdgeId])> = match &turn.seen {
        Seen::Act(accounts) => accounts.iter().map(|a| (a.weight, &a.edges[..])).collect(),
        Seen::Hold(edges) => vec![(1.0, &edges[..])],
        Seen::Nothing => Vec::new(),
    };
    let all: Vec<(EdgeId, Option<MoveId>, bool)> = turn
        .nodes()
        .flat_map(|n| template.graph.edges(n).map(move |e| (n, e)))
        .map(|(n, e)| {
            let look = looks(template, n, e, observer);
            (e, look, template.causes[e.index()] != Cause::Move(look))
        })
        .collect();
    let mut likely: Vec<(EdgeId, f64)> = all.iter().map(|a| (a.0, turn.untold())).collect();
    for (weight, event) in accounts {
        let is_told = |edge: EdgeId| event.binary_search(&edge).is_ok();
        // What the event looks like, and what a hidden move in it was taken for.
        let looks_of = |hidden_only: bool| -> Vec<Option<MoveId>> {
            let seen = all.iter().filter(|a| is_told(a.0) && (a.2 || !hidden_only));
            let mut found: Vec<Option<MoveId>> = seen.map(|a| a.1).collect();
            found.sort();
            found.dedup();
            found
        };
        let (shown, feigned) = (looks_of(false), looks_of(true));
        for (&(edge, look, is_hidden), (_, sum)) in all.iter().zip(&mut likely) {
            let agrees = if is_hidden {
                shown.contains(&look)
            } else {
                is_told(edge) || feigned.contains(&look)
            };
            if agrees {
                *sum += weight;
            }
        }
    }
    likely
}

/// Everybody's beliefs over what nature drew, mixed over the worlds.
pub(crate) fn beliefs(template: &Template, watched: &[Watched<'_>], shares: &[f64]) -> Vec<Belief> {
    let scenario = &template.scenario;
    let mut found = Vec::new();
    let mut add = |by: &str, variable: VariableId, of: &dyn Fn(usize) -> Option<usize>| {
        let about = &scenario.variables[variable.index()];
        let values = (0..about.n_values(scenario.actors.len())).map(|value| {
            let is = |n: NodeId| usize::from(template.value(n, variable)) == value;
            let (mut p, mut known) = (0.0, 0.0);
            for (at, (w, &share)) in watched.iter().zip(shares).enumerate() {
                let filter = match of(at) {
                    None => &w.analyst,
                    Some(actor) => &w.actors[actor],
                };
                if share > 0.0 && filter.is_alive() {
                    p += share * filter.share(is);
                    known += share;
                }
            }
            (value_name(scenario, variable, value), (known > 0.0).then(|| p / known))
        });
        let values: Vec<(String, Option<f64>)> = values.collect();
        if let Some(values) = values.into_iter().map(|(v, p)| Some((v, p?))).collect() {
            found.push(Belief { by: by.to_owned(), about: about.name.clone(), values });
        }
    };
    for draw in &scenario.draws {
        add("analyst", draw.variable, &|_| None);
    }
    for (at, actor) in scenario.actors.iter().enumerate() {
        for draw in scenario.draws.iter().filter(|d| !sees(scenario, ActorId::new(at), d.variable))
        {
            add(&actor.id, draw.variable, &|_| Some(at));
        }
    }
    found
}

/// Whether an actor sees a variable, whatever seat it holds.
pub(crate) fn sees(scenario: &Scenario, actor: ActorId, variable: VariableId) -> bool {
    match &scenario.variables[variable.index()].visibility {
        Visibility::Everybody => true,
        Visibility::Only { actors, .. } => actors.contains(&actor),
    }
}

/// The name of a value of a variable.
pub(crate) fn value_name(scenario: &Scenario, variable: VariableId, at: usize) -> String {
    match &scenario.variables[variable.index()].domain {
        Domain::Boolean => (at != 0).to_string(),
        Domain::Words(words) => words[at].clone(),
        Domain::Integers { low, .. } => (i64::from(*low) + at as i64).to_string(),
        Domain::Actors => scenario.actors[at].id.clone(),
    }
}

/// The probability that a hypothesis that fixes types holds them, in what the analyst expects.
pub(crate) fn fixed_types(
    template: &Template,
    (watched, shares): (&[Watched<'_>], &[f64]),
    fixes: &[Fixes],
) -> f64 {
    let is = |n: NodeId| {
        fixes.iter().all(|fix| match *fix {
            Fixes::Type(variable, value) => template.value(n, variable) == value,
            Fixes::Parameter(..) => true,
        })
    };
    let parts = watched.iter().zip(shares).filter(|(w, s)| **s > 0.0 && w.analyst.is_alive());
    parts.fold(0.0, |sum, (w, share)| sum + share * w.analyst.share(is))
}

/// For each set and hypothesis that fixes types only, how probable its types were at first.
pub(crate) type AtFirst = Vec<Vec<f64>>;

/// What is believed at first of the types that hypotheses fix.
pub(crate) fn at_first(template: &Template, watched: &[Watched<'_>], shares: &[f64]) -> AtFirst {
    let of = |fixes: &[Fixes]| fixed_types(template, (watched, shares), fixes);
    let sets = template.scenario.hypothesis_sets.iter();
    sets.map(|set| set.hypotheses.iter().map(|h| of(&h.fixes)).collect()).collect()
}

/// The rival explanations after what was observed so far.
pub(crate) fn hypotheses(
    template: &Template,
    assignment: &Assignment,
    watched: &[Watched<'_>],
    at_first: &AtFirst,
) -> Vec<SetBelief> {
    let scenario = &template.scenario;
    let shares = shares(watched);
    let of_games = sets_of_games(scenario);
    let evidence = if watched.len() == 1 {
        watched[0].analyst.log_evidence
    } else {
        log_sum(watched[1..].iter().map(|w| ln(w.world.prior) + w.analyst.log_evidence))
    };
    let mut found = Vec::new();
    for (s, set) in scenario.hypothesis_sets.iter().enumerate() {
        let fixes_parameter = of_games.contains(&s);
        let is_known = !fixes_parameter || watched.len() > 1;
        let priors: Vec<f64> =
            set.hypotheses.iter().map(|h| prior(scenario, assignment, h)).collect();
        let logs: Vec<f64> = (0..set.hypotheses.len())
            .map(|h| {
                if fixes_parameter {
                    let of = watched.iter().filter(|w| w.world.holds.contains(&(s, h)));
                    log_sum(of.map(|w| ln(w.world.prior) - ln(priors[h]) + w.analyst.log_evidence))
                } else {
                    let fixes = &set.hypotheses[h].fixes;
                    let now = fixed_types(template, (watched, &shares), fixes);
                    evidence + ln(now) - ln(at_first[s][h])
                }
            })
            .collect();
        let weigh =
            |h: usize| if priors[h] > 0.0 { ln(priors[h]) + logs[h] } else { f64::NEG_INFINITY };
        let sum = log_sum((0..logs.len()).map(weigh));
        let posteriors: Vec<f64> = (0..logs.len()).map(|h| exp(weigh(h) - sum)).collect();
        let moved: f64 =
            priors.iter().zip(&posteriors).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0;
        let hypotheses = set.hypotheses.iter().enumerate().map(|(h, hypothesis)| {
            let alike =
                |other: &usize| *other != h && set.hypotheses[*other].fixes == hypothesis.fixes;
            HypothesisBelief {
                id: hypothesis.id.clone(),
                claim: hypothesis.claim.clone(),
                prior: priors[h],
                posterior: is_known.then_some(posteriors[h]),
                log_likelihood: (is_known && logs[h].is_finite()).then_some(logs[h]),
                same_as: (0..priors.len())
                    .filter(alike)
                    .map(|o| set.hypotheses[o].id.clone())
                    .collect(),
            }
        });
        found.push(SetBelief {
            id: set.id.clone(),
            fixes_parameter,
            hypotheses: hypotheses.collect(),
            distance: is_known.then_some(moved),
            told_apart: is_known.then_some(moved >= TOLD_APART),
        });
    }
    found
}
