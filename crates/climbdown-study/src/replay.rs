//! Replay: a history played through the solved game. Before each turn the forecast, after it the
//! beliefs, at the end the scores (docs/methods/replay.md).

mod beliefs;
mod calibration;
mod events;
mod filter;
mod found;
mod scores;
mod step;
mod worlds;

pub(crate) use worlds::prior;

use climbdown_lang::episode::{Episode, ObservedTurn};
use climbdown_lang::scenario::ActorId;
use climbdown_lang::template::{Assignment, Template};
use quantal::{Certificate, Lambda, NodeId, PlayerId, Viewer};

use crate::Unanswered;
use crate::findings::{Caveat, NamedCertificate};
use crate::together::Watch;
use beliefs::{Watched, at_first, shares};
pub(crate) use beliefs::{public_likelihood, sees, value_name};
use events::Events;
use filter::{Filter, Forecast};
use scores::Memory;
use step::step;
pub(crate) use worlds::sets_of_games;

pub use calibration::{BINS, Bin, Calibration, EventForecast, Parts};
pub use found::{
    Account, Belief, HypothesisBelief, PersonTally, Replay, RivalGame, SetBelief, Step, TOLD_APART,
    Tally,
};
pub use scores::{BASELINES, SMOOTHING, Score};

/// How to replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayOptions {
    /// Λ.
    pub lambda: f64,
    /// Largest log-residual accepted.
    pub tolerance: f64,
}

/// Plays `episode` through the game of `template`.
///
/// # Errors
/// [`Unanswered`]: numbers that cannot be used, a game that did not solve, or a history that the
/// analyst's probabilities exclude under every explanation.
pub fn replay(
    template: &Template,
    assignment: &Assignment,
    episode: &Episode,
    options: ReplayOptions,
    watch: &mut dyn FnMut(&str, quantal::Progress) -> bool,
) -> Result<Replay, Unanswered> {
    run(template, assignment, episode, options, watch)
}

fn run(
    template: &Template,
    assignment: &Assignment,
    episode: &Episode,
    options: ReplayOptions,
    watch: Watch<'_>,
) -> Result<Replay, Unanswered> {
    let scenario = &template.scenario;
    let lambda = Lambda::new(options.lambda).ok_or_else(|| {
        Unanswered::Question(format!("lambda is {}; give 0 or more", options.lambda))
    })?;
    let worlds = worlds::worlds(template, assignment, lambda, options.tolerance, watch)?;
    let mut watched: Vec<Watched<'_>> = worlds
        .iter()
        .map(|world| {
            let of =
                |viewer, fixed| Filter::new(template, (&world.game, &world.play), viewer, fixed);
            let players = (0..scenario.actors.len()).map(|a| Viewer::Player(PlayerId::new(a)));
            Watched {
                world,
                analyst: of(Viewer::Analyst, &world.fixed),
                actors: players.map(|viewer| of(viewer, &[])).collect(),
            }
        })
        .collect();
    let mut baselines: Vec<&'static str> = BASELINES.to_vec();
    if watched.len() > 1 {
        baselines.push("file_values");
    }
    let empty = || Tally {
        n: 0,
        model: Score::default(),
        baselines: vec![Score::default(); baselines.len()],
        people: Vec::new(),
    };
    let mut found = Replay {
        size: crate::assess::size(template),
        certificate: NamedCertificate {
            actors: scenario.actors.iter().map(|a| a.id.clone()).collect(),
            certificate: worlds[0].certificate.clone(),
        },
        rivals: Vec::new(),
        steps: Vec::new(),
        acts: empty(),
        silences: empty(),
        calibration: Calibration::of(&[]),
        calibration_of_silences: Calibration::of(&[]),
        baselines,
        first_beliefs: Vec::new(),
        hypotheses: Vec::new(),
        n_unobserved: 0,
        outside: episode.outside.clone(),
        caveats: Vec::new(),
    };
    let mut memory = Memory::new(template);
    let mut first = None;
    for turn in &episode.turns {
        arrive(&mut watched, turn.nodes.start);
        if first.is_none() {
            let shares = shares(&watched);
            first = Some(at_first(template, &watched, &shares));
            found.first_beliefs = beliefs::beliefs(template, &watched, &shares);
        }
        let forecast = expected(template, &watched, turn);
        let Some(events) = Events::of(template, turn, &|e| forecast.of(e) > 0.0) else {
            found.n_unobserved += 1;
            continue;
        };
        let mut step = step(template, &watched, turn, (&events, &forecast), &memory);
        observe(template, &mut watched, turn);
        let shares = shares(&watched);
        if shares.iter().any(|s| s.is_nan())
            || (shares.len() == 1 && !watched[0].analyst.is_alive())
        {
            return Err(Unanswered::Question(format!(
                "by the analyst's probabilities {} in stage {} is impossible under every rival explanation",
                step.observed, step.stage
            )));
        }
        memory.remember(template, turn.slot, &done(turn, &forecast));
        step.beliefs = beliefs::beliefs(template, &watched, &shares);
        let at_first = first.as_ref().expect("set on arriving at the first turn");
        step.hypotheses = beliefs::hypotheses(template, assignment, &watched, at_first);
        let tally = if step.row.is_some() { &mut found.acts } else { &mut found.silences };
        tally.add(&step);
        found.hypotheses = step.hypotheses.clone();
        found.steps.push(step);
    }
    let last = shares(&watched);
    found.rivals = watched.iter().zip(last).skip(1).map(|(w, p)| rival(template, w, p)).collect();
    found.calibration = calibrated(&found.steps, true);
    found.calibration_of_silences = calibrated(&found.steps, false);
    found.caveats = caveats(template, &found);
    Ok(found)
}

