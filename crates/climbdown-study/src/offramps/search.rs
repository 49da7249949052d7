//! The search: which options there are, what each does, which of them others make needless.

use std::sync::Arc;

use climbdown_lang::eval;
use climbdown_lang::lever::Taken;
use climbdown_lang::scenario::{ActorId, Scenario};
use climbdown_lang::template::Template;
use quantal::{PlayerId, Unsolved, Viewer};

use super::course::{Course, Cut, How, NoCourse, Solved, Step, expected};
use super::{EQUAL, Level, LeverTaken, OffRamp, OffRamps, Search};
use crate::clock::Clock;
use crate::design::Kind;
use crate::policy::Side;
use crate::prepared::{Case, Prepared};
use crate::rivals::in_words;
use crate::together::{Watch, each, each_of};
use crate::varied::{Beside, Varied};
use crate::{At, Unanswered};

/// Most steps of one lever that are tried, evenly spaced; the last is always among them.
pub const MOST_STEPS: u32 = 8;
/// Most options that are tried again in draws: those that come first among the least changes.
pub const MOST_AGAIN: usize = 16;
/// Draws between two looks at the watch.
const AT_ONCE: usize = 8;

/// What all options begin from.
struct Ground<'a> {
    how: How<'a>,
    free: Course,
    focal: Course,
    cuts: &'a [Option<Cut>],
}

/// Searches for off-ramps of a prepared question, at the numbers it was prepared with.
///
/// # Errors
/// [`Unanswered`] if the risk cannot be measured without levers, or the watcher says to stop.
pub fn off_ramps(
    ready: &Prepared<'_>,
    case: &Case,
    search: &Search,
    told: &mut dyn FnMut(At<'_>) -> bool,
) -> Result<OffRamps, Unanswered> {
    let scenario = &ready.template.scenario;
    let template = Arc::new(ready.template.clone());
    let clock = Clock::of(scenario);
    let tolerance = ready.asking.tolerance;
    let how = How { ready, case, clock: &clock, tolerance, is_warm: !search.is_wide };
    let turn = how.turn();
    let cuts: Vec<Option<Cut>> = scenario
        .levers
        .iter()
        .map(|lever| match lever.from {
            None => Some(turn),
            Some(date) => scenario.time.first_stage_from(date).map(Cut::Stage),
        })
        .collect();
    let free = how.free(&template);
    let [focal, reference] = [Side::Focal, Side::Reference].map(|side| how.policy(&free, side));
    let risk = search.risk.unwrap_or(scenario.question.measure);
    let risk_of = |course: &Course| {
        how.risk(course, risk)
            .ok_or_else(|| Unanswered::Question(crate::question::never_both_open()))
    };
    let without = risk_of(&focal)?;
    let by_reference = risk_of(&reference)?;
    let (below, level) = match search.below {
        Some(below) => (below, Level::Given),
        None if by_reference < without => (by_reference, Level::Reference),
        None => (without / 2.0, Level::HalfOfFocal),
    };
    let mut found = OffRamps {
        risk,
        below,
        level,
        without,
        options: Vec::new(),
        untried: Vec::new(),
        is_wide: search.is_wide,
        draws: 0,
        failed_draws: 0,
        share_without: None,
    };
    let ground = Ground { how, free, focal, cuts: &cuts };
    let singles = singles(scenario, &cuts, search.is_wide);
    let mut watch = |what: &str, at| told(At::Solving(what, at));
    let name = "game with a lever";
    let alone = |option: &Vec<Taken>, watch: Watch<'_>| {
        ground.follow(option, None, &[], &mut |p| watch(name, p))
    };
    let of_singles = each_of(&singles, &alone, &mut watch);
    let pairs = if search.is_wide { pairs(&singles, &cuts) } else { Vec::new() };
    let together = |&(a, b): &(usize, usize), watch: Watch<'_>| {
        let option = [singles[a][0], singles[b][0]];
        let begun = of_singles[a].as_ref().ok().filter(|_| ground.is_behind(&option));
        ground.follow(&option, begun, &[], &mut |p| watch(name, p))
    };
    let of_pairs = each_of(&pairs, &together, &mut watch);
    let both = pairs.iter().map(|&(a, b)| vec![singles[a][0], singles[b][0]]);
    let options: Vec<Vec<Taken>> = singles.iter().cloned().chain(both).collect();
    let baseline: Vec<Vec<f64>> = ground.to_come(&ground.focal);
    let mut courses = Vec::new();
    for (option, course) in options.iter().zip(of_singles.into_iter().chain(of_pairs)) {
        let course = match course {
            Ok(course) => course,
            Err(NoCourse::Unanswered(Unanswered::Unsolved(what, Unsolved::Cancelled))) => {
                return Err(Unanswered::Unsolved(what, Unsolved::Cancelled));
            }
            Err(why) => {
                found.untried.push((ground.named(option, None), words_of(&why)));
                continue;
            }
        };
        match ground.how.risk(&course, risk) {
            None => {
                let why = crate::question::never_both_open();
                found.untried.push((ground.named(option, None), why));
            }
            Some(risk) => {
                found.options.push(ground.measured(option, &course, risk, &baseline));
                courses.push((option.clone(), course.solved));
            }
        }
    }
    for (at, lever) in scenario.levers.iter().enumerate().filter(|&(at, _)| cuts[at].is_none()) {
        let never = Taken { lever: at, steps: lever.steps, from: turn.from() };
        let why = "its day comes after the last stage begins".to_owned();
        found.untried.push((ground.named(&[never], None), why));
    }
    mark_front(&mut found, scenario);
    try_again(&mut found, &courses, (ready, case, &cuts), search, told)?;
    Ok(found)
}

