//! A few cases solved and measured together.

use std::sync::{Mutex, OnceLock};

use climbdown_lang::part::Values;
use climbdown_lang::template::{BadNumbers, Template};
use quantal::{
    Batch, BehaviorProfile, Equilibrium, NodeId, Numbers, PlayerId, Untaken, Viewer, log_reach_at,
    start_draw,
};

use super::{Answer, Audits, Case, Course, Prepared};
use crate::Unanswered;
use crate::findings::{Change, Degree};
use crate::gauge::{Draw, Gauged};
use crate::kind::{degree_of_kind, kind_of_plays};
use crate::outcome::Before;
use crate::play::{Play, Start};
use crate::policy::{Arrival, viewers};
use crate::question::{Fork, never_both_open};
use crate::together::each;
use crate::verdict::{degree, margin_of_major};

/// Who is where at the question's turn.
pub(super) struct Arriving {
    /// The draw at the root of the policy games.
    root: Vec<Vec<f64>>,
    /// The analyst's distribution over the forks.
    start: Start,
    /// The mover's own: in all, then for each type; `None` where it holds all impossible.
    own: Vec<Option<Start>>,
    /// What had happened before.
    before: Before,
}

/// The draw at a root: `[viewer][start]`.
type Root<'a> = &'a [Vec<f64>];

