//! The first draws of a study, measured beyond their answers as far as a claim reads that.
//!
//! An answer knows the two policies; replies and the other readings need the base game as well, and an
//! attribution up to 32 games with other acts. So what such a claim says is tested on the first few draws of
//! the design, and only what claims read is made. Every game begins from its solution at the file's values, as
//! the draws do.

use std::collections::BTreeSet;

use climbdown_lang::compile_hybrid;
use climbdown_lang::hybrid::{AXES, AxisSet};
use climbdown_lang::part::Values as Evaluated;
use climbdown_lang::template::{CompileOptions, Template};
use quantal::{Batch, BehaviorProfile, Equilibrium, Game, Numbers, Untaken, Viewer, start_draw};

use crate::Unanswered;
use crate::attribution::{Hybrids, Values, attribution};
use crate::base::Base;
use crate::crisis::possible;
use crate::findings::{Attribution, Change, Effect, Outcome, RulesChange, Spiral};
use crate::games::Games;
use crate::measures::{Needs, Parts};
use crate::outcome::measure;
use crate::peaks::Peaks;
use crate::play::{Play, Start};
use crate::policy::{Policy, SIDES, Side, Solving, part_of, viewers};
use crate::prepared::{Case, Prepared};
use crate::question::{Asked, locate};
use crate::together::each;
use crate::walks::{Setting, Solved, solve_all};

/// Draws in which the base game is played as well, for claims on replies and on the other readings: about
/// 0.14 s of processor time each in a game of 51,000 positions.
pub const IN_FULL: usize = 8;
/// Draws in which the act is taken apart as well, for claims on the attribution: 0.9 s each in that game.
pub const TAKEN_APART: usize = 4;

/// How the games of the file's values are played: where those of the draws begin.
pub(crate) struct Begun<'a> {
    /// The base game.
    pub(crate) profile: &'a BehaviorProfile,
    /// The focal policy with each hybrid act.
    pub(crate) hybrids: &'a [(AxisSet, BehaviorProfile)],
}

/// What is measured of a draw beyond its answer; `None` is what no claim reads, or what could not be made.
#[derive(Default)]
pub(crate) struct Drawn {
    read: Option<(Effect, Outcome, RulesChange)>,
    spiral: Option<Spiral>,
    attribution: Option<Attribution>,
}

impl Drawn {
    /// For paths.
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts {
            verdict: None,
            effect: self.read.as_ref().map(|r| &r.0),
            outcome: self.read.as_ref().map(|r| &r.1),
            rules_change: self.read.as_ref().map(|r| &r.2),
            attribution: self.attribution.as_ref(),
            spiral: self.spiral.as_ref(),
        }
    }
}

/// How many of the first draws `wanted` takes.
pub(crate) fn n_drawn(wanted: &BTreeSet<Needs>) -> usize {
    match wanted {
        w if w.contains(&Needs::Findings) || w.contains(&Needs::Spiral) => IN_FULL,
        w if w.contains(&Needs::Attribution) => TAKEN_APART,
        _ => 0,
    }
}

/// Measures `wanted` in each of `cases`, the first draws of a design; `None` where its games did not solve.
/// `base` is the case of the file's values. The act is taken apart in the first [`TAKEN_APART`] cases.
pub(crate) fn drawn(
    ready: &Prepared<'_>,
    (base, begun): (&Case, &Begun<'_>),
    cases: &[Case],
    wanted: &BTreeSet<Needs>,
) -> Vec<Option<Drawn>> {
    let is_base_wanted = wanted.contains(&Needs::Findings) || wanted.contains(&Needs::Spiral);
    let played = played(ready, begun.profile, cases, is_base_wanted);
    let mut found = each(cases.len(), |k| {
        let played = played[k].as_ref().ok()?;
        let mut drawn = Drawn::default();
        let games = played.games(ready);
        if is_base_wanted {
            let (outcome, measured) = games.outcome();
            if wanted.contains(&Needs::Spiral) {
                drawn.spiral = games.spiral(&measured).ok();
            }
            if wanted.contains(&Needs::Findings) {
                drawn.read = Some((games.effect(), outcome, games.rules_change().ok()?));
            }
        }
        Some(drawn)
    });
    if wanted.contains(&Needs::Attribution) {
        let n = cases.len().min(TAKEN_APART);
        let shared = taken_apart(ready, (base, begun), &cases[..n], &played[..n]);
        for (drawn, shared) in found.iter_mut().zip(shared) {
            if let Some(drawn) = drawn {
                drawn.attribution = shared;
            }
        }
    }
    found
}

/// The three games of a draw.
struct Played {
    /// Whether nobody holds impossible what is possible at the base, nor the other way round.
    is_alike: bool,
    game: Game,
    asked: Asked,
    base: Base,
    start: Start,
    policies: [Policy; 2],
}

impl Played {
    fn games<'a>(&'a self, ready: &'a Prepared<'_>) -> Games<'a> {
        let Self { game, asked, base, start, policies, .. } = self;
        Games { crisis: &ready.crisis, game, asked, base, start, policies }
    }

    /// The headline.
    fn measure(&self, ready: &Prepared<'_>) -> Change {
        let [focal, reference] = [0, 1].map(|side: usize| {
            let steps = self.policies[side].play.steps(&self.game, Viewer::Analyst);
            headline((ready.template, &ready.crisis.peaks), &steps, self)
        });
        Change { focal, reference }
    }
}

