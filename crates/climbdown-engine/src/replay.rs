//! `replay`: the scenario's history through the solved game.

use climbdown_lang::diagnostic::Diagnostic;
use climbdown_lang::episode::{Episode, episode, episode_as_of};
use climbdown_lang::scenario::Time;
use climbdown_lang::template::{Assignment, Template};
use climbdown_report::replay::Replayed;
use climbdown_study::replay::{Replay, ReplayOptions, replay};

use crate::stop::Stop;
use crate::{Compiled, Done, Form, Options, TOLERANCE, Watch, World, compiled, numbers};

/// A scenario without a history.
const NO_HISTORY: &str = "E094";

pub(crate) fn run(
    world: &dyn World,
    file: &str,
    form: Form,
    options: &Options,
    notes: &mut String,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let c = compiled(world, file, options, notes)?;
    let found = of(&c, options, watch)?;
    let run = crate::run_info(&c, options);
    let replayed = Replayed { replay: &found, scenario: &c.checked.scenario, run: &run };
    Ok(Done::text(match form {
        Form::Text => climbdown_report::replay::text(&replayed),
        Form::Json => climbdown_report::wire::replay::replay(&replayed),
    }))
}

/// The history of a scenario, forecast step by step.
pub(crate) fn of(c: &Compiled, options: &Options, watch: Watch<'_>) -> Result<Replay, Stop> {
    let episode = on_turns(c)?;
    if options.lambda_raw.is_some() {
        return Err(Stop::Usage(
            "--lambda-raw is for solve and export: a replay counts in stakes".to_owned(),
        ));
    }
    let lambda = numbers::lambda(options.lambda.unwrap_or(c.checked.scenario.lambda))?.get();
    let how = ReplayOptions { lambda, tolerance: TOLERANCE };
    replay(&c.template, &c.assignment, &episode, how, watch)
        .map_err(|why| Stop::unanswered(why, &c.checked.map))
}

/// The history on the turns of the game.
fn on_turns(c: &Compiled) -> Result<Episode, Stop> {
    needs_history(c, "there is nothing to replay")?;
    episode(&c.template, &c.game).map_err(|found| Stop::wrong(found, c.checked.map.clone()))
}

/// The history as it was known at the end of a day, written year-month-day.
pub(crate) fn known_by(c: &Compiled, date: &str) -> Result<Episode, Stop> {
    needs_history(c, "nothing is known of any date")?;
    let time = &c.checked.scenario.time;
    let day = Time::day(date).ok_or_else(|| {
        Stop::Usage(format!(
            "--as-of: `{date}` is not a date; write year-month-day, as {}",
            time.start
        ))
    })?;
    if !time.holds(day) {
        return Err(Stop::Usage(format!(
            "--as-of: {day} is outside the time of the game, which is from {} to {}",
            time.start,
            time.last_day()
        )));
    }
    episode_as_of(&c.template, &c.game, day)
        .map_err(|found| Stop::wrong(found, c.checked.map.clone()))
}

fn needs_history(c: &Compiled, why: &str) -> Result<(), Stop> {
    if c.checked.scenario.history.is_some() {
        return Ok(());
    }
    let name = c.checked.map.files.first().map_or("", |f| f.name.as_str());
    let help = "add `[history]` with `file = \"history.csv\"` and the file beside the scenario";
    let message = format!("the scenario names no history, so {why}");
    Err(Stop::file(name, NO_HISTORY, message, Some(help.to_owned())))
}

/// Rows of the history that the game, at the file's values, has no place for.
pub(crate) fn misplaced_rows(template: &Template) -> Vec<Diagnostic> {
    let Ok(game) = template.instantiate(&Assignment::point(&template.scenario)) else {
        return Vec::new();
    };
    episode(template, &game).err().unwrap_or_default()
}
