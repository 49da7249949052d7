//! Probabilities: within 0 and 1, summing to 1, and nowhere impossible to one who acts on them.

use super::Context;
use super::usage::all_pays;
use crate::constant::Numbers;
use crate::expr::Expr;
use crate::names;
use crate::scenario::{ActorId, Scenario};
use crate::source::Span;

/// Rounding in a sum of probabilities.
const TOLERANCE: f64 = 1e-9;

/// A probability, or those of several values.
pub(super) struct Spread {
    pub(super) span: Span,
    /// "the probability of `resolve`".
    pub(super) what: String,
    pub(super) exprs: Vec<Expr>,
    /// The values, if they exclude each other and one of them holds; else empty.
    pub(super) names: Vec<String>,
    /// What to do if they do not sum to 1.
    pub(super) help: &'static str,
}

/// What analyst and actors think of one draw.
pub(super) struct Views {
    pub(super) span: Span,
    pub(super) values: Vec<String>,
    pub(super) analyst: Vec<Expr>,
    pub(super) believed: Vec<(ActorId, Vec<Expr>, Span)>,
}

impl Context<'_> {
    /// Checks everything that is a number: probabilities, stakes, values that must be finite.
    pub(super) fn probabilities(&mut self, scenario: &Scenario) {
        let numbers = Numbers::new(&scenario.parameters, &scenario.quantities);
        for quantity in &scenario.quantities {
            if numbers.at_point(&quantity.value).is_some_and(|x| !x.is_finite()) {
                let message = format!("`{}` is not a finite number", quantity.name);
                let help = "at the point values it divides by zero, or overflows".to_owned();
                self.report.advise("E045", quantity.span, message, help);
            }
        }
        for term in all_pays(scenario) {
            if numbers.at_point(&term.value).is_some_and(|x| !x.is_finite()) {
                let help = "at the point values it divides by zero, or overflows".to_owned();
                self.report.advise("E045", term.span, "this payoff is not a finite number", help);
            }
        }
        for (stake, span) in std::mem::take(&mut self.stakes) {
            if numbers.at_point(&stake).is_some_and(|x| x <= 0.0 || !x.is_finite()) {
                let help = "it is the payoff difference that counts as large in an ordinary \
                            decision of this crisis";
                self.report.advise("E046", span, "a stake is above 0", help.to_owned());
            }
        }
        for spread in std::mem::take(&mut self.spreads) {
            self.spread_is_sound(&spread, &numbers);
        }
        for views in std::mem::take(&mut self.views) {
            self.nothing_impossible(&views, &numbers);
        }
    }

    fn spread_is_sound(&mut self, spread: &Spread, numbers: &Numbers<'_>) {
        let point: Option<Vec<f64>> = spread.exprs.iter().map(|e| numbers.at_point(e)).collect();
        let Some(point) = point else { return };
        if let Some((code, message)) = problem(spread, &point) {
            let help = if code == "E040" {
                spread.help
            } else if !spread.names.is_empty() && point.iter().any(|x| *x < 0.0) {
                "the other values sum to more than 1"
            } else {
                "probabilities and shares lie between 0 and 1"
            };
            self.report.advise(code, spread.span, message, help.to_owned());
            return;
        }
        let mut worst = None;
        numbers.over_ranges(&spread.exprs, &mut |values, corner| {
            worst = problem(spread, values).map(|(_, message)| (message, corner()));
            worst.is_none()
        });
        if let Some((message, corner)) = worst {
            let help = "narrow a range, or bound it: `min(1, …)`, `max(0, …)`".to_owned();
            self.report.advise("E042", spread.span, format!("{message} at {corner}"), help);
        }
    }

    /// What one viewer holds possible, every actor must hold possible.
    fn nothing_impossible(&mut self, views: &Views, numbers: &Numbers<'_>) {
        let values = |exprs: &[Expr]| -> Option<Vec<f64>> {
            exprs.iter().map(|e| numbers.at_point(e)).collect()
        };
        let Some(analyst) = values(&views.analyst) else { return };
        let believed: Vec<Option<Vec<f64>>> =
            views.believed.iter().map(|(_, exprs, _)| values(exprs)).collect();
        let everybody_lists = views.believed.len() == self.names.actors.len();
        for (at, value) in views.values.iter().enumerate() {
            let possible_to = |list: &Option<Vec<f64>>| list.as_ref().is_some_and(|l| l[at] > 0.0);
            let holder = views.believed.iter().zip(&believed).find(|(_, l)| possible_to(l));
            let holder = match holder {
                _ if analyst[at] > 0.0 => "the analyst".to_owned(),
                Some(((actor, ..), _)) => self.names.actors[actor.index()].clone(),
                None => continue,
            };
            for ((actor, _, span), list) in views.believed.iter().zip(&believed) {
                if list.as_ref().is_some_and(|l| l[at] <= 0.0) {
                    let actor = &self.names.actors[actor.index()];
                    let message =
                        format!("{actor} holds {value} impossible, and {holder} does not");
                    let help = "give it a small probability: nobody can act on what is impossible";
                    self.report.advise("E043", *span, message, help.to_owned());
                }
            }
            // Actors who are not listed hold the analyst's probabilities.
            if analyst[at] <= 0.0 && !everybody_lists {
                let message = format!(
                    "the analyst holds {value} impossible, and so do actors not under `believed`; \
                     {holder} does not"
                );
                let help = "list every actor under `believed`, or give it a small probability";
                self.report.advise("E043", views.span, message, help.to_owned());
            }
        }
    }
}

/// What is wrong with some probabilities.
fn problem(spread: &Spread, values: &[f64]) -> Option<(&'static str, String)> {
    let outside = |x: &f64| !(-TOLERANCE..=1.0 + TOLERANCE).contains(x);
    if let Some(at) = values.iter().position(outside) {
        let value = spread.names.get(at).map_or(String::new(), |name| format!(" (`{name}`)"));
        return Some(("E041", format!("{}{value} is {}", spread.what, short(values[at]))));
    }
    let sum: f64 = values.iter().sum();
    if spread.names.is_empty() || (sum - 1.0).abs() <= TOLERANCE {
        return None;
    }
    let all = names::list(&spread.names);
    Some(("E040", format!("probabilities of {all} sum to {}", short(sum))))
}

/// A number for people.
fn short(x: f64) -> String {
    let rounded = (x * 1e6).round() / 1e6;
    format!("{rounded}")
}
