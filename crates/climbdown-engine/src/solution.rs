//! One game solved, with what was asked beside its equilibrium, as text or JSON.

use climbdown_report::profile::Names;
use climbdown_report::wire::solution::SolutionJson;
use climbdown_study::solution::{SolutionOptions, solution};
use quantal::{Game, Lambda};

use crate::numbers::{self, LARGEST_LAMBDA};
use crate::stop::Stop;
use crate::{Besides, Done, Form, MAX_STEPS, Options, Output, TOLERANCE, Watch};

/// Most starts of a search for other equilibria.
const MOST_STARTS: usize = 100_000;

/// Solves `game` at the precision given (Λ, and the units it counts in) and says it.
pub fn done(
    game: &Game,
    names: &Names<'_>,
    (lambda, units): (Lambda, Vec<f64>),
    form: Form,
    besides: &Besides,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let how = SolutionOptions {
        lambda,
        units,
        tolerance: TOLERANCE,
        max_steps: MAX_STEPS,
        trace_to: besides.trace_to.map(furthest).transpose()?,
        search: match besides.n_starts {
            Some(n @ 1..=MOST_STARTS) => Some((n, options.seed)),
            None => None,
            Some(n) => {
                return Err(Stop::Usage(format!(
                    "a search has from 1 to {MOST_STARTS} starts, and {n} is not"
                )));
            }
        },
        limit: besides.regret_bound.map(bound).transpose()?,
    };
    let found = solution(game, &how, watch).map_err(|why| Stop::unsolved("the game", &why))?;
    Ok(match form {
        Form::Text => Done::text(climbdown_report::solution::text(names, &found)),
        Form::Json => {
            let json = Box::new(SolutionJson::new(names, &found));
            Done { output: Output::Solution(json), ..Done::text(String::new()) }
        }
    })
}

/// How far to follow the branch.
fn furthest(max: f64) -> Result<Lambda, Stop> {
    if max > 0.0 {
        return numbers::lambda(max);
    }
    Err(Stop::Usage(format!("the branch is followed to a lambda above 0, and {max} is not")))
}

/// A regret to be reached, and the Λ beyond which it is not looked for.
fn bound(regret: f64) -> Result<(f64, Lambda), Stop> {
    if regret > 0.0 && regret.is_finite() {
        return Ok((regret, numbers::lambda(LARGEST_LAMBDA)?));
    }
    Err(Stop::Usage(format!("a bound on regret is a number above 0, and {regret} is not")))
}
