//! A question made ready to be asked again with other numbers: everything that no number changes, and
//! the solution at the base of the design, from which every draw begins.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use climbdown_lang::part::{Certainty, Part, Values};
use climbdown_lang::scenario::{ActorId, VariableId, VariableKind};
use climbdown_lang::template::{Assignment, Template};
use quantal::{
    Batch, BatchOptions, BehaviorProfile, Certificate, Derived, Equilibrium, Follow, Game, Lambda,
    Numbers, Progress,
};

mod piece;

use crate::Unanswered;
use crate::base::Base;
use crate::crisis::{Crisis, possible};
use crate::findings::{Change, Degree, Kind, Sign};
use crate::gauge::Gauge;
use crate::kind::kind_of_plays;
use crate::play::{Play, toss};
use crate::policy::{Arrival, SIDES, Side, Solving, part_of, solved_along, viewers};
use crate::question::{Asked, locate};
use crate::replay::value_name;
use crate::together::{Job, Watch, each_of, together};

/// What one answer is asked for: a value for every parameter, and types taken as certain.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Values of the parameters.
    pub assignment: Assignment,
    /// Types taken as certain, as hypotheses fix them.
    pub certainties: Vec<Certainty>,
}

impl Case {
    /// A value for every parameter and nothing else.
    #[must_use]
    pub fn plain(assignment: Assignment) -> Self {
        Self { assignment, certainties: Vec::new() }
    }
}

/// The headline and what stands beside it, for one case; all as a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The headline measure.
    pub measure: Change,
    /// Mean peak.
    pub expected_peak: Change,
    /// P(peak ≥ rung), by position in the ladder's rungs.
    pub rungs: Vec<Change>,
    /// Crossing of each firebreak, by position: deliberate, inadvertent, accidental.
    pub firebreaks: Vec<[Change; 3]>,
    /// Payoff from the question's turn on, by actor, by the analyst's probabilities.
    pub payoffs: Vec<Change>,
    /// Who decides at the question's turn.
    pub mover: ActorId,
    /// The mover's payoff by its own beliefs: the mean, then for each of [`Prepared::mover_types`].
    pub preference: Vec<Option<Change>>,
    /// Change of the rules of engagement; `None` if nobody else decides later.
    pub rules_total: Option<f64>,
    /// For each turn of the first cycle after the question's, under the focal policy: probability of each move
    /// of the scenario, and of a forced hold.
    pub next_moves: Vec<Vec<f64>>,
    /// By codes.
    pub kind: Degree,
    /// By the change of the measure.
    pub degree: Degree,
    /// Distance to the threshold of "major".
    pub margin: f64,
    /// Certificates of the policy games, the focal one first.
    pub certificates: [Certificate; 2],
}

impl Answer {
    /// Direction of a change that counts.
    #[must_use]
    pub fn sign(&self) -> Sign {
        match self.degree {
            Degree::None => Sign::None,
            _ if self.measure.change() > 0.0 => Sign::Raises,
            _ => Sign::Lowers,
        }
    }
}

/// How a question is asked many times.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Λ.
    pub lambda: f64,
    /// Largest log-residual accepted at the base.
    pub tolerance: f64,
    /// Largest log-residual accepted in draws.
    pub draw_tolerance: f64,
    /// Share of the draws that are followed from Λ = 0 as well.
    pub audit_share: f64,
    /// Seed of that choice.
    pub seed: u64,
}

/// How often draws were checked against the branch from Λ = 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audits {
    /// Policy games of draws that were followed from Λ = 0 as well.
    pub n_audited: usize,
    /// Those that differ from the branch.
    pub n_mismatched: usize,
    /// Those that could not be followed.
    pub n_not_followed: usize,
    /// Policy games that did not settle side by side and were solved by themselves.
    pub n_retried: usize,
}

impl Audits {
    pub(crate) fn add(&mut self, other: &Self) {
        self.n_audited += other.n_audited;
        self.n_mismatched += other.n_mismatched;
        self.n_not_followed += other.n_not_followed;
        self.n_retried += other.n_retried;
    }
}