/// Each lever alone, at the steps that are tried.
fn singles(scenario: &Scenario, cuts: &[Option<Cut>], is_wide: bool) -> Vec<Vec<Taken>> {
    let mut found = Vec::new();
    for (at, lever) in scenario.levers.iter().enumerate() {
        let Some(cut) = cuts[at] else { continue };
        let tried = if is_wide { lever.steps.min(MOST_STEPS) } else { 1 };
        for k in 1..=tried {
            let steps = (lever.steps * k).div_ceil(tried);
            found.push(vec![Taken { lever: at, steps, from: cut.from() }]);
        }
    }
    found
}

/// Pairs of different levers, by position among the singles, the earlier lever first.
fn pairs(singles: &[Vec<Taken>], cuts: &[Option<Cut>]) -> Vec<(usize, usize)> {
    let order = |at: usize| cuts[singles[at][0].lever].map(Cut::order);
    let mut found = Vec::new();
    for a in 0..singles.len() {
        for b in a + 1..singles.len() {
            if singles[a][0].lever != singles[b][0].lever {
                found.push(if order(b) < order(a) { (b, a) } else { (a, b) });
            }
        }
    }
    found
}

impl Ground<'_> {
    fn cut_of(&self, taken: &Taken) -> Cut {
        self.cuts[taken.lever].expect("a lever whose day never comes is not tried")
    }

    /// Whether the second of two levers comes after the first, and both after the question's turn.
    fn is_behind(&self, option: &[Taken; 2]) -> bool {
        let [first, second] = [0, 1].map(|k: usize| self.cut_of(&option[k]).order());
        self.how.turn().order() <= first && first < second
    }

    /// The course with the levers of `option`, which are in order of time; `begun` is that with the first.
    fn follow(
        &self,
        option: &[Taken],
        begun: Option<&Course>,
        near: &[Solved],
        watch: &mut dyn FnMut(quantal::Progress) -> bool,
    ) -> Result<Course, NoCourse> {
        let turn = self.how.turn();
        let is_later = turn.order() < self.cut_of(&option[0]).order();
        let (mut course, mut n_known, mut is_focal) = match begun {
            Some(begun) => (begun.clone(), 1, true),
            None if is_later => (self.focal.clone(), 0, true),
            None => (self.free.clone(), 0, false),
        };
        while n_known < option.len() || !is_focal {
            let next = option.get(n_known).map(|taken| self.cut_of(taken));
            let cut = next.filter(|c| is_focal || c.order() <= turn.order()).unwrap_or(turn);
            let is_now = |taken: &&Taken| self.cut_of(taken) == cut;
            let n_taken = n_known + option[n_known..].iter().take_while(is_now).count();
            let is_forced = cut == turn;
            let taken = &option[..n_taken];
            let near = near.get(course.solved.len());
            let step = Step { cut, taken, n_known, is_forced, near };
            course = self.how.cut(&course, step, watch)?;
            is_focal |= is_forced;
            n_known = n_taken;
        }
        Ok(course)
    }

    /// `[actor][node]`: payoff to come by the actor's own probabilities.
    fn to_come(&self, course: &Course) -> Vec<Vec<f64>> {
        let n = course.game.graph().n_players();
        (0..n).map(|p| self.how.to_come(course, PlayerId::new(p))).collect()
    }

    /// The levers in names; who would offer them is looked up in `course`.
    fn named(&self, option: &[Taken], course: Option<&Course>) -> Vec<LeverTaken> {
        let template: &Template = &self.focal.template;
        let scenario = &template.scenario;
        let name = |taken: &Taken| {
            let lever = &scenario.levers[taken.lever];
            let from = match self.cuts[taken.lever] {
                Some(Cut::Stage(stage)) => Some(stage),
                _ => None,
            };
            let offerer = lever
                .offered_by
                .zip(course)
                .and_then(|(seat, course)| self.occupant(course, self.cut_of(taken), seat.index()));
            LeverTaken {
                id: lever.id.clone(),
                steps: taken.steps,
                of: lever.steps,
                from,
                offered_by: lever.offered_by.map(|seat| scenario.seats[seat.index()].id.clone()),
                offerer: offerer.map(|actor| scenario.actors[actor.index()].id.clone()),
            }
        };
        option.iter().map(name).collect()
    }

    /// Who holds a seat at a cut, if the analyst is certain of it.
    fn occupant(&self, course: &Course, cut: Cut, seat: usize) -> Option<ActorId> {
        let variable = course.template.scenario.seats[seat].occupant;
        let arriving = self.how.arriving(course, cut, false);
        let start = self.how.start(course, &arriving, Viewer::Analyst)?;
        let mut held = start
            .iter()
            .filter(|(_, weight)| *weight > 0.0)
            .map(|&(node, _)| course.template.value(node, variable));
        let first = held.next()?;
        held.all(|other| other == first).then(|| ActorId::new(usize::from(first)))
    }

    fn measured(
        &self,
        option: &[Taken],
        course: &Course,
        risk: f64,
        baseline: &[Vec<f64>],
    ) -> OffRamp {
        let scenario = &course.template.scenario;
        let cut = self.cut_of(&option[0]);
        let is_available = self.how.turn().order() <= cut.order();
        let before = self.how.arriving(&self.focal, cut, is_available);
        let after = self.how.arriving(course, cut, is_available);
        let values = self.to_come(course);
        let change = |p: usize| {
            let own = Viewer::Player(PlayerId::new(p));
            let before = self.how.start(&self.focal, &before, own)?;
            let after = self.how.start(course, &after, own)?;
            Some(expected(&values[p], &after) - expected(&baseline[p], &before))
        };
        let changes: Vec<Option<f64>> = (0..scenario.actors.len()).map(change).collect();
        let costs = costs(scenario, option, self.how.case);
        let levers = self.named(option, Some(course));
        let gains = |taken: &LeverTaken| {
            let offerer = taken.offerer.as_ref()?;
            let at = scenario.actors.iter().position(|actor| actor.id == *offerer)?;
            Some(changes[at]? - costs[at].unwrap_or(0.0) > EQUAL)
        };
        let gains: Option<Vec<bool>> = levers.iter().map(gains).collect();
        let id = |at: usize| scenario.actors[at].id.clone();
        OffRamp {
            risk,
            costs: costs.iter().enumerate().filter_map(|(a, c)| Some((id(a), (*c)?))).collect(),
            payoffs: changes.iter().enumerate().map(|(a, change)| (id(a), *change)).collect(),
            would_offer: gains.map(|all| all.into_iter().all(|gains| gains)),
            is_on_front: false,
            certificate: course.certificate.clone().expect("a course with a lever was solved"),
            share_of_draws: None,
            levers,
        }
    }
}

