//! What to be careful about, in sentences; first of all whether the headline was followed from Λ = 0.

use quantal::{Branch, Certificate, Lambda, Unsolved};

use crate::crisis::Crisis;
use climbdown_lang::scenario::Scenario;

use crate::findings::{AsOf, Caveat, Effect, RulesChange, Spiral};
use crate::policy::{Policy, SIDES};
use crate::question::Asked;
use crate::replay::sets_of_games;

fn caveat(about: &str, text: String) -> Caveat {
    Caveat { about: Some(about.to_string()), text }
}

/// On an answer as of a date.
pub(crate) fn looking_back(scenario: &Scenario, as_of: &AsOf) -> Vec<Caveat> {
    let mut all = Vec::new();
    if as_of.left_out > 0 {
        let (turns, them) = if as_of.left_out == 1 { ("turn", "it") } else { ("turns", "them") };
        all.push(caveat(
            "run.as_of",
            format!(
                "By {} the question's turn had begun: what the history says of {} {turns} from there \
                 on is not used, and the answer is the one that stood before {them}.",
                as_of.date, as_of.left_out
            ),
        ));
    }
    if !sets_of_games(scenario).is_empty() {
        let text = "Rival explanations that fix parameters are not weighed by what was observed: the \
                    numbers of the file hold.";
        all.push(caveat("run.as_of", text.to_string()));
    }
    all
}

/// On games that were not simply followed from Λ = 0.
pub(crate) fn on_branches(base: &Certificate, policies: &[Policy; 2]) -> Vec<Caveat> {
    let sides = SIDES.iter().zip(policies).map(|(side, p)| (side.name(), &p.certificate));
    let games = [("base game", base)].into_iter().chain(sides);
    games
        .filter_map(|(name, certificate)| {
            let what = misgiving(certificate.branch)?;
            Some(caveat("certificate", format!("The {name} {what}.")))
        })
        .collect()
}

/// What is to be said of a game that was not simply followed from Λ = 0: "The game …".
pub(crate) fn misgiving(branch: Branch) -> Option<String> {
    match branch {
        Branch::Traced => None,
        Branch::WarmUnverified => Some(
            "could not be followed from Λ = 0; its equilibrium is a fixed point, and another may \
             be the principal one"
                .to_string(),
        ),
        Branch::FirstCrossingOf(n) => Some(format!(
            "folds on the way from Λ = 0; its equilibrium is the first of {n} at this Λ"
        )),
        Branch::SelectionUndetermined => Some(
            "bifurcates below this Λ: which equilibrium is played is not determined by the model"
                .to_string(),
        ),
    }
}

/// Why a game did not solve: "It did not solve: …".
pub(crate) fn not_solved(why: &Unsolved) -> String {
    match why {
        Unsolved::NotConverged { reached, .. } => format!("it converged up to Λ = {reached} only"),
        Unsolved::Cancelled => "it was stopped".to_string(),
    }
}

/// On a Λ of the band that has no answer.
pub(crate) fn about_band(lambda: Lambda, why: &Unsolved) -> Caveat {
    let why = not_solved(why);
    caveat("band", format!("A game of the band at Λ = {} did not solve: {why}.", lambda.get()))
}

/// On every figure that is null, and on a ban that could not be kept.
pub(crate) fn on_nulls(
    crisis: &Crisis<'_>,
    asked: &Asked,
    effect: &Effect,
    spiral: &Spiral,
    rules: &RulesChange,
) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    if asked.n_kept > 0 {
        let text = format!(
            "In {} situations the focal move is all its seat can do, so the reference policy leaves \
             it there.",
            asked.n_kept
        );
        caveats.push(caveat("effect.as_policy", text));
    }
    if effect.if_they_do_it.is_none() {
        let text = "One of the two moves is never made in equilibrium, so nothing can be learnt \
                    from it."
            .to_string();
        caveats.push(caveat("effect.if_they_do_it", text));
    }
    if rules.total.is_none() {
        let text = "No other seat has a turn after the question's.".to_string();
        caveats.push(caveat("rules_change.total", text));
    }
    if crisis.escalatory_rung.is_none() {
        let text = "The ladder has no rung above the start rung, so no act is escalatory.";
        caveats.push(caveat("spiral.ratio", text.to_string()));
    } else if spiral.ratio.is_none() {
        let text = "With fewer than two stages there is no round of replies.".to_string();
        caveats.push(caveat("spiral.ratio", text));
    } else if spiral.focal.is_none() {
        let text =
            "Fewer than two stages remain after the question, too few for a round of replies.";
        caveats.push(caveat("spiral.focal", text.to_string()));
    }
    caveats
}