/// Calibration over acts, or over silences.
fn calibrated(steps: &[Step], acts: bool) -> Calibration {
    let of = steps.iter().filter(|s| s.row.is_some() == acts);
    Calibration::of(&of.flat_map(|s| s.events.iter().copied()).collect::<Vec<_>>())
}

/// Everybody goes on to a turn.
fn arrive(watched: &mut [Watched<'_>], at: u32) {
    for w in watched {
        w.analyst.arrive(at);
        w.actors.iter_mut().for_each(|filter| filter.arrive(at));
    }
}

/// What the analyst expects at a turn.
fn expected(template: &Template, watched: &[Watched<'_>], turn: &ObservedTurn) -> Forecast {
    let mut forecast = Forecast::nothing(template, turn);
    for (w, share) in watched.iter().zip(shares(watched)).filter(|(_, share)| *share > 0.0) {
        w.analyst.forecast(turn, share, &mut forecast);
    }
    forecast
}

/// Everybody takes in what was observed, as far as it could be seen.
fn observe(template: &Template, watched: &mut [Watched<'_>], turn: &ObservedTurn) {
    let public: Vec<_> = (0..template.scenario.actors.len())
        .map(|a| public_likelihood(template, turn, ActorId::new(a)))
        .collect();
    let if_over = turn.likelihood_if_over();
    for w in watched {
        w.analyst.observe(turn, &|_, edge| turn.likelihood(edge), if_over);
        for (filter, seen) in w.actors.iter_mut().zip(&public) {
            let likely = |_: NodeId, edge| {
                seen.binary_search_by_key(&edge, |s| s.0).map_or(0.0, |at| seen[at].1)
            };
            filter.observe(turn, &likely, if_over);
        }
    }
}

/// The moves of a turn with their probability once it was observed.
fn done(turn: &ObservedTurn, forecast: &Forecast) -> Vec<(quantal::EdgeId, f64)> {
    let first = forecast.first_edge();
    let weights = forecast.edges.iter().enumerate().map(|(at, p)| {
        let edge = quantal::EdgeId::new(first + at);
        (edge, p * turn.likelihood(edge))
    });
    let weights: Vec<_> = weights.filter(|(_, p)| *p > 0.0).collect();
    let sum: f64 = weights.iter().map(|(_, p)| p).sum();
    weights.into_iter().map(|(edge, p)| (edge, p / sum)).collect()
}

fn rival(template: &Template, w: &Watched<'_>, posterior: f64) -> RivalGame {
    let sets = &template.scenario.hypothesis_sets;
    let name = |&(s, h): &(usize, usize)| (sets[s].id.clone(), sets[s].hypotheses[h].id.clone());
    RivalGame {
        holds: w.world.holds.iter().map(name).collect(),
        prior: w.world.prior,
        posterior,
        log_likelihood: w.analyst.log_evidence,
        certificate: w.world.certificate.clone(),
    }
}

fn caveats(template: &Template, found: &Replay) -> Vec<Caveat> {
    let mut all = Vec::new();
    let mut say = |about: &str, text: String| {
        all.push(Caveat { about: Some(about.to_owned()), text });
    };
    let untraced = |c: &Certificate| !crate::walks::is_traced(c);
    if untraced(&found.certificate.certificate)
        || found.rivals.iter().any(|r| untraced(&r.certificate))
    {
        say("certificate", "Not every game was followed from lambda 0.".to_owned());
    }
    if found.rivals.is_empty() && !worlds::sets_of_games(&template.scenario).is_empty() {
        let most = worlds::MOST_GAMES;
        say(
            "hypotheses",
            format!(
                "Hypotheses that fix parameters make more than {most} games, so they are not compared."
            ),
        );
    }
    if found.steps.is_empty() {
        say("steps", "The history has no row within the time of the game.".to_owned());
    }
    all
}