/// One game that all draws share the structure of.
pub(crate) struct Course {
    pub(crate) derived: Derived,
    pub(crate) part: Part,
    /// Its numbers at the base, one for all that are alike.
    pub(crate) alike: Numbers,
    pub(crate) point: Equilibrium,
}

/// A question, ready.
pub struct Prepared<'t> {
    /// The structure.
    pub template: &'t Template,
    pub(crate) crisis: Crisis<'t>,
    pub(crate) asking: Asking,
    pub(crate) lambda: Lambda,
    pub(crate) stakes: Vec<f64>,
    pub(crate) asked: Asked,
    mover: ActorId,
    types: Vec<(VariableId, u8)>,
    /// What the actors and the analyst hold impossible at the base.
    impossible: (Vec<bool>, Vec<bool>),
    kind: Kind,
    pub(crate) base: Game,
    /// The base game, if somebody decides before the question's turn.
    pub(crate) before: Option<Course>,
    pub(crate) sides: [Course; 2],
    gauges: [Gauge; 2],
    /// Where nobody decides before: the coin toss, which nothing there depends on.
    pub(crate) toss: BehaviorProfile,
}

/// Most draws that one piece of work takes: eight are solved side by side, and the next begins where one is
/// done, so that more leave fewer lanes empty.
const DRAWS_AT_ONCE: usize = 128;
/// Least pieces of work, so that all threads have some, where that leaves eight draws to each.
const PIECES: usize = 4;
/// Sweeps in lanes before a draw is solved by itself, which takes as long as some hundreds (decision 0037);
/// lanes go on as long as the slowest of eight.
const MAX_SWEEPS: usize = 60;
/// Steps of Newton's method before that. What it finds is not followed, as little as what lanes find: the audit
/// samples both.
const NEWTON_STEPS: usize = 250;
/// Most sweeps for a draw that is followed.
const MAX_STEPS: usize = 1_200;

