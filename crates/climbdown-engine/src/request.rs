//! What can be asked of the engine, and what it answers.

use std::io;

use climbdown_lang::scenario::Memory;
use climbdown_lang::template::Template;
use climbdown_report::wire::solution::SolutionJson;
use climbdown_study::exploration::{Asked, Method};
use climbdown_study::simulate::Side;
use climbdown_study::sweep::SweepOptions;
use quantal::{Game, Seats};

use crate::stop::Exit;

/// What is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// The answer to the scenario's question.
    Assess {
        /// Scenario.
        file: String,
        /// Text or JSON.
        form: Form,
        /// Draws of the study, 0 for none; `None` for the answer at the file's values only, without what the act
        /// consists of.
        draws: Option<usize>,
        /// How.
        options: Options,
    },
    /// Everything wrong with a file, or odd about its model.
    Check {
        /// Scenario.
        file: String,
        /// Diagnostics, as text or JSON, or the table of moves.
        show: Check,
        /// How.
        options: Options,
    },
    /// The equilibrium with its certificate, of a scenario or a game file.
    Solve {
        /// Scenario, `.efg` or `.nfg`.
        file: String,
        /// Text or JSON.
        form: Form,
        /// What else to look for.
        besides: Besides,
        /// How.
        options: Options,
    },
    /// An intermediate, or the reasons behind a number.
    Explain {
        /// Scenario.
        file: String,
        /// What to explain.
        what: Explain,
        /// Draws of the study, if what is explained comes from one.
        draws: usize,
        /// How.
        options: Options,
    },
    /// The scenario's history through the solved game: forecasts, beliefs, scores.
    Replay {
        /// Scenario.
        file: String,
        /// Text or JSON.
        form: Form,
        /// How.
        options: Options,
    },
    /// Sampled crises.
    Simulate {
        /// Scenario.
        file: String,
        /// What is sampled, and where to.
        sampling: Sampling,
        /// How.
        options: Options,
    },
    /// The least changes of levers that bring a risk down.
    OffRamps {
        /// Scenario.
        file: String,
        /// Text or JSON.
        form: Form,
        /// The risk, by its path; the question's measure if `None`.
        risk: Option<String>,
        /// The level it is to come under.
        below: Option<f64>,
        /// Draws over the ranges in which what helps is tried again.
        draws: usize,
        /// How.
        options: Options,
    },
    /// Many draws, solved and measured, into a folder.
    Sweep {
        /// Scenario.
        file: String,
        /// The folder.
        folder: String,
        /// Which draws.
        how: SweepOptions,
        /// Rows of a part.
        part_rows: usize,
        /// Which parts: those whose number leaves the first when divided by the second.
        shard: (usize, usize),
        /// How.
        options: Options,
    },
    /// What the spread of one measure comes from, and where its cases lie.
    Study {
        /// Scenario.
        file: String,
        /// Text or JSON.
        form: Form,
        /// What to explore, and from which draws.
        study: Study,
        /// How.
        options: Options,
    },
    /// The game for other tools.
    Export {
        /// Scenario; for the formats of Gambit also `.efg` or `.nfg`.
        file: String,
        /// Format.
        to: Format,
        /// How.
        options: Options,
    },
    /// Two scenarios, or two moves of one, side by side.
    Compare {
        /// The first: a scenario, or `SCENARIO:MOVE`.
        a: String,
        /// The second.
        b: String,
        /// Text or JSON.
        form: Form,
        /// How.
        options: Options,
    },
    /// A starter scenario.
    New {
        /// Name of its folder, and its id.
        name: String,
    },
    /// The JSON Schema of scenario and ladder files, or of one of them.
    Schema(Schema),
}

/// Which crises are sampled, and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// How many.
    pub n_paths: usize,
    /// Under which policy; free play if `None`.
    pub policy: Option<Side>,
    /// The file for the table of steps, `.csv` or `.parquet`; sentences if `None`.
    pub out: Option<String>,
}

