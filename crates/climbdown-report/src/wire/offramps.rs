//! The JSON of `offramps`, and its parts in that of `assess`: options, and how they were searched for.

use climbdown_lang::scenario::Scenario;
use climbdown_study::offramps::{Level, LeverTaken, OffRamp, OffRamps, path_of};
use serde_json::{Value, json};

use super::{headed, pretty};
use crate::offramps::Found;
use crate::words;

/// What `climbdown offramps --json` prints.
#[must_use]
pub fn offramps(found: &Found<'_>) -> String {
    let Found { ramps, scenario, run, lambda } = found;
    let more = json!({"draws": ramps.draws, "failed_draws": ramps.failed_draws});
    let rest = json!({
        "off_ramp_search": search(ramps, scenario),
        "off_ramps": options(ramps, scenario),
        "caveats": unknown(Some(ramps)).into_iter().map(|(about, text)| json!({
            "about": about,
            "text": text,
        })).collect::<Vec<_>>(),
    });
    pretty(&headed((scenario, run), (*lambda, more), rest))
}

/// `off_ramp_search`.
pub(super) fn search(found: &OffRamps, scenario: &Scenario) -> Value {
    json!({
        "risk": path_of(scenario, found.risk),
        "below": found.below,
        "level": match found.level {
            Level::Given => "given",
            Level::Reference => "reference",
            Level::HalfOfFocal => "half_of_focal",
        },
        "without": found.without,
        "pairs_and_steps": found.is_wide,
        "draws": found.draws,
        "failed_draws": found.failed_draws,
        "share_without": found.share_without,
        "untried": found.untried.iter().map(|(levers, why)| json!({
            "levers": taken(levers),
            "why": why,
        })).collect::<Vec<_>>(),
    })
}

/// `off_ramps`.
pub(super) fn options(found: &OffRamps, scenario: &Scenario) -> Value {
    found.options.iter().map(|option| one(found, option, scenario)).collect()
}

fn one(found: &OffRamps, option: &OffRamp, scenario: &Scenario) -> Value {
    let costs = option.costs.iter().map(|(actor, cost)| (actor.clone(), json!(cost))).collect();
    let first = option.levers.first();
    let seats: Vec<&Option<String>> = option.levers.iter().map(|l| &l.offered_by).collect();
    let is_one_seat = seats.windows(2).all(|pair| pair[0] == pair[1]);
    json!({
        "levers": taken(&option.levers),
        "from": first.map(|lever| from(lever, scenario)),
        "offered_by": if is_one_seat { json!(first.and_then(|l| l.offered_by.clone())) } else { Value::Null },
        "offers": option.levers.iter().map(|lever| json!({
            "lever": lever.id,
            "from": from(lever, scenario),
            "offered_by": lever.offered_by,
            "offerer": lever.offerer,
        })).collect::<Vec<_>>(),
        "risk": option.risk,
        "is_below": option.risk < found.below,
        "costs": Value::Object(costs),
        "payoffs": option.payoffs.iter().map(|(actor, change)| json!({
            "actor": actor,
            "by_own_beliefs": change,
        })).collect::<Vec<_>>(),
        "would_offer": option.would_offer,
        "on_front": option.is_on_front,
        "share_of_draws": option.share_of_draws,
        "branch": words::branch(option.certificate.branch),
        "residual": option.certificate.residual,
    })
}

/// Levers with the share of each that is taken.
fn taken(levers: &[LeverTaken]) -> Value {
    let share = |l: &LeverTaken| (l.id.clone(), json!(f64::from(l.steps) / f64::from(l.of)));
    Value::Object(levers.iter().map(share).collect())
}

fn from(lever: &LeverTaken, scenario: &Scenario) -> String {
    let stage = lever.from.unwrap_or(scenario.question.stage);
    scenario.time.date(stage).to_string()
}

/// Which keys are `null` somewhere, and why.
pub(super) fn unknown(found: Option<&OffRamps>) -> Vec<(&'static str, &'static str)> {
    let Some(found) = found else { return Vec::new() };
    let any = |is: fn(&OffRamp) -> bool| found.options.iter().any(is);
    let mut all = Vec::new();
    if any(|o| o.levers.iter().any(|l| l.offered_by.is_none()) || o.levers.len() > 1) {
        all.push((
            "offered_by",
            "Nobody is named to offer this lever, or two seats would have to.",
        ));
    }
    if any(|o| o.levers.iter().any(|l| l.offerer.is_none())) {
        all.push(("offerer", "No seat is named, or it is not certain who holds it then."));
    }
    if any(|o| o.would_offer.is_none()) {
        all.push(("would_offer", "It is not known who would have to offer every lever."));
    }
    if any(|o| o.payoffs.iter().any(|(_, change)| change.is_none())) {
        all.push(("by_own_beliefs", "The actor holds it impossible to be there at all."));
    }
    if any(|o| o.share_of_draws.is_none()) {
        all.push((
            "share_of_draws",
            "Only the least changes are tried again in draws, by `climbdown offramps`.",
        ));
    }
    if found.share_without.is_none() {
        all.push(("share_without", "No draws were made over the ranges."));
    }
    all
}