/// Declared cost by actor, of the steps taken; `None` where none is declared.
fn costs(scenario: &Scenario, option: &[Taken], case: &Case) -> Vec<Option<f64>> {
    let mut found = vec![None; scenario.actors.len()];
    for taken in option {
        let lever = &scenario.levers[taken.lever];
        for (actor, cost) in &lever.cost {
            let whole = eval::number(cost, scenario, &case.assignment.values);
            let paid = whole * f64::from(taken.steps) / f64::from(lever.steps);
            let sum: &mut Option<f64> = &mut found[actor.index()];
            *sum = Some(sum.unwrap_or(0.0) + paid);
        }
    }
    found
}

fn mark_front(found: &mut OffRamps, scenario: &Scenario) {
    let nothing = (found.without, vec![0.0; scenario.actors.len()], 0);
    let point = |o: &OffRamp| {
        let cost = |actor: &str| o.costs.iter().find(|(id, _)| id == actor).map_or(0.0, |c| c.1);
        let by_actor = scenario.actors.iter().map(|a| cost(&a.id)).collect();
        (o.risk, by_actor, o.levers.len())
    };
    let points: Vec<_> = [nothing].into_iter().chain(found.options.iter().map(point)).collect();
    for (option, is_on_front) in found.options.iter_mut().zip(front(&points).into_iter().skip(1)) {
        option.is_on_front = is_on_front;
    }
}