fn headline((template, peaks): (&Template, &Peaks), steps: &[f64], draw: &Played) -> f64 {
    measure(template, peaks, steps, (&draw.start, &draw.base.before)).headline(&template.scenario)
}

/// Solves the policy games of each case, and the base game if it is wanted or somebody decides before the
/// question's turn.
fn played(
    ready: &Prepared<'_>,
    profile: &BehaviorProfile,
    cases: &[Case],
    is_base_wanted: bool,
) -> Vec<Result<Played, Unanswered>> {
    let n = cases.len();
    let games = each(n, |k| game_of(ready.template, &cases[k]));
    let is_alike = each(n, |k| ready.is_alike(&cases[k]));
    let alike = |k: usize| games[k].as_ref().ok().filter(|_| is_alike[k]);
    let profiles: Vec<Option<Result<BehaviorProfile, Unanswered>>> =
        if is_base_wanted || ready.before.is_some() {
            let made = (0..n).map(|k| alike(k).map(|g| g.numbers().clone())).collect();
            let solved = settled(ready, (&ready.base, profile), made, "base game");
            solved.into_iter().map(|s| s.map(|s| s.map(|e| e.profile))).collect()
        } else {
            (0..n).map(|k| alike(k).map(|_| Ok(ready.toss.clone()))).collect()
        };
    // Everybody at the question's turn, and both policy games from there.
    let begun = each(n, |k| {
        let (game, profile) = alike(k).zip(profiles[k].as_ref()?.as_ref().ok())?;
        let base = Base::of(&ready.crisis, game, &ready.asked, profile);
        let start = base.start(game, &ready.asked).ok()?;
        let parts = SIDES.map(|side| part_of(game, (&ready.asked, &base.arrival), side));
        Some((base, start, parts))
    });
    let solved = each(2, |side| {
        let course = &ready.sides[side];
        let made = begun.iter().map(|b| b.as_ref().map(|b| b.2[side].game.numbers().clone()));
        let from = (&course.derived.game, &course.point.profile);
        settled(ready, from, made.collect(), SIDES[side].name())
    });
    let mut solved = solved.into_iter();
    let sides = solved.next().zip(solved.next()).expect("two sides");
    let sides = sides.0.into_iter().zip(sides.1);
    let mut all = Vec::with_capacity(n);
    for (((game, begun), profile), sides) in games.into_iter().zip(begun).zip(profiles).zip(sides) {
        all.push(game.and_then(|game| match (begun, profile, sides) {
            (Some((base, start, parts)), _, (Some(focal), Some(reference))) => {
                let policies = [
                    Policy::of(&game, &parts[0], focal?),
                    Policy::of(&game, &parts[1], reference?),
                ];
                let asked = ready.asked.clone();
                Ok(Played { is_alike: true, game, asked, base, start, policies })
            }
            (_, Some(Err(why)), _) => Err(why),
            _ => alone(ready, game),
        }));
    }
    all
}

fn game_of(template: &Template, case: &Case) -> Result<Game, Unanswered> {
    let values = template.evaluate(&case.assignment, &case.certainties);
    template.game(&values).map_err(Unanswered::Numbers)
}

/// A draw whose games have another structure than those of the base: followed from Λ = 0.
fn alone(ready: &Prepared<'_>, game: Game) -> Result<Played, Unanswered> {
    let crisis = &ready.crisis;
    let is_possible = possible(&game, viewers(&game));
    let asked = locate(ready.template, &crisis.exchange.clock, &is_possible)?;
    let solving = Solving { stakes: &ready.stakes, tolerance: ready.asking.tolerance };
    let setting = Setting { crisis, game: &game, asked: &asked, solving };
    let Solved { equilibrium, policies, .. } =
        solve_all(setting, ready.lambda, &[], &mut |_, _| true)?;
    let base = Base::of(crisis, &game, &asked, &equilibrium.profile);
    let start = base.start(&game, &asked)?;
    Ok(Played { is_alike: false, game, asked, base, start, policies })
}

/// Solves draws of `structure` side by side, each from `start`; `None` where there are no numbers.
fn settled(
    ready: &Prepared<'_>,
    (structure, start): (&Game, &BehaviorProfile),
    made: Vec<Option<Numbers>>,
    name: &str,
) -> Vec<Option<Result<Equilibrium, Unanswered>>> {
    let options = ready.draw_options(start, 0.0);
    let batch = Batch::new(structure, ready.lambda, &ready.stakes, &options);
    // What the analyst holds likely is nothing to how the game is played.
    let analyst = structure.graph().n_players() * structure.graph().n_chance_edges();
    let of_base = &structure.numbers().chance[analyst..];
    let is_made: Vec<bool> = made.iter().map(Option::is_some).collect();
    let mut numbers: Vec<Numbers> = made.into_iter().flatten().collect();
    for one in &mut numbers {
        one.chance[analyst..].copy_from_slice(of_base);
    }
    let mut found = batch.solve(numbers.as_slice(), 0).draws.into_iter();
    let next = |is_made: bool| {
        let solved = if is_made { found.next() } else { None }?;
        Some(solved.map_err(|why| match why {
            Untaken::Broken(law) => Unanswered::Question(format!("not a game: {law:?}")),
            Untaken::Unsolved(why) => Unanswered::Unsolved(name.to_owned(), why),
        }))
    };
    is_made.into_iter().map(next).collect()
}