impl Prepared<'_> {
    /// [`Prepared::answers`] of a few cases.
    pub(super) fn piece(
        &self,
        cases: &[Case],
        first_draw: usize,
        base_batch: Option<&Batch<'_>>,
        batches: &[Batch<'_>; 2],
    ) -> (Vec<Result<Answer, Unanswered>>, Audits) {
        let mut audits = Audits::default();
        let values: Vec<Values> =
            cases.iter().map(|c| self.template.evaluate(&c.assignment, &c.certainties)).collect();
        let is_plain = |v: &Values| self.is_plain(v);
        let ahead: Vec<Option<Result<BehaviorProfile, Unanswered>>> = match base_batch {
            None => cases.iter().map(|_| None).collect(),
            Some(batch) => {
                let course = self.before.as_ref().expect("there is a batch of it");
                let nothing = vec![Vec::new(); self.template.graph.n_viewers()];
                let roots = values.iter().map(|v| is_plain(v).then_some(&nothing[..])).collect();
                let solved = self.solved(batch, (course, &values, roots), first_draw, &mut audits);
                solved.into_iter().map(|s| s.map(|s| s.map(|e| e.profile))).collect()
            }
        };
        let arriving: Vec<Option<Result<Arriving, Unanswered>>> = values
            .iter()
            .zip(ahead)
            .map(|(v, ahead)| {
                is_plain(v).then(|| match ahead {
                    None => self.arriving(v, None),
                    Some(profile) => self.arriving(v, Some(&profile?)),
                })
            })
            .collect();
        let [focal, reference] = [0, 1].map(|side: usize| {
            let roots = arriving.iter().map(|a| Some(&a.as_ref()?.as_ref().ok()?.root[..]));
            let roots = roots.collect();
            let course = &self.sides[side];
            self.solved(&batches[side], (course, &values, roots), first_draw, &mut audits)
        });
        let answer = |k: usize| match (&arriving[k], &focal[k], &reference[k]) {
            (None, ..) => self.alone(&cases[k], &values[k]),
            (Some(Err(why)), ..) => Err(why.clone()),
            (Some(Ok(arriving)), Some(focal), Some(reference)) => {
                let games = [focal.as_ref(), reference.as_ref()];
                let [focal, reference] = games.map(|game| game.map_err(Clone::clone));
                self.measured(&values[k], arriving, [focal?, reference?])
            }
            _ => unreachable!("who arrives is solved"),
        };
        let answers = each(cases.len(), answer);
        (answers, audits)
    }

    /// A case whose games have another structure than those of the base: by itself, from Λ = 0.
    fn alone(&self, case: &Case, values: &Values) -> Result<Answer, Unanswered> {
        let game = self.template.game(values).map_err(Unanswered::Numbers)?;
        let asking = self.asking.clone();
        let stakes = self.stakes.clone();
        Self::with_stakes(self.template, (values, game), stakes, asking, &mut |_, _| true)?
            .at_base(case)
    }

    /// Everybody at the question's turn; `profile` is how the base game is played, if somebody decides
    /// before.
    pub(super) fn arriving(
        &self,
        values: &Values,
        profile: Option<&BehaviorProfile>,
    ) -> Result<Arriving, Unanswered> {
        let (template, asked) = (self.template, &self.asked);
        if !template.has_probabilities(values) {
            // The whole game says which, and where it is written.
            template.game(values).map_err(Unanswered::Numbers)?;
        }
        let logs = profile.unwrap_or(&self.toss).logs();
        let reach = viewers(&self.base).map(|viewer| {
            let chance = |edge| template.probability(values, edge, viewer);
            log_reach_at(&template.graph, logs, &chance, &asked.turn)
        });
        let reach: Vec<Vec<f64>> = reach.collect();
        let at = |(k, &node): (usize, &NodeId)| (node, reach.iter().map(|r| r[k]).collect());
        let arrival = Arrival(asked.turn.iter().enumerate().map(at).collect());
        let (_, root) = start_draw(&template.graph, &arrival.start_nodes())
            .map_err(|_| Unanswered::Question(never_both_open()))?;
        let over = |viewer, forks: &[Fork]| arrival.over_forks(&self.base, forks, viewer, |_| 0.0);
        let start = over(Viewer::Analyst, &asked.forks)
            .ok_or_else(|| Unanswered::Question(never_both_open()))?;
        let mover = Viewer::Player(PlayerId::new(self.mover.index()));
        let mut own = vec![over(mover, &asked.forks)];
        for &(variable, value) in &self.types {
            let is_one = |f: &&Fork| template.value(f.node, variable) == value;
            let forks: Vec<Fork> = asked.forks.iter().filter(is_one).copied().collect();
            own.push(over(mover, &forks));
        }
        let before = match profile {
            None => Before::nothing(&template.scenario),
            Some(profile) => {
                let play = Play::of_profile(&template.graph, profile);
                let steps = play.steps_by(&template.graph, |edge| {
                    template.probability(values, edge, Viewer::Analyst)
                });
                Before::reaching(template, &self.crisis.peaks, &steps, &asked.turn)
            }
        };
        Ok(Arriving { root, start, own, before })
    }

    /// Solves the draws that have a root.
    fn solved(
        &self,
        batch: &Batch<'_>,
        (course, values, roots): (&Course, &[Values], Vec<Option<Root<'_>>>),
        first_draw: usize,
        audits: &mut Audits,
    ) -> Vec<Option<Result<Equilibrium, Unanswered>>> {
        let is_made: Vec<bool> = roots.iter().map(Option::is_some).collect();
        let making = Making {
            template: self.template,
            course,
            values,
            roots,
            spare: Default::default(),
            broken: values.iter().map(|_| OnceLock::new()).collect(),
        };
        let solution = batch.solve(&making, first_draw);
        audits.n_audited += solution.audit.n_audited;
        audits.n_mismatched += solution.audit.mismatched.len();
        audits.n_not_followed += solution.audit.not_followed.len();
        audits.n_retried += solution.retried.len();
        let broken = making.broken.into_iter().map(OnceLock::into_inner);
        let found = solution.draws.into_iter().zip(broken).zip(is_made);
        found
            .map(|((solved, broken), is_made)| {
                is_made.then(|| match (broken, solved) {
                    (Some(why), _) => Err(Unanswered::Numbers(why)),
                    (None, Ok(equilibrium)) => Ok(equilibrium),
                    (None, Err(Untaken::Broken(law))) => {
                        Err(Unanswered::Question(format!("not a game: {law:?}")))
                    }
                    (None, Err(Untaken::Unsolved(why))) => {
                        Err(Unanswered::Unsolved("policy game".to_owned(), why))
                    }
                })
            })
            .collect()
    }

    pub(super) fn measured(
        &self,
        values: &Values,
        arriving: &Arriving,
        games: [&Equilibrium; 2],
    ) -> Result<Answer, Unanswered> {
        let own_starts: Vec<Start> =
            arriving.own.iter().map(|s| s.clone().unwrap_or_default()).collect();
        let [focal, reference] = [0, 1].map(|side: usize| {
            let draw = Draw {
                part: &self.sides[side].derived,
                paid: &self.sides[side].part,
                values,
                profile: &games[side].profile,
                start: &arriving.start,
                before: &arriving.before,
                mover: self.mover,
                own_starts: &own_starts,
            };
            self.gauges[side].read(self.template, &draw)
        });
        let scenario = &self.template.scenario;
        let thresholds = &scenario.question.thresholds;
        let pair =
            |of: &dyn Fn(&Gauged) -> f64| Change { focal: of(&focal), reference: of(&reference) };
        let measure = pair(&|g| g.headline(scenario));
        let kind = match self.template.is_as_impossible(values, &self.impossible) == [true; 2] {
            true => degree_of_kind(&self.kind, thresholds.stated_line_is_major),
            false => self.kind_under(values, games)?,
        };
        let ladder = &scenario.ladders[0];
        let seat = scenario.question.seat.index();
        Ok(Answer {
            measure,
            expected_peak: pair(&|g| g.expected_peak),
            rungs: (0..ladder.rungs.len()).map(|k| pair(&|g| g.rungs[k])).collect(),
            firebreaks: (0..ladder.firebreaks.len())
                .map(|f| [0, 1, 2].map(|way: usize| pair(&|g| g.firebreaks[f][way])))
                .collect(),
            payoffs: (0..scenario.actors.len()).map(|p| pair(&|g| g.payoffs[p])).collect(),
            mover: self.mover,
            preference: (0..own_starts.len())
                .map(|k| arriving.own[k].is_some().then(|| pair(&|g| g.own[k])))
                .collect(),
            next_moves: self.gauges[0].next_moves(&focal),
            rules_total: self.gauges[0].rules_total([&focal, &reference], seat),
            kind,
            degree: degree(thresholds, measure),
            margin: margin_of_major(thresholds, measure),
            certificates: [0, 1].map(|s: usize| games[s].certificate.clone()),
        })
    }

    fn kind_under(&self, values: &Values, games: [&Equilibrium; 2]) -> Result<Degree, Unanswered> {
        let game = self.template.game(values).map_err(Unanswered::Numbers)?;
        let plays = [0, 1].map(|s: usize| self.sides[s].play(&self.base, &games[s].profile));
        let (kind, _) = kind_of_plays(&self.crisis, &game, &self.asked, [&plays[0], &plays[1]]);
        let thresholds = &self.template.scenario.question.thresholds;
        Ok(degree_of_kind(&kind, thresholds.stated_line_is_major))
    }
}

/// Numbers of a few draws, made when they are asked for; the base's where there are none.
///
/// The analyst's probabilities are those of the base: no equilibrium depends on them, and all draws then hold
/// the same things impossible.
struct Making<'a> {
    template: &'a Template,
    course: &'a Course,
    values: &'a [Values],
    /// By draw: everybody at the root.
    roots: Vec<Option<Root<'a>>>,
    /// Numbers to be written over: in full, and those that are alike once.
    spare: [Mutex<Vec<Numbers>>; 2],
    /// By draw: what is wrong with its numbers.
    broken: Vec<OnceLock<BadNumbers>>,
}

