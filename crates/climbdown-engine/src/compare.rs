//! `compare`: two scenarios, or two moves of one, side by side.

use std::sync::Arc;

use climbdown_lang::scenario::MoveId;
use climbdown_report::RunInfo;
use climbdown_report::comparison::{Side, json, text};
use climbdown_study::compare::compare;
use climbdown_study::findings::Findings;

use crate::stop::Stop;
use crate::{Checked, Compiled, Done, Form, Options, Watch, World, numbers, sources};
use crate::{compile, findings, instantiate, read, run_info};

pub(crate) fn run(
    world: &dyn World,
    names: [&str; 2],
    form: Form,
    options: &Options,
    notes: &mut String,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let a = answered(world, names[0], options, notes, watch)?;
    let b = answered(world, names[1], options, notes, watch)?;
    let scenario = |x: &(Compiled, Findings, RunInfo)| Arc::clone(&x.0.checked.scenario);
    let (of_a, of_b) = (scenario(&a), scenario(&b));
    let found = compare((&of_a, &a.1), (&of_b, &b.1));
    let side_a = Side { name: names[0], scenario: &of_a, findings: &a.1, run: &a.2 };
    let side_b = Side { name: names[1], scenario: &of_b, findings: &b.1, run: &b.2 };
    Ok(Done::text(match form {
        Form::Text => text(&side_a, &side_b, &found),
        Form::Json => json(&side_a, &side_b, &found),
    }))
}

/// The quick answer to `name`: a scenario, or `SCENARIO:MOVE` for another move in question.
fn answered(
    world: &dyn World,
    name: &str,
    options: &Options,
    notes: &mut String,
    watch: Watch<'_>,
) -> Result<(Compiled, Findings, RunInfo), Stop> {
    let (file, made) = match name.rsplit_once(':') {
        Some((file, made)) if !made.contains(['/', '\\']) && !file.is_empty() => (file, Some(made)),
        _ => (name, None),
    };
    let checked = read(world, file)?;
    let checked = match made {
        Some(made) => asking_of(checked, made)?,
        None => checked,
    };
    let assignment = numbers::assign(&checked.scenario, &options.set, notes)?;
    let template = compile(&checked, options)?;
    let game = instantiate(&template, &assignment, &checked.map)?;
    let compiled = Compiled { checked, assignment, template, game };
    let found = findings(&compiled, options, watch)?;
    let run = run_info(&compiled, options);
    debug_assert!(!sources::is_game_file(file), "game files are not read as scenarios");
    Ok((compiled, found, run))
}

/// The same scenario with another move in question.
fn asking_of(checked: Checked, made: &str) -> Result<Checked, Stop> {
    let scenario = &checked.scenario;
    let question = &scenario.question;
    let menu = scenario.slots[question.slot.index()].menu;
    let open: Vec<usize> = (0..scenario.moves.len())
        .filter(|&m| scenario.moves[m].menus.contains(&menu) && m != question.reference.index())
        .collect();
    let Some(&at) = open.iter().find(|&&m| scenario.moves[m].id == made) else {
        let names: Vec<String> = open.iter().map(|&m| scenario.moves[m].id.clone()).collect();
        return Err(Stop::Usage(format!(
            "`{made}` is not a move that the question could be about{}; these are: {}",
            numbers::suggestion(made, &names),
            names.join(", ")
        )));
    };
    let mut scenario = scenario.as_ref().clone();
    let asked = MoveId::new(at);
    if scenario.question.focal_act == scenario.question.focal {
        scenario.question.focal_act = asked;
    }
    scenario.question.focal = asked;
    Ok(Checked { scenario: Arc::new(scenario), ..checked })
}