/// What each part of the act does, in each of `played`; `None` where a game did not solve.
fn taken_apart(
    ready: &Prepared<'_>,
    (base, begun): (&Case, &Begun<'_>),
    cases: &[Case],
    played: &[Result<Played, Unanswered>],
) -> Vec<Option<Attribution>> {
    let hybrids = Hybrids::of(&ready.template.scenario);
    // `[hybrid][case]`.
    let values = each(hybrids.sets.len(), |h| {
        let keep = hybrids.sets[h];
        let found = begun.hybrids.iter().find(|(set, _)| *set == keep);
        found.map_or_else(
            || vec![None; cases.len()],
            |(_, profile)| with_hybrid(ready, &hybrids, keep, (base, profile), cases, played),
        )
    });
    let shared = |k: usize| -> Option<Attribution> {
        let draw = played[k].as_ref().ok()?;
        if !draw.is_alike {
            return taken_apart_alone(ready, &cases[k], draw);
        }
        let measure = draw.measure(ready);
        let mut all: Values = [None; 1 << AXES.len()];
        all[AxisSet::ALL.number()] = Some(measure.focal);
        for (set, values) in hybrids.sets.iter().zip(&values) {
            all[set.number()] = Some(values[k]?);
        }
        hybrids.shared(&all, measure)
    };
    each(cases.len(), shared)
}

/// The headline measure in the focal policy with a hybrid act, in each of `played`.
fn with_hybrid(
    ready: &Prepared<'_>,
    hybrids: &Hybrids<'_>,
    keep: AxisSet,
    (base, profile): (&Case, &BehaviorProfile),
    cases: &[Case],
    played: &[Result<Played, Unanswered>],
) -> Vec<Option<f64>> {
    let none = || vec![None; cases.len()];
    let Prepared { template, .. } = ready;
    let options = CompileOptions { memory: template.memory, budget_nodes: template.budget_nodes };
    let Ok(template) = compile_hybrid(&template.scenario, &options, hybrids.act(keep)) else {
        return none();
    };
    let Ok(at_base) = game_of(&template, base) else { return none() };
    // Up to the question's turn nodes and edges are those of the base game.
    let asked =
        Asked { is_given_up: vec![false; at_base.graph().n_edges()], ..ready.asked.clone() };
    let way_there = ready.before.as_ref().map_or(&ready.toss, |b| &b.point.profile);
    let arrival = Base::of(&ready.crisis, &ready.base, &ready.asked, way_there).arrival;
    let derived = part_of(&at_base, (&asked, &arrival), Side::Focal);
    let part = template.part(&derived);
    let drawn: Vec<Option<(&Played, Evaluated)>> = cases
        .iter()
        .zip(played)
        .map(|(case, played)| {
            let played = played.as_ref().ok().filter(|p| p.is_alike)?;
            Some((played, template.evaluate(&case.assignment, &case.certainties)))
        })
        .collect();
    let numbers = drawn.iter().map(|d| {
        let (played, values) = d.as_ref()?;
        let arriving = played.base.arrival.start_nodes();
        let (_, root) = start_draw(&template.graph, &arriving).ok()?;
        template.numbers(&part, values, &root).ok()
    });
    let solved = settled(ready, (&derived.game, profile), numbers.collect(), "hybrid acts");
    let peaks = Peaks::of(&template);
    let value = |(drawn, solved): (&Option<(&Played, Evaluated)>, _)| {
        let (draw, values) = drawn.as_ref()?;
        let solved: Equilibrium = Option::<Result<_, Unanswered>>::and_then(solved, Result::ok)?;
        let play = Play::of_part(&template.graph, &derived, &solved.profile);
        let steps = play
            .steps_by(&template.graph, |edge| template.probability(values, edge, Viewer::Analyst));
        Some(headline((&template, &peaks), &steps, draw))
    };
    drawn.iter().zip(solved).map(value).collect()
}

/// The same for a draw whose games have another structure.
fn taken_apart_alone(ready: &Prepared<'_>, case: &Case, draw: &Played) -> Option<Attribution> {
    let solving = Solving { stakes: &ready.stakes, tolerance: ready.asking.tolerance };
    let Played { game, asked, .. } = draw;
    let setting = Setting { crisis: &ready.crisis, game, asked, solving };
    let (found, _) = attribution(
        setting,
        (&case.assignment, ready.lambda),
        (&draw.base, &draw.start),
        (&draw.policies[0], draw.measure(ready)),
        &mut |_, _| true,
    )
    .ok()?;
    found.ok()
}