impl<'t> Prepared<'t> {
    /// Solves the question's games at `base`, following the branch from Λ = 0.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub fn new(
        template: &'t Template,
        base: &Case,
        asking: Asking,
        watch: Watch<'_>,
    ) -> Result<Self, Unanswered> {
        let stakes = template.stakes(&base.assignment);
        let values = template.evaluate(&base.assignment, &base.certainties);
        let game = template.game(&values).map_err(Unanswered::Numbers)?;
        Self::with_stakes(template, (&values, game), stakes, asking, watch)
    }

    fn with_stakes(
        template: &'t Template,
        (values, game): (&Values, Game),
        stakes: Vec<f64>,
        asking: Asking,
        watch: Watch<'_>,
    ) -> Result<Self, Unanswered> {
        let lambda = Lambda::new(asking.lambda).ok_or_else(|| {
            Unanswered::Question(format!("lambda is {}; give 0 or more", asking.lambda))
        })?;
        let crisis = Crisis::of(template);
        let asked = locate(template, &crisis.exchange.clock, &possible(&game, viewers(&game)))?;
        let tossed = toss(&game);
        Base::of(&crisis, &game, &asked, &tossed).start(&game, &asked)?;
        let solving = Solving { stakes: &stakes, tolerance: asking.tolerance };
        let solve = |game: &Game, name: &str, watch: Watch<'_>| {
            let mut found = solved_along(game, &[lambda], solving, &mut |p| watch(name, p));
            found
                .pop()
                .expect("one answer")
                .map_err(|why| Unanswered::Unsolved(name.to_owned(), why))
        };
        let before = match asked.is_preceded {
            false => None,
            true => {
                let point = solve(&game, "base game", watch)?;
                Some(Course::new(template, whole(&game), point))
            }
        };
        let profile = before.as_ref().map_or(&tossed, |b| &b.point.profile);
        let play = Play::of_profile(game.graph(), profile);
        let arrival = Arrival::of(&game, profile, &play, &asked);
        let [focal, reference] = SIDES.map(|side| part_of(&game, (&asked, &arrival), side));
        let job: Job<'_, _> =
            Box::new(|watch| solve(&reference.game, Side::Reference.name(), watch));
        let main = |watch: Watch<'_>| solve(&focal.game, Side::Focal.name(), watch);
        let (at_focal, mut others) = together(vec![job], main, watch)?;
        let at_reference = others.pop().expect("one job")?;
        let sides = [
            Course::new(template, focal, at_focal),
            Course::new(template, reference, at_reference),
        ];
        let gauges = [0, 1].map(|s: usize| Gauge::new(&crisis, &sides[s].derived, &sides[s].part));
        let plays = [0, 1].map(|s: usize| sides[s].play(&game, &sides[s].point.profile));
        let (kind, _) = kind_of_plays(&crisis, &game, &asked, [&plays[0], &plays[1]]);
        let (mover, types) = mover(template, &asked);
        Ok(Self {
            template,
            impossible: template.impossible(values),
            asking,
            lambda,
            stakes,
            mover,
            types,
            kind,
            before,
            sides,
            gauges,
            toss: tossed,
            base: game,
            asked,
            crisis,
        })
    }

    /// Whether the games of `case` have the structure of the base's: nobody holds impossible what is possible
    /// at the base, nor the other way round.
    #[must_use]
    pub fn is_alike(&self, case: &Case) -> bool {
        let values = self.template.evaluate(&case.assignment, &case.certainties);
        self.is_plain(&values)
    }

    /// Nodes of the two games that every draw solves, the focal policy's first.
    #[must_use]
    pub fn n_nodes(&self) -> [usize; 2] {
        [0, 1].map(|side: usize| self.sides[side].derived.game.graph().n_nodes())
    }

    fn is_plain(&self, values: &Values) -> bool {
        self.template.is_as_impossible(values, &self.impossible)[0]
    }

    /// Types of the mover, in the order of [`Answer::preference`] after the mean: name and value.
    #[must_use]
    pub fn mover_types(&self) -> Vec<(String, String)> {
        let scenario = &self.template.scenario;
        let name = |&(variable, value): &(VariableId, u8)| {
            let v = &scenario.variables[variable.index()];
            (v.name.clone(), value_name(scenario, variable, usize::from(value)))
        };
        self.types.iter().map(name).collect()
    }

    /// Seat and move of a number in [`Answer::next_moves`]; `None` if it is a forced hold or nobody sees it.
    #[must_use]
    pub fn next_move(&self, turn: usize, made: usize) -> Option<(String, String)> {
        let scenario = &self.template.scenario;
        let made = scenario.moves.get(made).filter(|m| m.hidden.is_none())?;
        let seat = self.gauges[0].seat(turn);
        Some((scenario.seats[seat].id.clone(), made.id.clone()))
    }

    /// The answer at the base.
    ///
    /// # Errors
    /// If the numbers of the base do not fit.
    pub fn at_base(&self, base: &Case) -> Result<Answer, Unanswered> {
        let values = self.template.evaluate(&base.assignment, &base.certainties);
        let before = self.before.as_ref().map(|b| &b.point.profile);
        let arriving = self.arriving(&values, before)?;
        let points = [&self.sides[0].point, &self.sides[1].point];
        self.measured(&values, &arriving, points)
    }

    /// How draws are solved that begin from `start`.
    pub(crate) fn draw_options(&self, start: &BehaviorProfile, audit_share: f64) -> BatchOptions {
        BatchOptions {
            tolerance: self.asking.draw_tolerance,
            max_sweeps: MAX_SWEEPS,
            newton_steps: NEWTON_STEPS,
            follow: Follow::Once,
            max_steps: MAX_STEPS,
            start: Some(start.clone()),
            audit_share,
            seed: self.asking.seed,
            first_draw: 0,
        }
    }

    /// Draws of a course, ready to be solved.
    fn batch<'a>(&'a self, course: &'a Course, options: &'a BatchOptions) -> Batch<'a> {
        let batch = Batch::new(&course.derived.game, self.lambda, &self.stakes, options);
        batch.alike(course.part.alike().clone())
    }

    /// The answers to `n` cases, in order: `case` gives each by its position, `first_draw` is the position
    /// of the first in its design. What one case gets depends on it and on the base alone.
    ///
    /// # Errors
    /// [`Unanswered::Unsolved`] with `Cancelled` if the watcher says to stop.
    #[allow(clippy::type_complexity, reason = "one result for each case, and what was checked")]
    pub fn answers(
        &self,
        n: usize,
        first_draw: usize,
        case: &(dyn Fn(usize) -> Case + Sync),
        watch: &mut dyn FnMut(usize) -> bool,
    ) -> Result<(Vec<Result<Answer, Unanswered>>, Audits), Unanswered> {
        let options =
            |course: &Course| self.draw_options(&course.point.profile, self.asking.audit_share);
        let all = [options(&self.sides[0]), options(&self.sides[1])];
        let of_base = self.before.as_ref().map(options);
        let batches = [0, 1].map(|side: usize| self.batch(&self.sides[side], &all[side]));
        let base_batch = self
            .before
            .as_ref()
            .zip(of_base.as_ref())
            .map(|(course, options)| self.batch(course, options));
        let size = (n / PIECES).next_multiple_of(8).clamp(8, DRAWS_AT_ONCE);
        let pieces: Vec<Range<usize>> =
            (0..n).step_by(size).map(|from| from..n.min(from + size)).collect();
        let n_done = AtomicUsize::new(0);
        let nowhere = Progress { steps: 0, lambda: self.asking.lambda, residual: f64::INFINITY };
        let work = |piece: &Range<usize>, goes_on: Watch<'_>| {
            if !goes_on("draws", nowhere) {
                return None;
            }
            let cases: Vec<Case> = piece.clone().map(case).collect();
            let done = self.piece(&cases, first_draw + piece.start, base_batch.as_ref(), &batches);
            n_done.fetch_add(piece.len(), Ordering::Relaxed);
            goes_on("draws", nowhere).then_some(done)
        };
        let all = each_of(&pieces, &work, &mut |_, _| watch(n_done.load(Ordering::Relaxed)));
        let mut found = Vec::with_capacity(n);
        let mut audits = Audits::default();
        for done in all {
            let Some((answers, audit)) = done else {
                return Err(Unanswered::Unsolved("draws".to_owned(), quantal::Unsolved::Cancelled));
            };
            found.extend(answers);
            audits.add(&audit);
        }
        watch(n);
        Ok((found, audits))
    }
}

