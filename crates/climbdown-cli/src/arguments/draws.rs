//! Draws, as they can be typed: how they are spread, what is varied, which part is made.

use clap::{Args, ValueEnum};
use climbdown_engine as engine;

/// How draws are spread.
#[derive(Args, Clone, Debug)]
pub struct Layout {
    /// How the draws are spread.
    #[arg(long, value_name = "KIND", value_enum, default_value = "lhs")]
    pub design: Design,
    /// With saltelli: the blocks for indices of pairs, too.
    #[arg(long)]
    pub second_order: bool,
    /// With saltelli and morris: what is moved together.
    #[arg(long, value_name = "BY", value_enum, default_value = "inputs")]
    pub groups: Groups,
}

/// What is varied.
#[derive(Args, Clone, Debug)]
pub struct Vary {
    /// Vary something beside the parameters: `lambda=1,2,5`, `memory` or `hypotheses`; may be repeated.
    #[arg(long, value_name = "WHAT", value_parser = vary)]
    pub vary: Vec<OneVaried>,
    /// Vary these inputs alone.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub only: Vec<String>,
}

/// Something that is varied beside the parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum OneVaried {
    /// Precisions.
    Lambda(Vec<f64>),
    /// Both memories.
    Memory,
    /// Rival explanations.
    Hypotheses,
}

/// Kinds of design.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Design {
    /// A Latin hypercube.
    Lhs,
    /// A scrambled Sobol sequence.
    Sobol,
    /// Blocks for Sobol indices.
    Saltelli,
    /// Trajectories for elementary effects.
    Morris,
    /// All combinations of evenly spaced values.
    Grid,
}

/// What is moved together.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Groups {
    /// Each input by itself.
    Inputs,
    /// The inputs that one assumption binds.
    Assumptions,
    /// The inputs of one unit.
    Units,
}

impl Layout {
    /// The draws asked for.
    pub fn of(&self, draws: usize, vary: &Vary, seed: u64) -> engine::SweepOptions {
        let mut beside = engine::Beside { only: vary.only.clone(), ..engine::Beside::default() };
        for one in &vary.vary {
            match one {
                OneVaried::Lambda(lambdas) => beside.lambdas.extend(lambdas),
                OneVaried::Memory => {
                    beside.memories = vec![engine::Memory::Situation, engine::Memory::History];
                }
                OneVaried::Hypotheses => beside.hypotheses = true,
            }
        }
        engine::SweepOptions {
            draws,
            layout: match self.design {
                Design::Lhs => engine::Layout::Lhs,
                Design::Sobol => engine::Layout::Sobol,
                Design::Saltelli => engine::Layout::Saltelli,
                Design::Morris => engine::Layout::Morris,
                Design::Grid => engine::Layout::Grid,
            },
            second_order: self.second_order,
            grouping: match self.groups {
                Groups::Inputs => engine::Grouping::Inputs,
                Groups::Assumptions => engine::Grouping::Assumptions,
                Groups::Units => engine::Grouping::Units,
            },
            beside,
            seed,
        }
    }
}

/// A count.
pub fn one_or_more(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err("a whole number, 1 or more".to_owned()),
    }
}

/// A method by its name.
pub fn method(text: &str) -> Result<engine::Method, String> {
    let found = engine::METHODS.iter().find(|(name, _)| *name == text);
    let names: Vec<&str> = engine::METHODS.iter().map(|(name, _)| *name).collect();
    found.map(|(_, method)| *method).ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// A finite number.
pub fn number(text: &str) -> Result<f64, String> {
    let found = text.trim().parse().ok().filter(|x: &f64| x.is_finite());
    found.ok_or_else(|| "a number".to_owned())
}

/// `PATH>X` or `PATH<=X`.
pub fn condition(text: &str) -> Result<(String, bool, f64), String> {
    let parts = text.split_once("<=").map(|parts| (parts, false));
    let parts = parts.or_else(|| text.split_once('>').map(|parts| (parts, true)));
    let Some(((path, x), is_above)) = parts else {
        return Err("write PATH>X or PATH<=X".to_owned());
    };
    Ok((path.trim().to_owned(), is_above, number(x)?))
}

/// `2/4`, as a position from 0 and how many there are.
pub fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((i @ 1.., n)) if i <= n => Ok((i - 1, n)),
        _ => Err("write I/N, I from 1 to N, such as 2/4".to_owned()),
    }
}

fn vary(text: &str) -> Result<OneVaried, String> {
    match text.split_once('=') {
        None if text == "memory" => Ok(OneVaried::Memory),
        None if text == "hypotheses" => Ok(OneVaried::Hypotheses),
        Some((name, values)) if name.trim() == "lambda" => {
            let number =
                |x: &str| x.trim().parse().map_err(|_| format!("`{}` is not a number", x.trim()));
            values.split(',').map(number).collect::<Result<_, _>>().map(OneVaried::Lambda)
        }
        _ => Err("write lambda=1,2,5, memory or hypotheses".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_count_from_one() {
        assert_eq!(shard("1/1"), Ok((0, 1)));
        assert_eq!(shard("3/4"), Ok((2, 4)));
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn conditions_have_a_path_and_a_number() {
        assert_eq!(condition("a.b > 0.5"), Ok(("a.b".to_owned(), true, 0.5)));
        assert_eq!(condition("a.b<=-1"), Ok(("a.b".to_owned(), false, -1.0)));
        for wrong in ["a.b", "a.b>", "a.b<1", "a.b>inf"] {
            assert!(condition(wrong).is_err(), "{wrong}");
        }
        assert_eq!(vary("lambda=1, 2"), Ok(OneVaried::Lambda(vec![1.0, 2.0])));
        assert!(vary("lambda=1,x").is_err() && vary("face").is_err());
    }
}