/// An exploration of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// What is asked.
    pub asked: Asked,
    /// By which methods.
    pub methods: Vec<Method>,
    /// Whether nobody said which, so that runs decide.
    pub is_default: bool,
    /// The folder of a sweep; draws of its own if `None`.
    pub runs: Option<String>,
    /// Its own draws.
    pub how: SweepOptions,
}

/// Which schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// One that fits both kinds of file.
    Both,
    /// Of scenario files.
    Scenario,
    /// Of ladder files.
    Ladder,
}

/// Text for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// JSON.
    Json,
}

/// What `check` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Diagnostics with the lines they are about.
    Text,
    /// Diagnostics as JSON.
    Json,
    /// Moves × attributes × derived rung.
    Table,
}

/// What `explain` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explain {
    /// An intermediate.
    At(Stage),
    /// A node by its number, a name of the file, or a figure of the answer by its path.
    Why(String),
}

/// The intermediates on the way from text to findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
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

/// What `solve` looks for beside the equilibrium.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Besides {
    /// The branch from Λ = 0 to here.
    pub trace_to: Option<f64>,
    /// Other equilibria, from so many starts.
    pub n_starts: Option<usize>,
    /// The rational limit, to this regret in units.
    pub regret_bound: Option<f64>,
}

/// Formats of `export`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The complete game as JSON.
    Json,
    /// Gambit's extensive form, unrolled to a tree.
    Efg,
    /// Gambit's strategic form, of players or of agents.
    Nfg(Seats),
    /// Graphviz.
    Dot,
    /// A picture.
    Svg,
}

/// What all commands that work on a scenario take.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Seed, for what is random.
    pub seed: u64,
    /// Λ in stake units; the scenario's own if `None`.
    pub lambda: Option<f64>,
    /// λ per payoff for everybody, instead of Λ.
    pub lambda_raw: Option<f64>,
    /// Memory; the scenario's own if `None`.
    pub memory: Option<Memory>,
    /// Parameters that get other values.
    pub set: Vec<(String, f64)>,
    /// Most nodes.
    pub budget_nodes: usize,
    /// The day as of which the answer stands, as year-month-day; `assess` only.
    pub as_of: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            lambda: None,
            lambda_raw: None,
            memory: None,
            set: Vec::new(),
            budget_nodes: 500_000,
            as_of: None,
        }
    }
}

/// How it went.
#[derive(Debug)]
pub struct Response {
    /// How it ended.
    pub exit: Exit,
    /// The result.
    pub output: Output,
    /// What to say beside the result: warnings, errors. May be empty.
    pub notes: String,
    /// Files to write, none of which may exist yet.
    pub files: Vec<NewFile>,
}

/// A result.
#[derive(Debug)]
pub enum Output {
    /// Text, possibly empty.
    Text(String),
    /// A whole game as JSON, written piece by piece.
    Game(Box<GameJson>),
    /// A solution as JSON, written piece by piece.
    Solution(Box<SolutionJson>),
    /// A file that the door writes where it was asked to, replacing what is there.
    File(OutputFile),
}

/// A result that is a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where.
    pub path: String,
    /// What.
    pub bytes: Vec<u8>,
    /// What to say when it is written.
    pub said: String,
}

impl Output {
    /// Writes the result; of a file, what is said about it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        match self {
            Output::Text(text) => out.write_all(text.as_bytes()),
            Output::File(file) => out.write_all(file.said.as_bytes()),
            Output::Game(game) => climbdown_report::wire::game::write(
                out,
                &game.template,
                &game.game,
                &game.lambda_raw,
            ),
            Output::Solution(solution) => solution.write(out),
        }
    }
}

/// A game and what its JSON needs besides.
#[derive(Debug)]
pub struct GameJson {
    pub(crate) template: Template,
    pub(crate) game: Game,
    pub(crate) lambda_raw: Vec<f64>,
}

/// A file to be written by the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where, relative to the folder the door works in.
    pub path: String,
    /// What.
    pub text: String,
}