impl Course {
    fn new(template: &Template, derived: Derived, point: Equilibrium) -> Self {
        let part = template.part(&derived);
        let alike = part.alike().first(derived.game.graph(), derived.game.numbers());
        Self { part, derived, alike, point }
    }

    fn play(&self, base: &Game, profile: &BehaviorProfile) -> Play {
        Play::of_part(base.graph(), &self.derived, profile)
    }
}

/// The whole game as a part of itself.
fn whole(game: &Game) -> Derived {
    let graph = game.graph();
    Derived {
        game: game.clone(),
        nodes: graph.nodes().map(Some).collect(),
        edges: (0..graph.n_edges()).map(|e| Some(quantal::EdgeId::new(e))).collect(),
        infosets: graph.infosets().collect(),
        actions: (0..graph.n_actions()).map(quantal::ActionId::new).collect(),
    }
}

/// Who decides at the question's turn, and its types with their values.
fn mover(template: &Template, asked: &Asked) -> (ActorId, Vec<(VariableId, u8)>) {
    let scenario = &template.scenario;
    let occupant = scenario.seats[scenario.question.seat.index()].occupant;
    let mover = ActorId::new(usize::from(template.value(asked.forks[0].node, occupant)));
    let mut types = Vec::new();
    for (at, variable) in scenario.variables.iter().enumerate() {
        if variable.kind == VariableKind::Type(mover) {
            let id = VariableId::new(at);
            let mut values: Vec<u8> =
                asked.forks.iter().map(|f| template.value(f.node, id)).collect();
            values.sort_unstable();
            values.dedup();
            types.extend(values.into_iter().map(|value| (id, value)));
        }
    }
    (mover, types)
}
