//! `offramps`: the least changes of levers that bring a risk down.

use climbdown_lang::scenario::{Measure, Scenario};
use climbdown_report::offramps::Found;
use climbdown_study::offramps::{Search, measure_of, measures, path_of};

use crate::stop::Stop;
use crate::{Done, Form, Options, Told, World, compiled, how_to_assess, numbers, run_info};

pub(crate) fn run(
    world: &dyn World,
    file: &str,
    form: Form,
    (risk, below, draws): (Option<&str>, Option<f64>, usize),
    options: &Options,
    notes: &mut String,
    told: Told<'_>,
) -> Result<Done, Stop> {
    let c = compiled(world, file, options, notes)?;
    let scenario = &c.checked.scenario;
    if let Some(level) = below.filter(|level| !(0.0..=1.0).contains(level)) {
        let message = format!("--below: {level} is no probability; give a number from 0 to 1");
        return Err(Stop::Usage(message));
    }
    let risk = risk.map(|path| named(scenario, path)).transpose()?;
    let search = Search { risk, below, is_wide: true, draws, seed: options.seed };
    let how = how_to_assess(&c, true, options)?;
    let ramps = climbdown_study::off_ramps(&c.template, &c.assignment, &how, &search, told)
        .map_err(|why| Stop::unanswered(why, &c.checked.map))?;
    let run = run_info(&c, options);
    let found = Found { ramps: &ramps, scenario, run: &run, lambda: how.lambda };
    Ok(Done::text(match form {
        Form::Text => climbdown_report::offramps::text(&found),
        Form::Json => climbdown_report::wire::offramps::offramps(&found),
    }))
}

/// The risk with this path.
fn named(scenario: &Scenario, path: &str) -> Result<Measure, Stop> {
    measure_of(scenario, path).ok_or_else(|| {
        let known: Vec<String> =
            measures(scenario).into_iter().map(|m| path_of(scenario, m)).collect();
        let meant = numbers::suggestion(path, &known);
        Stop::Usage(format!(
            "--risk: there is no `{path}`{meant}; a risk is one of {}",
            known.join(", ")
        ))
    })
}
