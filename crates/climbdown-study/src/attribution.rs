//! Attribution: which part of the focal act makes its policy end elsewhere than with the reference act.
//!
//! The focal policy is solved again with the act replaced, from the question's turn on, by hybrids of
//! itself and the reference act: f(S) is the headline measure when the parts S are the focal act's and
//! all else is the reference's. The parts share f(all) − f(none) by their Shapley values.

use climbdown_lang::compile_hybrid;
use climbdown_lang::diagnostic::Diagnostic;
use climbdown_lang::hybrid::{AXES, Axis, AxisSet, Hybrid};
use climbdown_lang::same_axes;
use climbdown_lang::scenario::Scenario;
use climbdown_lang::template::{Assignment, BadNumbers, CompileOptions};
use quantal::{BehaviorProfile, Branch, Lambda, Unsolved, Viewer};

use crate::base::Base;
use crate::caveats::{misgiving, not_solved};
use crate::findings::{Attribution, Caveat, Change, Share};
use crate::outcome::measure;
use crate::peaks::Peaks;
use crate::play::Start;
use crate::policy::{Policy, Side, policies_along};
use crate::question::Asked;
use crate::shapley::shapley;
use crate::together::{Watch, each_of};
use crate::walks::{Setting, is_traced};

/// Why a combination of parts has no value.
enum NoValue {
    /// The game with the hybrid is none: over the budget, or moves at the same time disagree.
    NoGame(Vec<Diagnostic>),
    /// Its numbers are none.
    Numbers(BadNumbers),
    /// It was not solved.
    Unsolved(Unsolved),
    /// Its equilibrium is not the one on the principal branch, for certain.
    Branch(Branch),
}

/// Which hybrids have to be tried.
pub(crate) struct Hybrids<'s> {
    scenario: &'s Scenario,
    /// Parts that both acts have in common.
    same: AxisSet,
    /// One for each different game, but for the act as it is: that makes the focal policy.
    pub(crate) sets: Vec<AxisSet>,
}

/// f: the headline measure with these parts of the focal act, by [`AxisSet::number`].
pub(crate) type Values = [Option<f64>; 1 << AXES.len()];

/// How the focal policy is played with the hybrids that were tried.
pub(crate) type Profiles = Vec<(AxisSet, BehaviorProfile)>;

impl<'s> Hybrids<'s> {
    /// Those of the question.
    pub(crate) fn of(scenario: &'s Scenario) -> Self {
        let question = &scenario.question;
        let same = same_axes(scenario, question.focal_act, question.reference_act);
        // A part that both acts have in common makes no difference: one game serves with and without.
        let possible = AxisSet::each().filter(|&set| question.is_possible(set));
        let mut sets: Vec<AxisSet> = possible.map(|set| set.union(same)).collect();
        sets.sort_unstable();
        sets.dedup();
        sets.retain(|&set| set != AxisSet::ALL);
        Self { scenario, same, sets }
    }

    /// The shares; `None` if no order of the parts is feasible.
    pub(crate) fn shared(&self, values: &Values, headline: Change) -> Option<Attribution> {
        let value = |set: AxisSet| {
            let is_possible = self.scenario.question.is_possible(set);
            if is_possible { values[set.union(self.same).number()] } else { None }
        };
        let (total, shares) = shares(&value, self.same)?;
        let remainder = headline.change() - total;
        let sets = self.sets.iter().copied().chain([AxisSet::ALL]);
        let values = sets.filter_map(|set| Some((set, values[set.number()]?))).collect();
        Some(Attribution { total, shares, values, remainder, games: self.sets.len() + 1 })
    }

    /// The act in the place of the focal act that has the parts `keep` of it.
    pub(crate) fn act(&self, keep: AxisSet) -> Hybrid {
        let question = &self.scenario.question;
        Hybrid {
            of: question.focal_act,
            by: question.reference_act,
            keep,
            from: (question.stage, question.slot),
        }
    }
}

/// Shares out what the focal act does to the headline `measure` of the policy games. `Err` says why
/// there are no shares. Beside them how each policy with a hybrid is played.
///
/// # Errors
/// The outer one if somebody asked to stop.
pub(crate) fn attribution(
    setting: Setting<'_>,
    (assignment, lambda): (&Assignment, Lambda),
    (base, start): (&Base, &Start),
    (focal, headline): (&Policy, Change),
    watch: Watch<'_>,
) -> Result<(Result<Attribution, Caveat>, Profiles), Unsolved> {
    let scenario = &setting.crisis.template.scenario;
    let hybrids = Hybrids::of(scenario);
    let solved = |&keep: &AxisSet, watch: Watch<'_>| {
        with_hybrid(setting, (assignment, lambda), (base, start), hybrids.act(keep), watch)
    };
    let found = each_of(&hybrids.sets, &solved, watch);
    let mut values: Values = [None; 1 << AXES.len()];
    let mut profiles = Vec::new();
    values[AxisSet::ALL.number()] = Some(headline.focal);
    let mut no_value = (!is_traced(&focal.certificate))
        .then_some((AxisSet::ALL, NoValue::Branch(focal.certificate.branch)));
    for (&set, found) in hybrids.sets.iter().zip(found) {
        match found {
            Ok((value, profile)) => {
                values[set.number()] = Some(value);
                profiles.push((set, profile));
            }
            Err(NoValue::Unsolved(Unsolved::Cancelled)) => return Err(Unsolved::Cancelled),
            Err(why) => no_value = no_value.or(Some((set, why))),
        }
    }
    let shared = match no_value {
        Some((set, why)) => Err(on_no_value(scenario, (set, hybrids.same), &why)),
        None => hybrids.shared(&values, headline).ok_or_else(no_order),
    };
    Ok((shared, profiles))
}

