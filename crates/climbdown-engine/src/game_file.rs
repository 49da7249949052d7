//! Games of other tools: solving and converting `.efg` and `.nfg` files, writing them.

use std::fmt::Write;

use climbdown_report::profile::{FileNumber, Names};
use quantal::{Game, GameFile, NodeId, PlayerId, Seats};

use crate::stop::{NOT_A_GAME, Stop};
use crate::{Besides, Done, Form, Format, Options, Watch, World, numbers, solution, sources};

/// Solves a game file. Λ is per payoff range of each player; players and information sets keep the
/// file's own numbers.
pub fn solve(
    world: &dyn World,
    file: &str,
    form: Form,
    besides: &Besides,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Done, Stop> {
    let read = read(world, file, options)?;
    let game = read.game();
    let graph = game.graph();
    let precision = match options.lambda_raw {
        Some(raw) => (numbers::lambda(raw)?, vec![1.0; graph.n_players()]),
        None => (numbers::lambda(options.lambda.unwrap_or(5.0))?, payoff_ranges(game)),
    };
    let file_numbers: Vec<FileNumber> = graph
        .infosets()
        .map(|i| FileNumber {
            player: graph.infoset(i).player.index() + 1,
            infoset: read.infoset_number(i) as usize,
        })
        .collect();
    let names = Names::File(graph, &file_numbers);
    solution::done(game, &names, precision, form, besides, options, watch)
}

/// A game file in one of Gambit's formats; in the one it has, it stays as it is.
pub fn export(
    world: &dyn World,
    file: &str,
    to: Format,
    options: &Options,
    notes: &mut String,
) -> Result<Done, Stop> {
    let read = read(world, file, options)?;
    let budget = options.budget_nodes;
    let text = match (to, &read) {
        (Format::Efg, GameFile::Efg(read)) => {
            let written = read.write();
            warn(&written.warnings, notes);
            written.text
        }
        (Format::Efg, GameFile::Nfg(read)) => efg(&read.game, &read.title, budget, notes)?,
        (Format::Nfg(_), GameFile::Nfg(read)) => read.write(),
        (Format::Nfg(seats), GameFile::Efg(read)) => {
            nfg(&read.game, seats, &read.title, budget, notes)?
        }
        (Format::Json | Format::Dot | Format::Svg, _) => {
            return Err(Stop::Usage(format!(
                "`{file}` is a game: it can be written as efg or nfg, scenarios also as json, dot, svg"
            )));
        }
    };
    Ok(Done::text(text))
}

fn read(world: &dyn World, file: &str, options: &Options) -> Result<GameFile, Stop> {
    if !options.set.is_empty() || options.memory.is_some() {
        return Err(Stop::Usage(
            "--set and --memory are for scenarios, not for game files".to_owned(),
        ));
    }
    let source = sources::text(world, file)?;
    quantal::read_game(file, &source.text).map_err(|error| {
        let text = error.to_string();
        let message = text.split_once(": ").map_or(text.as_str(), |(_, message)| message);
        Stop::at(source.clone(), NOT_A_GAME, error.line, error.column, message)
    })
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
pub fn efg(game: &Game, title: &str, budget: usize, notes: &mut String) -> Result<String, Stop> {
    let written = quantal::write_efg(game, title, budget as u128).map_err(|large| {
        Stop::Unsolved(format!(
            "unrolled to a tree the game has {} nodes; --budget-nodes allows {}",
            large.n_nodes, large.budget
        ))
    })?;
    warn(&written.warnings, notes);
    Ok(written.text)
}

/// The game as `.nfg` text; what the format cannot hold is noted.
pub fn nfg(
    game: &Game,
    seats: Seats,
    title: &str,
    budget: usize,
    notes: &mut String,
) -> Result<String, Stop> {
    let form = quantal::strategic_form(game, seats, title, budget as u128).map_err(|large| {
        let n = match large.n_cells {
            u128::MAX => "more than 10^38".to_owned(),
            n if n >= 1_000_000_000_000 => format!("{:.1e}", n as f64),
            n => n.to_string(),
        };
        Stop::Unsolved(format!(
            "in strategic form the game has {n} combinations of plans; --budget-nodes allows {}",
            large.budget
        ))
    })?;
    let _ = writeln!(notes, "note: {WHAT_NFG_KEEPS}");
    if game.numbers().weights.iter().any(|&w| w != 1.0) {
        warn(&[quantal::EfgWarning::Weights], notes);
    }
    Ok(form.write())
}

/// What the strategic form of a game is good for.
const WHAT_NFG_KEEPS: &str = "the strategic form has the game's Nash equilibria and not its logit \
                              equilibrium, in which choices answer to values once they are reached";

fn warn(warnings: &[quantal::EfgWarning], notes: &mut String) {
    for warning in warnings {
        let _ = writeln!(notes, "warning: {warning}");
    }
}