impl Making<'_> {
    /// Shows the numbers of a draw, those that are alike once.
    fn show_as(&self, is_alike: bool, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        let Self { template, course, values, .. } = self;
        let base = match is_alike {
            true => &course.alike,
            false => course.derived.game.numbers(),
        };
        let Some(root) = self.roots[draw] else { return read(base) };
        let spare = || self.spare[usize::from(is_alike)].lock().expect("no holder panics");
        let kept = spare().pop();
        let mut numbers = kept.unwrap_or_else(|| base.clone());
        let (part, values) = (&course.part, &values[draw]);
        let made = match is_alike {
            true => template.write_alike(part, values, root, &mut numbers),
            false => template.write_numbers(part, values, root, &mut numbers),
        };
        match made {
            Ok(()) => {
                let (n_viewers, n_players) = (root.len(), template.graph.n_players());
                let analyst = base.chance.len() / n_viewers * n_players;
                numbers.chance[analyst..].copy_from_slice(&base.chance[analyst..]);
                read(&numbers);
            }
            Err(why) => {
                self.broken[draw].get_or_init(|| why);
                read(base);
            }
        }
        spare().push(numbers);
    }
}

impl quantal::Draws for Making<'_> {
    fn n_draws(&self) -> usize {
        self.values.len()
    }
    fn show(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        self.show_as(false, draw, read);
    }
    fn show_alike(&self, draw: usize, read: &mut dyn FnMut(&Numbers)) {
        self.show_as(true, draw, read);
    }
}
