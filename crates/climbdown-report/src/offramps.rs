//! Off-ramps for people: the least changes that bring a risk down, then every option.

use climbdown_lang::scenario::Scenario;
use climbdown_study::offramps::{Level, LeverTaken, OffRamp, OffRamps};
use quantal::Branch;

use crate::layout::{heading, push, wrap};
use crate::number::{change, given, plain, probability, share};
use crate::{RunInfo, number, words};

/// What was found, and all that its report quotes.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The off-ramps.
    pub ramps: &'a OffRamps,
    /// Of what.
    pub scenario: &'a Scenario,
    /// How it was run.
    pub run: &'a RunInfo,
    /// At which Λ.
    pub lambda: f64,
}

/// Least changes that the sentence of an answer names.
const NAMED: usize = 4;

/// The whole report.
#[must_use]
pub fn text(found: &Found<'_>) -> String {
    let Found { ramps, scenario, run, lambda } = found;
    let mut out = heading(&scenario.title, &scenario.id);
    out.push('\n');
    out.push_str(&section(ramps, scenario, usize::MAX));
    if scenario.levers.is_empty() {
        return out;
    }
    if !ramps.options.is_empty() {
        out.push('\n');
        out.push_str(&table(ramps, scenario));
    }
    for (levers, why) in &ramps.untried {
        out.push_str(&wrap("  ", "    ", &format!("{}: no answer: {why}.", ids(levers))));
    }
    out.push('\n');
    let solved = ramps.options.iter().map(|o| o.certificate.residual).fold(0.0, f64::max);
    let draws = if ramps.draws == 0 {
        "no draws".to_owned()
    } else {
        format!("{} draws, {} failed", ramps.draws, ramps.failed_draws)
    };
    let checked = format!(
        "{} solved to {} at lambda {} (units: stakes). {draws}. seed {}. scenario sha {}.",
        number::of(ramps.options.len(), "option"),
        number::tiny(solved),
        given(*lambda),
        run.seed,
        &run.sha256.get(..12).unwrap_or(&run.sha256),
    );
    out.push_str(&wrap("CHECKED   ", "  ", &checked));
    for option in ramps.options.iter().filter(|o| o.certificate.branch != Branch::Traced) {
        let branch = words::branch_sentence(option.certificate.branch);
        out.push_str(&wrap("CAUTION   ", "  ", &format!("{}: {branch}", ids(&option.levers))));
    }
    out
}

/// The section: what brings the risk down, at most `most` ways; empty if the scenario has no levers.
#[must_use]
pub fn section(ramps: &OffRamps, scenario: &Scenario, most: usize) -> String {
    let focal = &scenario.moves[scenario.question.focal.index()].id;
    let reference = &scenario.moves[scenario.question.reference.index()].id;
    let what = words::measure(scenario, ramps.risk);
    if scenario.levers.is_empty() {
        return wrap(
            "A WAY BACK DOWN   ",
            "  ",
            "The scenario declares no levers, so there is nothing to offer (`[levers.ID]`).",
        );
    }
    let level = match ramps.level {
        Level::Given => String::new(),
        Level::Reference => format!(", as under \"{reference}\""),
        Level::HalfOfFocal => ", half of that".to_owned(),
    };
    let aim = format!(
        "to bring the chance of {what} after \"{focal}\" from {} to under {}{level}",
        probability(ramps.without),
        probability(ramps.below),
    );
    let least = ramps.least_changes();
    let mut out = wrap("A WAY BACK DOWN   ", "  ", &aim);
    if least.is_empty() {
        let whole = if ramps.is_wide {
            "no lever and no pair of levers is enough"
        } else {
            "no whole lever alone is enough"
        };
        let text = match ramps.lowest() {
            Some(lowest) => format!(
                "Under this model {whole}. The furthest goes {}, to {}.",
                described(lowest, scenario),
                probability(lowest.risk),
            ),
            None => format!("Under this model {whole}, and none lowers it at all."),
        };
        out.push_str(&wrap("  ", "  ", &text));
    }
    for option in least.iter().take(most) {
        let draws = option
            .share_of_draws
            .map_or(String::new(), |s| format!("; in {} draws it is enough", share(s)));
        let text =
            format!("to {}: {}{draws}", probability(option.risk), described(option, scenario));
        out.push_str(&wrap("  ", "      ", &text));
    }
    if least.len() > most {
        out.push_str(&wrap("  ", "  ", &format!("and {} more.", least.len() - most)));
    }
    if let Some(without) = ramps.share_without {
        let text = format!(
            "Without any lever it is under that level in {} draws over the ranges.",
            share(without)
        );
        out.push_str(&wrap("  ", "  ", &text));
    }
    out
}

