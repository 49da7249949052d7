//! What can be typed.

mod draws;

use clap::{Args, Parser, Subcommand, ValueEnum};
use climbdown_engine as engine;
use climbdown_engine::{Explain, Form, Request};

use draws::{Design, Groups, Layout, Vary, condition, method, number, one_or_more, shard};

/// Is this move a major escalation? Turns a crisis scenario into a game and solves it.
#[derive(Debug, Parser)]
#[command(name = "climbdown", version, about, max_term_width = 92)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    command: Command,
    /// How many threads; the answer is the same for any number.
    #[arg(long, global = true, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// No progress bar, no remarks; errors are still printed.
    #[arg(long, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the scenario's question.
    Assess {
        /// Scenario folder or scenario.toml.
        file: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        /// The answer at the file's values only: no study over the ranges, and not what the act consists of (WHY).
        #[arg(long)]
        quick: bool,
        /// Draws of the study over the ranges; 0 for no study.
        #[arg(long, value_name = "N", default_value_t = engine::DRAWS, value_parser = draws, conflicts_with = "quick")]
        draws: usize,
        /// As the answer stood at the end of this day, by the history.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// List everything wrong with a scenario, or odd about its model.
    Check {
        /// Scenario folder or scenario.toml.
        file: String,
        /// JSON instead of text.
        #[arg(long, conflicts_with = "table")]
        json: bool,
        /// Print moves, their codes and derived rungs, for a second coder.
        #[arg(long)]
        table: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Compute the equilibrium, with its certificate.
    Solve {
        /// Scenario folder, scenario.toml or game file (.efg, .nfg).
        file: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        /// Follow the branch of equilibria from lambda 0 to MAX.
        #[arg(long, value_name = "MAX", value_parser = above_zero, allow_negative_numbers = true)]
        trace: Option<f64>,
        /// Search for other equilibria from N random starts.
        #[arg(long, value_name = "N", value_parser = starts, allow_negative_numbers = true)]
        equilibria: Option<usize>,
        /// Follow the branch up until nobody would gain more than REGRET stakes by another move.
        #[arg(long, value_name = "REGRET", value_parser = above_zero, allow_negative_numbers = true)]
        limit: Option<f64>,
        #[command(flatten)]
        options: Options,
    },
    /// Print an intermediate, or the reasons behind a number.
    #[command(group(clap::ArgGroup::new("what").required(true).args(["at", "why"])))]
    Explain {
        /// Scenario folder or scenario.toml.
        file: String,
        /// An intermediate.
        #[arg(long, value_enum, value_name = "STAGE")]
        at: Option<Stage>,
        /// A node by its number, any name of the file, or any figure of the answer by its path in the JSON.
        #[arg(long, value_name = "NODE|NAME|PATH")]
        why: Option<String>,
        /// Draws of the study, for figures that come from one.
        #[arg(long, value_name = "N", default_value_t = engine::DRAWS, value_parser = draws)]
        draws: usize,
        #[command(flatten)]
        options: Options,
    },
    /// Play the scenario's history through the solved game: forecasts, beliefs, scores.
    Replay {
        /// Scenario folder or scenario.toml.
        file: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Print sampled crises in sentences, or write their steps to a table.
    Simulate {
        /// Scenario folder or scenario.toml.
        file: String,
        /// How many crises.
        #[arg(long, value_name = "N", default_value_t = 3)]
        paths: usize,
        /// The policy they are played under.
        #[arg(long, value_enum, default_value_t = Policy::Free)]
        policy: Policy,
        /// Write one row per step to this file, .csv or .parquet, instead of sentences.
        #[arg(long, value_name = "FILE")]
        out: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// Search the levers of a scenario for the cheapest changes that bring a risk down.
    Offramps {
        /// Scenario folder or scenario.toml.
        file: String,
        /// The risk, after the focal move: rungs.K or firebreaks.ID [default: the question's measure].
        #[arg(long, value_name = "MEASURE")]
        risk: Option<String>,
        /// The level it is to come under [default: its chance after the reference move; half its chance, if
        /// that is no lower].
        #[arg(long, value_name = "P", allow_negative_numbers = true)]
        below: Option<f64>,
        /// Draws over the ranges in which the least changes are tried again.
        #[arg(long, value_name = "N", default_value_t = engine::OFFRAMP_DRAWS, value_parser = again)]
        draws: usize,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Solve and measure many draws of the parameters, into a folder of Parquet files.
    Sweep {
        /// Scenario folder or scenario.toml.
        file: String,
        /// How many draws.
        #[arg(long, value_name = "N", value_parser = one_or_more, allow_negative_numbers = true)]
        draws: usize,
        /// The folder; what is there of the same sweep already is not made again.
        #[arg(long, value_name = "DIR")]
        out: String,
        #[command(flatten)]
        layout: Layout,
        /// Make only every N-th part, from the I-th; I counts from 1.
        #[arg(long, value_name = "I/N", value_parser = shard, default_value = "1/1")]
        shard: (usize, usize),
        /// Rows of a part; less is lost when it is stopped, more files are written.
        #[arg(long, value_name = "N", value_parser = one_or_more, default_value_t = engine::PART_ROWS)]
        part_rows: usize,
        #[command(flatten)]
        vary: Vary,
        #[command(flatten)]
        options: Options,
    },
    /// What the spread of one measure comes from, and where its cases lie, from many draws.
    Study {
        /// Scenario folder or scenario.toml.
        file: String,
        /// The folder of a sweep to read; without it draws are made.
        #[arg(long, value_name = "DIR", conflicts_with_all = ["draws", "vary", "only", "groups", "second_order"])]
        runs: Option<String>,
        /// Draws of its own sample; the other designs take their size from it.
        #[arg(long, value_name = "N", value_parser = one_or_more, default_value_t = engine::STUDY_DRAWS)]
        draws: usize,
        /// By which methods; all that fit without it.
        #[arg(long, value_name = "METHOD,...", value_delimiter = ',', value_parser = method)]
        method: Vec<engine::Method>,
        /// What is explained: a path into the JSON of assess.
        #[arg(long, value_name = "PATH", default_value = "effect.as_policy.measure.change")]
        measure: String,
        /// Explain whether the measure is above X instead of its value.
        #[arg(long, value_name = "X", value_parser = number, allow_negative_numbers = true)]
        above: Option<f64>,
        /// Only draws in which this holds: PATH>X or PATH<=X.
        #[arg(long = "where", value_name = "PATH>X", value_parser = condition)]
        among: Option<(String, bool, f64)>,
        /// Sobol indices of pairs, too.
        #[arg(long)]
        second_order: bool,
        /// What is moved together in Sobol and Morris designs.
        #[arg(long, value_name = "BY", value_enum, default_value = "inputs")]
        groups: Groups,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        vary: Vary,
        #[command(flatten)]
        options: Options,
    },
    /// Write the game for other tools, to standard output.
    Export {
        /// Scenario folder, scenario.toml or game file (.efg, .nfg).
        file: String,
        /// Format; a game file can be written as efg or nfg.
        #[arg(long, value_enum, value_name = "FORMAT")]
        to: Format,
        /// With nfg: one player for each information set.
        #[arg(long)]
        agents: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Compare two scenarios, or two moves of one: FILE:MOVE asks about another move of the same menu.
    Compare {
        /// Scenario folder or scenario.toml, with :MOVE behind it for another move in question.
        a: String,
        /// The one to compare it with.
        b: String,
        /// JSON instead of text.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Write a commented starter scenario that runs.
    New {
        /// Name of its folder, and its id.
        name: String,
    },
    /// Print the JSON Schema of scenario and ladder files, for editors.
    Schema {
        /// Of one kind of file only.
        #[arg(value_enum)]
        of: Option<Schema>,
    },
}

#[derive(Args, Clone, Debug)]
struct Options {
    /// Seed, for what is random.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Precision of choice, in stake units (of a game file: in payoff ranges).
    #[arg(long, value_name = "X")]
    lambda: Option<f64>,
    /// Precision of choice per unit of payoff, for everybody.
    #[arg(long, value_name = "X", conflicts_with = "lambda")]
    lambda_raw: Option<f64>,
    /// What actors remember.
    #[arg(long, value_enum)]
    memory: Option<Memory>,
    /// Give a parameter another value; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    set: Vec<(String, f64)>,
    /// Refuse games with more nodes than this.
    #[arg(long, value_name = "N", default_value_t = 500_000)]
    budget_nodes: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Memory {
    /// Where things stand.
    Situation,
    /// Everything seen and done.
    History,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stage {
    /// The text as a tree.
    Syntax,
    /// The scenario after checking.
    Scenario,
    /// The compiled game.
    Game,
    /// The equilibrium.
    Solution,
    /// The findings.
    Findings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    /// None: everybody plays freely.
    Free,
    /// The question's focal move is made.
    Focal,
    /// Its reference is made, and the focal move given up.
    Reference,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// The complete game.
    Json,
    /// Gambit's extensive form, unrolled to a tree.
    Efg,
    /// Gambit's strategic form, of small games: players choose whole plans.
    Nfg,
    /// Graphviz.
    Dot,
    /// A picture.
    Svg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Schema {
    /// Scenario files.
    Scenario,
    /// Ladder files.
    Ladder,
}

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=1024) => Ok(n),
        _ => Err("a number from 1 to 1024".to_owned()),
    }
}

fn draws(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ (0 | 16..=1_000_000)) => Ok(n),
        _ => Err("0 for no study, or a number from 16 to 1000000".to_owned()),
    }
}

fn again(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 0..=100_000) => Ok(n),
        _ => Err("a number from 0 to 100000".to_owned()),
    }
}

fn above_zero(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x > 0.0 && x.is_finite() => Ok(x),
        _ => Err("a number above 0".to_owned()),
    }
}

fn starts(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=100_000) => Ok(n),
        _ => Err("a number from 1 to 100000".to_owned()),
    }
}

