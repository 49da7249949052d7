//! The whole answer: every figure of the quick assessment, in the order in which it is needed.

use climbdown_lang::episode::Episode;
use climbdown_lang::template::{Assignment, Template};
use quantal::{BehaviorProfile, Lambda};

use crate::attribution::{Profiles, attribution};
use crate::base::Base;
use crate::caveats::{about_band, looking_back, on_branches, on_nulls};
use crate::crisis::{Crisis, possible_where};
use crate::findings::{BandPoint, Findings, GameSize, NamedCertificate};
use crate::firsts::firsts;
use crate::games::Games;
use crate::kind::kind_of;
use crate::known::{Known, Taken, as_of};
use crate::play::toss;
use crate::policy::{Solving, viewers};
use crate::question::{Asked, in_names, locate};
use crate::together::Watch;
use crate::verdict::{degree, verdict};
use crate::walks::{Setting, Solved, all_traced, is_traced, solve_all};
use crate::{AssessOptions, Unanswered};

/// Findings, and what further games can begin from.
pub(crate) struct Assessed {
    pub(crate) findings: Findings,
    /// How the base game is played.
    pub(crate) profile: BehaviorProfile,
    /// How the focal policy is played with each hybrid act that was tried.
    pub(crate) hybrids: Profiles,
}

pub(crate) fn assess(
    template: &Template,
    assignment: &Assignment,
    options: &AssessOptions,
    looked_back: Option<(&Episode, &str)>,
    watch: Watch<'_>,
) -> Result<Assessed, Unanswered> {
    let scenario = &template.scenario;
    let game = template.instantiate(assignment).map_err(Unanswered::Numbers)?;
    let stakes = template.stakes(assignment);
    let precision = |lambda: f64| {
        Lambda::new(lambda)
            .ok_or_else(|| Unanswered::Question(format!("lambda is {lambda}; give 0 or more")))
    };
    let lambda = precision(options.lambda)?;
    let band: Vec<Lambda> = options.band.iter().map(|&l| precision(l)).collect::<Result<_, _>>()?;
    let others: Vec<Lambda> = band.iter().copied().filter(|&other| other != lambda).collect();

    let crisis = Crisis::of(template);
    let clock = &crisis.exchange.clock;
    let (known, taken) = looked_back.map_or_else(
        || (Known::nothing(), Taken::default()),
        |(episode, _)| Known::of(template, clock, episode),
    );
    let is_reached = possible_where(&game, viewers(&game), &|edge| known.anybody_allows(edge));
    let asked = Asked { known, ..locate(template, clock, &is_reached)? };
    // Draws alone decide whether a fork is possible: if one is at Λ = 0, it is at every Λ.
    Base::of(&crisis, &game, &asked, &toss(&game)).start(&game, &asked)?;
    let solving = Solving { stakes: &stakes, tolerance: options.tolerance };
    let setting = Setting { crisis: &crisis, game: &game, asked: &asked, solving };
    let Solved { equilibrium, policies, others } =
        solve_all(setting, lambda, &others, &mut *watch)?;
    let base = Base::of(&crisis, &game, &asked, &equilibrium.profile);
    let start = base.start(&game, &asked)?;

    let games = Games {
        crisis: &crisis,
        game: &game,
        asked: &asked,
        base: &base,
        start: &start,
        policies: &policies,
    };
    let effect = games.effect();
    let (kind, mut caveats) = kind_of(&crisis, &game, &asked, &policies);
    let rules_change = games.rules_change()?;
    let (outcome, measured) = games.outcome();
    let spiral = games.spiral(&measured)?;

    let measure = effect.as_policy.measure;
    let mut hybrids = Vec::new();
    let attribution = if options.attribution {
        let (found, profiles) = attribution(
            setting,
            (assignment, lambda),
            (&base, &start),
            (&policies[0], measure),
            watch,
        )
        .map_err(|why| Unanswered::Unsolved("game with a hybrid act".to_string(), why))?;
        hybrids = profiles;
        found.map_err(|why| caveats.push(why)).ok()
    } else {
        None
    };
    let thresholds = &scenario.question.thresholds;
    let is_headline_traced =
        all_traced(&policies) && (is_traced(&equilibrium.certificate) || !asked.is_preceded);
    let mut band_points = Vec::new();
    for lambda in band {
        let found = match others.iter().find(|(other, _)| *other == lambda) {
            Some((_, found)) => found.clone(),
            None => Ok((measure, is_headline_traced)),
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
    let as_of = looked_back.map(|(_, date)| as_of(template, &game, &base.arrival, date, taken));
    let mut all_caveats = as_of.iter().flat_map(|a| looking_back(scenario, a)).collect::<Vec<_>>();
    all_caveats.extend(on_branches(&equilibrium.certificate, &policies));
    all_caveats.extend(caveats);
    all_caveats.extend(on_nulls(&crisis, &asked, &effect, &spiral, &rules_change));
    let verdict = verdict(thresholds, &kind, measure);
    let [focal, reference] = policies;
    let findings = Findings {
        game: size(template),
        certificate: NamedCertificate {
            actors: scenario.actors.iter().map(|a| a.id.clone()).collect(),
            certificate: equilibrium.certificate,
        },
        policy_certificates: [focal.certificate, reference.certificate],
        question: in_names(scenario),
        as_of,
        outcome,
        verdict,
        effect,
        firsts: firsts(scenario, &kind),
        kind,
        rules_change,
        attribution,
        spiral,
        band: band_points,
        study: None,
        off_ramps: None,
        caveats: all_caveats,
    };
    Ok(Assessed { findings, profile: equilibrium.profile, hybrids })
}

pub(crate) fn size(template: &Template) -> GameSize {
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
