//! Games of other tools: solving `.efg` files, writing `.efg` text.

use std::fmt::Write;

use climbdown_report::profile::{self, FileNumber};
use quantal::{Game, NodeId, PlayerId, SolveOptions};

use crate::stop::{NOT_EFG, Stop};
use crate::{Done, Form, MAX_STEPS, Options, TOLERANCE, Watch, World, numbers, sources};

/// Solves a game file. Λ is per payoff range of each player; players and information sets keep the
/// file's own numbers.
pub fn solve(
    world: &dyn World,
    file: &str,
    form: Form,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    if file.ends_with(".nfg") {
        return Err(Stop::Usage(format!(
            "`{file}`: games in strategic form are not read, only .efg"
        )));
    }
    if !options.set.is_empty() || options.memory.is_some() {
        return Err(Stop::Usage(
            "--set and --memory are for scenarios, not for game files".to_owned(),
        ));
    }
    let source = sources::text(world, file)?;
    let read = quantal::read_efg(&source.text).map_err(|error| {
        let text = error.to_string();
        let message = text.split_once(": ").map_or(text.as_str(), |(_, message)| message);
        Stop::at(source.clone(), NOT_EFG, error.line, error.column, message)
    })?;
    let (lambda, units) = match options.lambda_raw {
        Some(raw) => (numbers::lambda(raw)?, vec![1.0; read.game.graph().n_players()]),
        None => (numbers::lambda(options.lambda.unwrap_or(5.0))?, payoff_ranges(&read.game)),
    };
    let how = SolveOptions { tolerance: TOLERANCE, max_steps: MAX_STEPS, trace: true, start: None };
    let equilibrium =
        quantal::solve(&read.game, lambda, &units, &how, &mut |p| watch("solving", p))
            .map_err(|unsolved| Stop::unsolved("the game", &unsolved))?;
    let graph = read.game.graph();
    let file_numbers: Vec<FileNumber> = graph
        .infosets()
        .map(|i| FileNumber {
            player: graph.infoset(i).player.index() + 1,
            infoset: read.infoset_numbers[i.index()] as usize,
        })
        .collect();
    Ok(Done::text(match form {
        Form::Text => profile::file_text(graph, &file_numbers, &equilibrium),
        Form::Json => profile::file_json(graph, &file_numbers, &equilibrium),
    }))
}

/// Largest minus smallest sum of payoffs along a path, per player; 1 for a player to whom nothing
/// makes a difference.
fn payoff_ranges(game: &Game) -> Vec<f64> {
    let graph = game.graph();
    (0..graph.n_players())
        .map(PlayerId::new)
        .map(|player| {
            let mut ahead = vec![(0.0f64, 0.0f64); graph.n_nodes()];
            for node in graph.nodes().rev() {
                let end = game.terminal_payoff(node, player);
                ahead[node.index()] = graph
                    .edges(node)
                    .map(|edge| {
                        let (low, high) = ahead[graph.to(edge).index()];
                        let paid = game.edge_payoff(edge, player);
                        (paid + low, paid + high)
                    })
                    .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
                    .unwrap_or((end, end));
            }
            let (low, high) = ahead.get(NodeId(0).index()).copied().unwrap_or((0.0, 0.0));
            if high > low { high - low } else { 1.0 }
        })
        .collect()
}

/// The game as `.efg` text, unrolled to a tree; what the format cannot hold is noted.
pub fn write(game: &Game, title: &str, budget: usize, notes: &mut String) -> Result<String, Stop> {
    let written = quantal::write_efg(game, title, budget as u128).map_err(|large| {
        Stop::Unsolved(format!(
            "unrolled to a tree the game has {} nodes; --budget-nodes allows {}",
            large.n_nodes, large.budget
        ))
    })?;
    for warning in &written.warnings {
        let _ = writeln!(notes, "warning: {warning}");
    }
    Ok(written.text)
}