fn assignment(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let value = value.trim().parse().map_err(|_| format!("`{value}` is not a number"))?;
    Ok((name.trim().to_owned(), value))
}

fn form(json: bool) -> Form {
    if json { Form::Json } else { Form::Text }
}

impl Options {
    fn of(&self) -> engine::Options {
        engine::Options {
            seed: self.seed,
            lambda: self.lambda,
            lambda_raw: self.lambda_raw,
            memory: self.memory.map(|memory| match memory {
                Memory::Situation => engine::Memory::Situation,
                Memory::History => engine::Memory::History,
            }),
            set: self.set.clone(),
            budget_nodes: self.budget_nodes,
            as_of: None,
        }
    }
}

impl Arguments {
    /// The request that was typed.
    pub fn request(&self) -> Request {
        match &self.command {
            Command::Assess { file, json, quick, draws, as_of, options } => Request::Assess {
                file: file.clone(),
                form: form(*json),
                draws: (!quick && as_of.is_none()).then_some(*draws),
                options: engine::Options { as_of: as_of.clone(), ..options.of() },
            },
            Command::Check { file, json, table, options } => Request::Check {
                file: file.clone(),
                show: match (json, table) {
                    (true, _) => engine::Check::Json,
                    (_, true) => engine::Check::Table,
                    _ => engine::Check::Text,
                },
                options: options.of(),
            },
            Command::Solve { file, json, trace, equilibria, limit, options } => Request::Solve {
                file: file.clone(),
                form: form(*json),
                besides: engine::Besides {
                    trace_to: *trace,
                    n_starts: *equilibria,
                    regret_bound: *limit,
                },
                options: options.of(),
            },
            Command::Explain { file, at, why, draws, options } => Request::Explain {
                file: file.clone(),
                what: match (at, why) {
                    (Some(Stage::Syntax), _) => Explain::At(engine::Stage::Syntax),
                    (Some(Stage::Scenario), _) => Explain::At(engine::Stage::Scenario),
                    (Some(Stage::Game), _) => Explain::At(engine::Stage::Game),
                    (Some(Stage::Solution), _) => Explain::At(engine::Stage::Solution),
                    (Some(Stage::Findings), _) => Explain::At(engine::Stage::Findings),
                    (None, why) => Explain::Why(why.clone().unwrap_or_default()),
                },
                draws: *draws,
                options: options.of(),
            },
            Command::Replay { file, json, options } => {
                Request::Replay { file: file.clone(), form: form(*json), options: options.of() }
            }
            Command::Simulate { file, paths, policy, out, options } => Request::Simulate {
                file: file.clone(),
                sampling: engine::Sampling {
                    n_paths: *paths,
                    policy: match policy {
                        Policy::Free => None,
                        Policy::Focal => Some(engine::Side::Focal),
                        Policy::Reference => Some(engine::Side::Reference),
                    },
                    out: out.clone(),
                },
                options: options.of(),
            },
            Command::Offramps { file, risk, below, draws, json, options } => Request::OffRamps {
                file: file.clone(),
                form: form(*json),
                risk: risk.clone(),
                below: *below,
                draws: *draws,
                options: options.of(),
            },
            Command::Sweep { file, draws, out, layout, shard, part_rows, vary, options } => {
                Request::Sweep {
                    file: file.clone(),
                    folder: out.clone(),
                    how: layout.of(*draws, vary, options.seed),
                    part_rows: *part_rows,
                    shard: *shard,
                    options: options.of(),
                }
            }
            Command::Study {
                file,
                runs,
                draws,
                method,
                measure,
                above,
                among,
                second_order,
                groups,
                json,
                vary,
                options,
            } => {
                let layout =
                    Layout { design: Design::Lhs, second_order: *second_order, groups: *groups };
                let mut methods = method.clone();
                if methods.is_empty() {
                    methods = engine::METHODS.iter().map(|(_, method)| *method).collect();
                }
                Request::Study {
                    file: file.clone(),
                    form: form(*json),
                    study: engine::Study {
                        asked: engine::Asked {
                            measure: measure.clone(),
                            of: above.map_or(engine::Of::Value, engine::Of::Exceeds),
                            among: among.clone(),
                        },
                        methods,
                        is_default: method.is_empty(),
                        runs: runs.clone(),
                        how: layout.of(*draws, vary, options.seed),
                    },
                    options: options.of(),
                }
            }
            Command::Export { file, to, agents, options } => Request::Export {
                file: file.clone(),
                to: match to {
                    Format::Json => engine::Format::Json,
                    Format::Efg => engine::Format::Efg,
                    Format::Nfg if *agents => engine::Format::Nfg(engine::Seats::Agents),
                    Format::Nfg => engine::Format::Nfg(engine::Seats::Players),
                    Format::Dot => engine::Format::Dot,
                    Format::Svg => engine::Format::Svg,
                },
                options: options.of(),
            },
            Command::Compare { a, b, json, options } => Request::Compare {
                a: a.clone(),
                b: b.clone(),
                form: form(*json),
                options: options.of(),
            },
            Command::New { name } => Request::New { name: name.clone() },
            Command::Schema { of } => Request::Schema(match of {
                None => engine::Schema::Both,
                Some(Schema::Scenario) => engine::Schema::Scenario,
                Some(Schema::Ladder) => engine::Schema::Ladder,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn set_takes_a_name_and_a_number() {
        assert_eq!(assignment("p_talks = 0.4"), Ok(("p_talks".to_owned(), 0.4)));
        assert!(assignment("p_talks").is_err());
        assert!(assignment("p_talks=much").is_err());
    }
}
