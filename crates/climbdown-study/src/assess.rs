//! The whole answer: every figure of the quick assessment, in the order in which it is needed.

use climbdown_lang::template::{Assignment, BadNumbers, Template};
use quantal::{Branch, Certificate, Equilibrium, Game, Lambda, Viewer};

use crate::base::{Base, Point, at_zero, point};
use crate::caveats::{about_band, on_branches, on_nulls};
use crate::crisis::{Crisis, possible};
use crate::effect::effect;
use crate::findings::{BandPoint, Findings, GameSize, NamedCertificate};
use crate::kind::kind_of;
use crate::outcome::outcome;
use crate::play::{Start, toss};
use crate::policy::{Policy, Side, Solving, policy, solved, viewers};
use crate::question::{Asked, in_names, locate};
use crate::rules::{by_seat, rules_change};
use crate::spiral::spiral;
use crate::together::{Job, Watch, together};
use crate::verdict::{degree, verdict};
use crate::{AssessOptions, Unanswered};

pub(crate) fn assess(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    watch: Watch<'_>,
) -> Result<Findings, Unanswered> {
    let scenario = &template.scenario;
    let game = template.instantiate(assignment).map_err(Unanswered::Numbers)?;
    let stakes = positive_stakes(template, assignment)?;
    let precision = |lambda: f64| {
        Lambda::new(lambda)
            .ok_or_else(|| Unanswered::Question(format!("lambda is {lambda}; give 0 or more")))
    };
    let solving =
        |lambda: Lambda| Solving { lambda, stakes: &stakes, tolerance: options.tolerance };
    let lambda = precision(options.lambda)?;
    let band: Vec<Lambda> = options.band.iter().map(|&l| precision(l)).collect::<Result<_, _>>()?;

    let crisis = Crisis::of(template);
    let asked = locate(template, &crisis.exchange.clock, &possible(&game, viewers(&game)))?;
    // Draws alone decide whether a fork is possible: if one is at Λ = 0, it is at every Λ.
    Base::of(&crisis, &game, &asked, &toss(&game)).start(&game, &asked)?;

    let others: Vec<Lambda> =
        band.iter().copied().filter(|lambda| lambda.get() != options.lambda).collect();
    let jobs: Vec<Job<'_, Point>> = others
        .iter()
        .map(|&lambda| -> Job<'_, Point> {
            let (crisis, game, asked, solving) = (&crisis, &game, &asked, solving(lambda));
            Box::new(move |watch| point(crisis, game, asked, solving, watch))
        })
        .collect();
    let main = |watch: Watch<'_>| headline(&crisis, &game, &asked, solving(lambda), watch);
    let (Headline { equilibrium, base, start, policies }, points) = together(jobs, main, watch)?;

    let effect = effect(&crisis, &game, (&asked, &base), &policies, &start);
    let (kind, mut caveats) = kind_of(&crisis, &game, &asked, &policies);
    let seats_changed = by_seat(&crisis, &game, [&policies[0].play, &policies[1].play], &start);
    let rules_change = rules_change(&crisis, &seats_changed, &at_zero(&crisis, &game, &asked)?);
    let steps = base.play.steps(&game, Viewer::Analyst);
    let (outcome, measured) = outcome(template, &crisis.peaks, &steps);
    let spiral = spiral(&crisis, &game, (&base.play, &policies), &start, &measured);

    let measure = effect.as_policy.measure;
    let thresholds = &scenario.question.thresholds;
    let traced = |certificate: &Certificate| certificate.branch == Branch::Traced;
    let is_traced = policies.iter().all(|policy| traced(&policy.certificate))
        && (traced(&equilibrium.certificate) || !asked.is_preceded);
    let mut points = others.into_iter().zip(points).peekable();
    let mut band_points = Vec::new();
    for lambda in band {
        let found = match points.next_if(|(other, _)| *other == lambda) {
            Some((_, found)) => found,
            None => Ok((measure, is_traced)),
        };
        if let Err(why) = &found {
            caveats.push(about_band(lambda, why));
        }
        band_points.push(BandPoint {
            lambda: lambda.get(),
            measure: found.as_ref().ok().map(|(measure, _)| *measure),
            degree: found.as_ref().ok().map(|(measure, _)| degree(thresholds, *measure)),
            traced: found.is_ok_and(|(_, is_traced)| is_traced),
        });
    }
    let mut all_caveats = on_branches(&equilibrium.certificate, &policies);
    all_caveats.extend(caveats);
    all_caveats.extend(on_nulls(&crisis, &asked, &effect, &spiral, &rules_change));
    let [focal, reference] = policies;
    Ok(Findings {
        game: size(template),
        certificate: NamedCertificate {
            actors: scenario.actors.iter().map(|a| a.id.clone()).collect(),
            certificate: equilibrium.certificate,
        },
        policy_certificates: [focal.certificate, reference.certificate],
        question: in_names(scenario),
        outcome,
        verdict: verdict(thresholds, &kind, measure),
        effect,
        kind,
        rules_change,
        spiral,
        band: band_points,
        caveats: all_caveats,
    })
}

/// The games of the headline, solved.
struct Headline {
    equilibrium: Equilibrium,
    base: Base,
    /// The analyst's distribution over the forks.
    start: Start,
    policies: [Policy; 2],
}

fn headline(
    crisis: &Crisis<'_>,
    game: &Game,
    asked: &Asked,
    solving: Solving<'_>,
    watch: Watch<'_>,
) -> Result<Headline, Unanswered> {
    let unsolved = |name: &'static str| move |why| Unanswered::Unsolved(name.to_string(), why);
    let equilibrium =
        solved(game, solving, &mut |p| watch("base game", p)).map_err(unsolved("base game"))?;
    let base = Base::of(crisis, game, asked, &equilibrium.profile);
    let start = base.start(game, asked)?;
    let mut under = |side: Side| {
        let from = (asked, &base.arrival);
        policy(game, from, side, solving, &mut |p| watch(side.name(), p))
            .map_err(unsolved(side.name()))
    };
    let policies = [under(Side::Focal)?, under(Side::Reference)?];
    Ok(Headline { equilibrium, base, start, policies })
}

/// The stakes, checked: everything is divided by them.
fn positive_stakes(template: &Template, assignment: &Assignment) -> Result<Vec<f64>, Unanswered> {
    let stakes = template.stakes(assignment);
    for (actor, stake) in template.scenario.actors.iter().zip(&stakes) {
        if !(stake.is_finite() && *stake > 0.0) {
            return Err(Unanswered::Numbers(BadNumbers {
                span: actor.span,
                message: format!("the stake of `{}` is {stake}; it must be above 0", actor.id),
            }));
        }
    }
    Ok(stakes)
}

fn size(template: &Template) -> GameSize {
    let (graph, scenario) = (&template.graph, &template.scenario);
    GameSize {
        nodes: graph.n_nodes(),
        edges: graph.n_edges(),
        infosets: graph.n_infosets(),
        actors: scenario.actors.len(),
        seats: scenario.seats.len(),
        stages: scenario.time.horizon,
    }
}