/// f(all) − f(none) and its shares; `None` if no order of the parts is feasible.
fn shares(value: &dyn Fn(AxisSet) -> Option<f64>, same: AxisSet) -> Option<(f64, Vec<Share>)> {
    let values: Vec<Option<f64>> = AxisSet::each().map(value).collect();
    let shapley = shapley(AXES.len(), &values)?;
    let (all, none) = (value(AxisSet::ALL)?, value(AxisSet::EMPTY)?);
    let share = |(axis, share): (Axis, f64)| {
        let others: AxisSet = AxisSet::ALL.axes().filter(|&other| other != axis).collect();
        Share {
            axis,
            value: share,
            first_in: value(AxisSet::EMPTY.with(axis)).map(|first| first - none),
            last_out: value(others).map(|last| all - last),
            is_same: same.contains(axis),
        }
    };
    Some((all - none, AXES.into_iter().zip(shapley).map(share).collect()))
}

/// The headline measure in the focal policy with the hybrid in the place of the focal act, and how that is played.
fn with_hybrid(
    setting: Setting<'_>,
    (assignment, lambda): (&Assignment, Lambda),
    (base, start): (&Base, &Start),
    hybrid: Hybrid,
    watch: Watch<'_>,
) -> Result<(f64, BehaviorProfile), NoValue> {
    let Setting { crisis, asked, solving, .. } = setting;
    let template = crisis.template;
    let options = CompileOptions { memory: template.memory, budget_nodes: template.budget_nodes };
    let template = compile_hybrid(&template.scenario, &options, hybrid).map_err(NoValue::NoGame)?;
    let game = template.instantiate(assignment).map_err(NoValue::Numbers)?;
    // Up to the question's turn nodes and edges are those of the base game, so what was found out
    // there about the turn, and about coming to it, holds here.
    let asked = Asked { is_given_up: vec![false; game.graph().n_edges()], ..asked.clone() };
    let from = (&asked, &base.arrival);
    let name = "hybrid acts";
    let mut found =
        policies_along(&game, from, Side::Focal, &[lambda], solving, &mut |p| watch(name, p));
    let policy = found.pop().expect("one answer").map_err(NoValue::Unsolved)?;
    if !is_traced(&policy.certificate) {
        return Err(NoValue::Branch(policy.certificate.branch));
    }
    let steps = policy.play.steps(&game, Viewer::Analyst);
    let measured = measure(&template, &Peaks::of(&template), &steps, (start, &base.before));
    Ok((measured.headline(&template.scenario), policy.profile))
}

fn caveat(text: String) -> Caveat {
    Caveat { about: Some("attribution".to_string()), text }
}

fn no_order() -> Caveat {
    caveat("The question leaves no order in which the parts of the act could be exchanged.".into())
}

/// In words, why one of the combinations has no value.
fn on_no_value(scenario: &Scenario, (kept, same): (AxisSet, AxisSet), why: &NoValue) -> Caveat {
    let question = &scenario.question;
    let name = |id: climbdown_lang::scenario::MoveId| &scenario.moves[id.index()].id;
    let (of, by) = (name(question.focal_act), name(question.reference_act));
    // What both acts have in common is no part of the difference.
    let parts: Vec<&str> = kept.axes().filter(|&a| !same.contains(a)).map(Axis::name).collect();
    let which = match parts.as_slice() {
        _ if kept == AxisSet::ALL => format!("`{of}` as it is"),
        [] => format!("`{by}` in the place of `{of}`"),
        [one] => format!("{one} of `{of}` and all else of `{by}`"),
        [head @ .., last] => {
            format!("{} and {last} of `{of}` and all else of `{by}`", head.join(", "))
        }
    };
    let what = match why {
        NoValue::NoGame(diagnostics) => diagnostics
            .first()
            .map_or("cannot be built".to_string(), |d| format!("cannot be built: {}", d.message)),
        NoValue::Numbers(bad) => format!("has no numbers: {}", bad.message),
        NoValue::Unsolved(why) => format!("did not solve: {}", not_solved(why)),
        NoValue::Branch(branch) => misgiving(*branch).unwrap_or_default(),
    };
    caveat(format!("What the act consists of has no shares: the game with {which} {what}."))
}
