//! What is known by a date: the observations before the question's turn, as a likelihood for each edge
//! (docs/methods/as-of.md).
//!
//! The analyst sees the history; each actor sees what could be seen of it from where it stands. Given
//! the history the play is still a walk on the same graph, with other odds: an edge counts by its
//! probability, its likelihood, and how likely the rest of what was observed is from its end. So every
//! measure of an assessment is the same pass over the same graph, with these odds before the turn.

use climbdown_lang::episode::{Episode, Seen};
use climbdown_lang::scenario::{ActorId, VariableId};
use climbdown_lang::template::{Phase, Template};
use quantal::math::{exp, ln};
use quantal::{EdgeId, Game, NodeId, NodeKind, PlayerId, Viewer};

use crate::clock::Clock;
use crate::findings::AsOf;
use crate::play::{Play, total};
use crate::policy::Arrival;
use crate::replay::{Belief, public_likelihood, sees, value_name};

/// How many times less probable, as a natural logarithm, an actor holds what it knows not to have
/// happened and somebody else thinks possible. A game needs a belief there, since that somebody reasons
/// about it; e⁻²⁰⁰ leaves room below for the odds between such nodes, and is nothing beside the rest.
const KNOWN_FALSE: f64 = -200.0;

/// What was observed before the question's turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known(Option<Likelihoods>);

#[derive(Clone, Debug, PartialEq)]
struct Likelihoods {
    /// `[edge]`: how likely what was observed there is, for the analyst.
    analyst: Vec<f64>,
    /// `[actor][edge]`.
    actors: Vec<Vec<f64>>,
    /// `[edge]`: for whoever holds it likeliest.
    anybody: Vec<f64>,
    /// The first node of the question's turn.
    turn: u32,
}

/// How many observations an assessment takes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Acts.
    pub(crate) acts: usize,
    /// Silences.
    pub(crate) silences: usize,
    /// Turns with a row that are not before the question's.
    pub(crate) left_out: usize,
}

impl Known {
    /// Nothing is: the question is asked at the start.
    pub(crate) fn nothing() -> Self {
        Self(None)
    }

    /// What `episode` says of the turns before the question's.
    pub(crate) fn of(template: &Template, clock: &Clock, episode: &Episode) -> (Self, Taken) {
        let (scenario, graph) = (&template.scenario, &template.graph);
        let question = &scenario.question;
        let asked = question.slot.index();
        let asked_at = clock.turn(question.stage, asked);
        let is_asked = |n: &NodeId| {
            let place = template.places[n.index()];
            place.stage == question.stage && place.phase == Phase::Turn(question.slot)
        };
        let turn = graph.nodes().find(is_asked).map_or(0, |n| n.0);
        let one = || vec![1.0; graph.n_edges()];
        let mut known = Likelihoods {
            analyst: one(),
            actors: scenario.actors.iter().map(|_| one()).collect(),
            anybody: one(),
            turn,
        };
        let mut taken = Taken::default();
        for seen in &episode.turns {
            let at = seen.slot.index();
            let is_with = seen.stage == question.stage && clock.are_together(at, asked);
            if is_with || clock.turn(seen.stage, at) >= asked_at {
                taken.left_out += usize::from(matches!(seen.seen, Seen::Act(_)));
                continue;
            }
            match &seen.seen {
                Seen::Act(_) => taken.acts += 1,
                Seen::Hold(_) => taken.silences += 1,
                Seen::Nothing => continue,
            }
            for edge in seen.nodes().flat_map(|n| graph.edges(n)) {
                known.analyst[edge.index()] = seen.likelihood(edge);
                known.anybody[edge.index()] = seen.likelihood(edge);
            }
            for (a, of_actor) in known.actors.iter_mut().enumerate() {
                for (edge, likely) in public_likelihood(template, seen, ActorId::new(a)) {
                    of_actor[edge.index()] = likely;
                    let anybody = &mut known.anybody[edge.index()];
                    *anybody = anybody.max(likely);
                }
            }
            // A crisis that ended before this turn says so on the edge by which it ended.
            let if_over = seen.likelihood_if_over();
            if if_over < 1.0 {
                for node in (0..seen.nodes.start).map(NodeId) {
                    for edge in graph.edges(node) {
                        if graph.kind(graph.to(edge)) == NodeKind::Terminal {
                            known.analyst[edge.index()] *= if_over;
                            known.anybody[edge.index()] *= if_over;
                            known.actors.iter_mut().for_each(|of| of[edge.index()] *= if_over);
                        }
                    }
                }
            }
        }
        (Self(Some(known)), taken)
    }

    /// Whether anything may be.
    pub(crate) fn is_nothing(&self) -> bool {
        self.0.is_none()
    }

    /// Whether the analyst's observations leave `edge` possible.
    pub(crate) fn allows(&self, edge: EdgeId) -> bool {
        self.0.as_ref().is_none_or(|known| known.analyst[edge.index()] > 0.0)
    }