/// The section of an answer.
pub(crate) fn short(ramps: Option<&OffRamps>, scenario: &Scenario) -> String {
    match ramps {
        Some(ramps) if !scenario.levers.is_empty() => {
            let more = "Whole levers one at a time, solved from the policy without them; `climbdown \
                        offramps` follows each from lambda 0 and tries steps, pairs and draws.";
            format!("{}{}", section(ramps, scenario, NAMED), wrap("  ", "  ", more))
        }
        _ => String::new(),
    }
}

/// Levers in words, who pays, who would offer.
fn described(option: &OffRamp, scenario: &Scenario) -> String {
    let lever = |taken: &LeverTaken| {
        let text = scenario.levers.iter().find(|l| l.id == taken.id).map(|l| l.text.as_str());
        let text = text.filter(|t| !t.is_empty()).map_or(String::new(), |t| format!(" ({t})"));
        format!("{}{text}", id(taken))
    };
    let levers: Vec<String> = option.levers.iter().map(lever).collect();
    let pays: Vec<String> = option
        .costs
        .iter()
        .map(|(actor, cost)| {
            format!("{} pays {}", words::actor_name(scenario, actor), plain(*cost))
        })
        .collect();
    let pays = if pays.is_empty() { "no declared cost".to_owned() } else { pays.join(", ") };
    format!("{}: {pays}; {}", levers.join(" and "), offered(option, scenario))
}

fn offered(option: &OffRamp, scenario: &Scenario) -> String {
    let mut who: Vec<&str> = Vec::new();
    for lever in &option.levers {
        let Some(seat) = &lever.offered_by else { return "nobody is named to offer it".to_owned() };
        let name = words::seat_name(scenario, seat);
        if !who.contains(&name) {
            who.push(name);
        }
    }
    let who = who.join(" and ");
    match option.would_offer {
        Some(true) => format!("{who} would offer it"),
        Some(false) => format!("{who} would not offer it"),
        None => format!("offered by {who}, but it is not certain who decides there then"),
    }
}

fn id(taken: &LeverTaken) -> String {
    if taken.steps == taken.of {
        taken.id.clone()
    } else {
        format!("{} {}/{}", taken.id, taken.steps, taken.of)
    }
}

fn ids(levers: &[LeverTaken]) -> String {
    levers.iter().map(id).collect::<Vec<_>>().join(" + ")
}

/// Every option, two lines each.
fn table(ramps: &OffRamps, scenario: &Scenario) -> String {
    let mut out = wrap(
        "EVERY OPTION   ",
        "  ",
        "* = no other option, and not doing nothing, is at least as good in risk and in every actor's cost; \
         payoff = change by the actor's own beliefs, its cost not counted",
    );
    let head = format!("  {:<40}{:>12}{:>10}{:>10}  would offer", "", "from", "risk", "change");
    push(&mut out, &head);
    for option in &ramps.options {
        let stage = option.levers[0].from.unwrap_or(scenario.question.stage);
        let would = match option.would_offer {
            Some(true) => "yes",
            Some(false) => "no",
            None => "-",
        };
        let mark = if option.is_on_front { "*" } else { " " };
        let line = format!(
            "{mark} {:<40}{:>12}{:>10}{:>10}  {would}",
            ids(&option.levers),
            scenario.time.date(stage).to_string(),
            probability(option.risk),
            change(option.risk - ramps.without),
        );
        push(&mut out, &line);
        let costs: Vec<String> =
            option.costs.iter().map(|(actor, cost)| format!("{actor} {}", plain(*cost))).collect();
        let costs = if costs.is_empty() { "none".to_owned() } else { costs.join(", ") };
        let gain = |(actor, x): &(String, Option<f64>)| {
            format!("{actor} {}", x.map_or("-".to_owned(), change))
        };
        let payoffs: Vec<String> = option.payoffs.iter().map(gain).collect();
        let text = format!("cost: {costs}; payoff: {}", payoffs.join(", "));
        out.push_str(&wrap("      ", "        ", &text));
    }
    out
}
