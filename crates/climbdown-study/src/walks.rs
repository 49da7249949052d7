//! Every game of an assessment, solved at every Λ asked for, in as few walks along the branch as the
//! question allows.
//!
//! If nobody decides anything before the question's turn, coming there does not depend on Λ: one walk
//! solves each policy game at all Λ. Else the base game is walked first, and each Λ has policy games
//! of its own.

use quantal::{Branch, Certificate, Equilibrium, Game, Lambda, Unsolved, Viewer};

use crate::Unanswered;
use crate::base::Base;
use crate::crisis::Crisis;
use crate::findings::Change;
use crate::outcome::measure;
use crate::play::{Start, toss};
use crate::policy::{Policy, SIDES, Side, Solving, policies_along, solved_along};
use crate::question::Asked;
use crate::together::{Job, Watch, together};

/// One Λ of the band: the measure under both policies, and whether all games were traced.
pub(crate) type Point = Result<(Change, bool), Unsolved>;

/// The games at the headline's Λ, and the headline at the others.
pub(crate) struct Solved {
    /// The base game.
    pub(crate) equilibrium: Equilibrium,
    /// The policy games, the focal one first.
    pub(crate) policies: [Policy; 2],
    /// One point for each Λ but the headline's, in order.
    pub(crate) others: Vec<(Lambda, Point)>,
}

/// What does not change from game to game.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) crisis: &'a Crisis<'a>,
    pub(crate) game: &'a Game,
    pub(crate) asked: &'a Asked,
    pub(crate) solving: Solving<'a>,
}

/// Solves the base game and both policy games at `headline`, and the policy games at `others`.
///
/// # Errors
/// If a game of the headline does not solve.
pub(crate) fn solve_all(
    setting: Setting<'_>,
    headline: Lambda,
    others: &[Lambda],
    watch: Watch<'_>,
) -> Result<Solved, Unanswered> {
    let mut lambdas: Vec<Lambda> = others.iter().copied().chain([headline]).collect();
    lambdas.sort_by(|a, b| a.get().total_cmp(&b.get()));
    lambdas.dedup();
    if setting.asked.is_preceded {
        each_from_its_base(setting, headline, &lambdas, watch)
    } else {
        all_from_the_start(setting, headline, &lambdas, watch)
    }
}

/// Nobody decides before the question's turn.
fn all_from_the_start(
    setting: Setting<'_>,
    headline: Lambda,
    lambdas: &[Lambda],
    watch: Watch<'_>,
) -> Result<Solved, Unanswered> {
    let Setting { crisis, game, asked, solving } = setting;
    let base = Base::of(crisis, game, asked, &toss(game));
    let start = base.start(game, asked)?;
    let walk = |side: Side| -> Job<'_, Vec<Result<Policy, Unsolved>>> {
        let from = (asked, &base.arrival);
        Box::new(move |watch| {
            policies_along(game, from, side, lambdas, solving, &mut |p| watch(side.name(), p))
        })
    };
    let main = |watch: Watch<'_>| -> Result<_, Unanswered> {
        let name = "base game";
        let mut found = solved_along(game, &[headline], solving, &mut |p| watch(name, p));
        let equilibrium = found.pop().expect("one answer").map_err(unsolved(name))?;
        Ok((equilibrium, walk(Side::Focal)(watch)))
    };
    let ((equilibrium, focal), mut walks) = together(vec![walk(Side::Reference)], main, watch)?;
    let reference = walks.pop().expect("one job, one walk");
    let mut policies = None;
    let mut points = Vec::new();
    for ((&lambda, focal), reference) in lambdas.iter().zip(focal).zip(reference) {
        if lambda == headline {
            let focal = focal.map_err(unsolved(Side::Focal.name()))?;
            let reference = reference.map_err(unsolved(Side::Reference.name()))?;
            policies = Some([focal, reference]);
        } else {
            let both = focal.and_then(|focal| Ok([focal, reference?]));
            let point =
                both.map(|both| (headline_of(setting, (&base, &start), &both), all_traced(&both)));
            points.push((lambda, point));
        }
    }
    let policies = policies.expect("the headline's Λ is among those walked to");
    Ok(Solved { equilibrium, policies, others: points })
}

/// Somebody decides before the question's turn: each Λ has its own way there.
fn each_from_its_base(
    setting: Setting<'_>,
    headline: Lambda,
    lambdas: &[Lambda],
    watch: Watch<'_>,
) -> Result<Solved, Unanswered> {
    let Setting { crisis, game, asked, solving } = setting;
    let bases = solved_along(game, lambdas, solving, &mut |p| watch("base game", p));
    let from = |equilibrium: &Equilibrium,
                watch: Watch<'_>|
     -> Result<(Base, [Policy; 2]), (Side, Unsolved)> {
        let base = Base::of(crisis, game, asked, &equilibrium.profile);
        let lambda = equilibrium.certificate.lambda;
        let both = SIDES.map(|side| {
            let arrival = (asked, &base.arrival);
            let mut found = policies_along(game, arrival, side, &[lambda], solving, &mut |p| {
                watch(side.name(), p)
            });
            found.pop().expect("one answer").map_err(|why| (side, why))
        });
        let [focal, reference] = both;
        Ok((base, [focal?, reference?]))
    };
    let at = lambdas.iter().position(|&l| l == headline).expect("the headline's Λ is walked to");
    let jobs = (0..lambdas.len()).filter(|&i| i != at).map(|i| -> Job<'_, Point> {
        let found = &bases[i];
        let from = &from;
        Box::new(move |watch| {
            let equilibrium = found.as_ref().map_err(Clone::clone)?;
            let (base, policies) = from(equilibrium, watch).map_err(|(_, why)| why)?;
            let start = base.start(game, asked).expect("draws decide whether a fork is possible");
            let is_traced = is_traced(&equilibrium.certificate) && all_traced(&policies);
            Ok((headline_of(setting, (&base, &start), &policies), is_traced))
        })
    });
    let main = |watch: Watch<'_>| -> Result<(Equilibrium, [Policy; 2]), Unanswered> {
        let equilibrium = bases[at].clone().map_err(unsolved("base game"))?;
        let (_, policies) =
            from(&equilibrium, watch).map_err(|(side, why)| unsolved(side.name())(why))?;
        Ok((equilibrium, policies))
    };
    let ((equilibrium, policies), points) = together(jobs.collect(), main, watch)?;
    let others = lambdas.iter().copied().filter(|&l| l != headline).zip(points).collect();
    Ok(Solved { equilibrium, policies, others })
}

fn headline_of(
    setting: Setting<'_>,
    (base, start): (&Base, &Start),
    policies: &[Policy; 2],
) -> Change {
    let Setting { crisis, game, .. } = setting;
    let [focal, reference] = [0, 1].map(|side: usize| {
        let steps = policies[side].play.steps(game, Viewer::Analyst);
        let measured = measure(crisis.template, &crisis.peaks, &steps, (start, &base.before));
        measured.headline(&crisis.template.scenario)
    });
    Change { focal, reference }
}

fn unsolved(name: &str) -> impl Fn(Unsolved) -> Unanswered + use<> {
    let name = name.to_string();
    move |why| Unanswered::Unsolved(name.clone(), why)
}

/// Whether a game was followed from Λ = 0.
pub(crate) fn is_traced(certificate: &Certificate) -> bool {
    certificate.branch == Branch::Traced
}

/// Whether both policy games were.
pub(crate) fn all_traced(policies: &[Policy; 2]) -> bool {
    policies.iter().all(|p| is_traced(&p.certificate))
}