    /// Whether somebody's do.
    pub(crate) fn anybody_allows(&self, edge: EdgeId) -> bool {
        self.0.as_ref().is_none_or(|known| known.anybody[edge.index()] > 0.0)
    }

    /// The analyst's probability of each edge where it begins, given what was observed up to the
    /// question's turn.
    pub(crate) fn steps(&self, game: &Game, play: &Play) -> Vec<f64> {
        let mut steps = play.steps(game, Viewer::Analyst);
        let Some(known) = &self.0 else { return steps };
        let graph = game.graph();
        // How likely the observations from a node on are.
        let mut ahead = vec![0.0; graph.n_nodes()];
        for node in (0..known.turn).rev().map(NodeId) {
            if graph.kind(node) == NodeKind::Terminal {
                continue;
            }
            let log = |edge: EdgeId| {
                log_step(game, play, edge, Viewer::Analyst)
                    + ln(known.analyst[edge.index()])
                    + ahead[graph.to(edge).index()]
            };
            let logs: Vec<(EdgeId, f64)> = graph.edges(node).map(|e| (e, log(e))).collect();
            let sum = logs.iter().fold(f64::NEG_INFINITY, |sum, &(_, log)| log_add(sum, log));
            ahead[node.index()] = sum;
            if sum > f64::NEG_INFINITY {
                for (edge, log) in logs {
                    steps[edge.index()] = exp(log - sum);
                }
            }
        }
        steps
    }

    /// Natural logarithms of reach and what was observed on the way, `[viewer][node]`, players first
    /// and the analyst last; `None` if nothing was observed.
    pub(crate) fn log_reach(&self, game: &Game, play: &Play) -> Option<Vec<Vec<f64>>> {
        let known = self.0.as_ref()?;
        let players = known.actors.iter().enumerate().map(|(a, own)| {
            let viewer = Viewer::Player(PlayerId::new(a));
            let mut logs = log_reach(game, play, viewer, own);
            let others = log_reach(game, play, viewer, &known.anybody);
            for (log, other) in logs.iter_mut().zip(others) {
                if *log == f64::NEG_INFINITY {
                    *log = other + KNOWN_FALSE;
                }
            }
            logs
        });
        let analyst = log_reach(game, play, Viewer::Analyst, &known.analyst);
        Some(players.chain([analyst]).collect())
    }
}

/// Natural logarithm of the probability of `edge` where it begins.
fn log_step(game: &Game, play: &Play, edge: EdgeId, viewer: Viewer) -> f64 {
    // Moves carry their logarithm and draws 0 in a play; probabilities of moves count as 1 here.
    let draw = if game.graph().chance_index(edge).is_some() {
        ln(game.probability(edge, viewer))
    } else {
        0.0
    };
    play.log_move(edge) + draw
}

/// Reach from the root times the likelihood of each edge on the way, as logarithms.
fn log_reach(game: &Game, play: &Play, viewer: Viewer, likelihood: &[f64]) -> Vec<f64> {
    let graph = game.graph();
    let mut logs = vec![f64::NEG_INFINITY; graph.n_nodes()];
    logs[0] = 0.0;
    for node in graph.nodes() {
        let here = logs[node.index()];
        if here == f64::NEG_INFINITY {
            continue;
        }
        for edge in graph.edges(node) {
            let log = here + log_step(game, play, edge, viewer) + ln(likelihood[edge.index()]);
            let to = &mut logs[graph.to(edge).index()];
            *to = log_add(*to, log);
        }
    }
    logs
}

/// ln(eᵃ + eᵇ).
fn log_add(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY { high } else { high + ln(1.0 + exp(low - high)) }
}

/// The answer's date, what was taken in, and what is believed at the question's turn.
pub(crate) fn as_of(
    template: &Template,
    game: &Game,
    arrival: &Arrival,
    date: &str,
    taken: Taken,
) -> AsOf {
    let scenario = &template.scenario;
    let mut beliefs = Vec::new();
    let mut add = |by: &str, viewer: Viewer, variable: VariableId| {
        let Some(here) = arrival.over_turn(game, viewer) else { return };
        let about = &scenario.variables[variable.index()];
        let values = (0..about.n_values(scenario.actors.len())).map(|value| {
            let is = |node: NodeId| usize::from(template.value(node, variable)) == value;
            let p = total(here.iter().filter(|(n, _)| is(*n)).map(|(_, p)| *p));
            (value_name(scenario, variable, value), p)
        });
        beliefs.push(Belief {
            by: by.to_owned(),
            about: about.name.clone(),
            values: values.collect(),
        });
    };
    for draw in &scenario.draws {
        add("analyst", Viewer::Analyst, draw.variable);
    }
    for (a, actor) in scenario.actors.iter().enumerate() {
        for draw in scenario.draws.iter().filter(|d| !sees(scenario, ActorId::new(a), d.variable)) {
            add(&actor.id, Viewer::Player(PlayerId::new(a)), draw.variable);
        }
    }
    let Taken { acts, silences, left_out } = taken;
    AsOf { date: date.to_owned(), acts, silences, left_out, beliefs }
}