/// Which of some options, each a risk, costs by actor and a number of levers, no other makes needless: none
/// has a risk and costs that are all no higher and one of them lower, or all the same with fewer levers.
/// Numbers that round to the same multiple of [`EQUAL`] are equal.
#[must_use]
pub fn front(points: &[(f64, Vec<f64>, usize)]) -> Vec<bool> {
    let key = |(risk, costs, _): &(f64, Vec<f64>, usize)| -> Vec<f64> {
        [risk].into_iter().chain(costs).map(|x| (x / EQUAL).round()).collect()
    };
    let keys: Vec<Vec<f64>> = points.iter().map(key).collect();
    let makes_needless = |b: usize, a: usize| {
        let pairs = || keys[b].iter().zip(&keys[a]);
        pairs().all(|(b, a)| b <= a) && (pairs().any(|(b, a)| b < a) || points[b].2 < points[a].2)
    };
    (0..points.len()).map(|a| !(0..points.len()).any(|b| makes_needless(b, a))).collect()
}

/// The levers of an option, and the games it was solved as.
type Tried = (Vec<Taken>, Vec<Solved>);

/// Tries the least changes again in draws over the ranges.
fn try_again(
    found: &mut OffRamps,
    courses: &[Tried],
    (ready, case, cuts): (&Prepared<'_>, &Case, &[Option<Cut>]),
    search: &Search,
    told: &mut dyn FnMut(At<'_>) -> bool,
) -> Result<(), Unanswered> {
    let is_one = |option: &OffRamp| {
        let same = |other: &&OffRamp| std::ptr::eq(*other, option);
        match found.least_changes().as_slice() {
            [] => found.lowest().as_ref().is_some_and(same),
            least => least.iter().take(MOST_AGAIN).any(same),
        }
    };
    let again: Vec<usize> =
        (0..found.options.len()).filter(|&at| is_one(&found.options[at])).collect();
    let scenario = &ready.template.scenario;
    let kind = Kind::LatinHypercube { n: search.draws };
    let how = (kind, search.seed);
    let varied = Varied::new(scenario, case.assignment.clone(), &Beside::default(), how);
    let (false, Ok(varied)) = (again.is_empty() || search.draws == 0, varied) else {
        return Ok(());
    };
    let clock = Clock::of(scenario);
    let template = Arc::new(ready.template.clone());
    let turn = Cut::Turn(scenario.question.stage, scenario.question.slot);
    let nearest = Solved::policy(ready, &template, Side::Focal);
    let (below, risk) = (found.below, found.risk);
    // Without levers, then with each option.
    let draw = |row: usize| -> Result<Vec<bool>, NoCourse> {
        let (case, _) = varied.case(scenario, row);
        let tolerance = ready.asking.draw_tolerance;
        let how = How { ready, case: &case, clock: &clock, tolerance, is_warm: true };
        let free = how.free_again(&template)?;
        let near = Some(&nearest);
        let step = Step { cut: turn, taken: &[], n_known: 0, is_forced: true, near };
        let focal = how.cut(&free, step, &mut |_| true)?;
        let ground = Ground { how, free, focal, cuts };
        let is_under = |course: &Course| {
            let risk = ground.how.risk(course, risk);
            let why = || Unanswered::Question(crate::question::never_both_open());
            risk.map(|risk| risk < below).ok_or_else(why)
        };
        let mut under = vec![is_under(&ground.focal)?];
        for &at in &again {
            let (option, near) = &courses[at];
            under.push(is_under(&ground.follow(option, None, near, &mut |_| true)?)?);
        }
        Ok(under)
    };
    let mut done: Vec<Result<Vec<bool>, NoCourse>> = Vec::new();
    while done.len() < search.draws {
        let first = done.len();
        done.extend(each(AT_ONCE.min(search.draws - first), |k| draw(first + k)));
        if !told(At::Done("off-ramps tried again", done.len(), search.draws)) {
            return Err(Unanswered::Unsolved("draws".to_owned(), Unsolved::Cancelled));
        }
    }
    let solved: Vec<&Vec<bool>> = done.iter().flatten().collect();
    let share = |k: usize| {
        let n = solved.iter().filter(|under| under[k]).count();
        // Draws are far fewer than 2^52.
        #[expect(clippy::cast_precision_loss, reason = "counts of draws")]
        let share = n as f64 / solved.len() as f64;
        (!solved.is_empty()).then_some(share)
    };
    found.draws = done.len();
    found.failed_draws = done.len() - solved.len();
    found.share_without = share(0);
    for (k, &at) in again.iter().enumerate() {
        found.options[at].share_of_draws = share(k + 1);
    }
    Ok(())
}

fn words_of(why: &NoCourse) -> String {
    match why {
        NoCourse::NoGame(diagnostics) => {
            diagnostics.first().map_or("cannot be built".to_owned(), |d| d.message.clone())
        }
        NoCourse::Unanswered(why) => in_words(why),
    }
}
