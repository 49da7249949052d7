//! Text for Gambit as a game.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
use crate::ids::{InfosetId, NodeId, PlayerId};

/// A game read from `.efg` text, with what the text says beside it.
#[derive(Clone, Debug)]
pub struct EfgGame {
    /// The game: a tree, nodes in the order of the file, chance alike for every viewer.
    pub game: Game,
    /// The title.
    pub title: String,
    /// The comment after the players, empty if there is none.
    pub comment: String,
    /// Number of each information set in the file; unique per player.
    pub infoset_numbers: Vec<u32>,
    /// Name of each node.
    pub node_names: Vec<String>,
    /// Name of the outcome at each node, empty if there is none.
    pub outcome_names: Vec<String>,
}

/// Where and why text is no game.
#[derive(Clone, Debug, PartialEq)]
pub struct EfgError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: EfgProblem,
}

/// Why text is no game.
#[derive(Clone, Debug, PartialEq)]
pub enum EfgProblem {
    /// Something else stands where this should.
    Expected(&'static str),
    /// A quoted name has no end.
    OpenQuote,
    /// The number cannot be read, or is not finite.
    BadNumber(String),
    /// No player has this number.
    UnknownPlayer(u32),
    /// An information set is named before it is defined.
    UnknownInfoset(u32),
    /// An outcome is named before it is defined.
    UnknownOutcome(u32),
    /// An information set has other actions than where it was defined.
    OtherActions(u32),
    /// An outcome has another number of payoffs than there are players.
    PayoffCount {
        /// Payoffs given.
        found: usize,
        /// Number of players.
        expected: usize,
    },
    /// The tree ends before every action leads somewhere.
    UnfinishedTree,
    /// There is text after the tree.
    TextAfterTree,
    /// The tree is read, but it is no game here.
    Law(BrokenLaw),
}

impl fmt::Display for EfgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match &self.problem {
            EfgProblem::Expected(what) => write!(f, "expected {what}"),
            EfgProblem::OpenQuote => f.write_str("this quote has no end"),
            EfgProblem::BadNumber(text) => write!(f, "\"{text}\" is not a number"),
            EfgProblem::UnknownPlayer(n) => write!(f, "there is no player {n}"),
            EfgProblem::UnknownInfoset(n) => {
                write!(f, "information set {n} has no actions here and was not defined before")
            }
            EfgProblem::UnknownOutcome(n) => {
                write!(f, "outcome {n} has no payoffs here and was not defined before")
            }
            EfgProblem::OtherActions(n) => {
                write!(f, "information set {n} had other actions where it was defined")
            }
            EfgProblem::PayoffCount { found, expected } => {
                write!(f, "{found} payoffs for {expected} players")
            }
            EfgProblem::UnfinishedTree => f.write_str("the tree ends before every branch does"),
            EfgProblem::TextAfterTree => f.write_str("the tree is complete; what is this?"),
            EfgProblem::Law(law) => write!(f, "the tree breaks a law of games: {law:?}"),
        }
    }
}

impl std::error::Error for EfgError {}

/// Reads a game in Gambit's extensive-form format, version 2.
///
/// Payoffs at inner nodes are put on the edges into them (those at the root on the edges out of it).
///
/// # Errors
/// [`EfgError`] at the first problem. Games where an information set is met twice on one path are
/// refused ([`BrokenLaw::AbsentMinded`]).
pub fn read_efg(text: &str) -> Result<EfgGame, EfgError> {
    let mut tokens = Tokens { rest: text, line: 1, column: 1 };
    let (title, players) = tokens.prologue()?;
    let comment = if tokens.peek() == Some('"') { tokens.string()? } else { String::new() };
    let mut tree = Tree::new(players);
    loop {
        let at = tokens.position();
        let Some(kind) = tokens.next_char() else {
            return Err(at.error(EfgProblem::UnfinishedTree));
        };
        tree.node(&mut tokens, kind, at)?;
        if tree.open.is_empty() {
            break;
        }
    }
    let at = tokens.position();
    if tokens.peek().is_some() {
        return Err(at.error(EfgProblem::TextAfterTree));
    }
    tree.finish(title, comment).map_err(|law| at.error(EfgProblem::Law(law)))
}

#[derive(Clone, Copy)]
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    fn error(self, problem: EfgProblem) -> EfgError {
        EfgError { line: self.line, column: self.column, problem }
    }
}

/// The text, read from the left.
struct Tokens<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl Tokens<'_> {
    fn next_char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    /// The next character that is not white space, left in place.
    fn peek(&mut self) -> Option<char> {
        while self.rest.starts_with(|c: char| c.is_whitespace() || c == '\u{feff}') {
            self.next_char();
        }
        self.rest.chars().next()
    }

    fn position(&mut self) -> Position {
        self.peek();
        Position { line: self.line, column: self.column }
    }

    fn expected<T>(&mut self, what: &'static str) -> Result<T, EfgError> {
        Err(self.position().error(EfgProblem::Expected(what)))
    }

    fn take(&mut self, c: char, what: &'static str) -> Result<(), EfgError> {
        if self.peek() == Some(c) {
            self.next_char();
            return Ok(());
        }
        self.expected(what)
    }

    fn string(&mut self) -> Result<String, EfgError> {
        let at = self.position();
        self.take('"', "a quoted name")?;
        let mut text = String::new();
        loop {
            match self.next_char() {
                None => return Err(at.error(EfgProblem::OpenQuote)),
                Some('"') => return Ok(text),
                Some('\\') if self.rest.starts_with(['"', '\\']) => {
                    text.extend(self.next_char());
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn word(&mut self) -> String {
        self.peek();
        let mut word = String::new();
        while self.rest.starts_with(|c: char| !c.is_whitespace() && !"\"{},".contains(c)) {
            word.extend(self.next_char());
        }
        word
    }

    fn number(&mut self) -> Result<f64, EfgError> {
        let at = self.position();
        let word = self.word();
        let plain = |text: &str| -> Option<f64> {
            let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
            text.parse().ok().filter(|x: &f64| is_number && x.is_finite())
        };
        let value = match word.split_once('/') {
            Some((over, under)) => plain(over).zip(plain(under)).map(|(a, b)| a / b),
            None => plain(&word),
        };
        let value = value.filter(|x| x.is_finite());
        value.ok_or_else(|| at.error(EfgProblem::BadNumber(word)))
    }

    fn index(&mut self, what: &'static str) -> Result<u32, EfgError> {
        let at = self.position();
        let word = self.word();
        word.parse().map_err(|_| at.error(EfgProblem::Expected(what)))
    }

    /// `EFG 2 R "title" { "player" … }`
    fn prologue(&mut self) -> Result<(String, Vec<String>), EfgError> {
        for (word, what) in [("EFG", "\"EFG\", as .efg files begin"), ("2", "version 2")] {
            let at = self.position();
            if self.word() != word {
                return Err(at.error(EfgProblem::Expected(what)));
            }
        }
        let at = self.position();
        if !matches!(self.word().as_str(), "R" | "D") {
            return Err(at.error(EfgProblem::Expected("R or D")));
        }
        let title = self.string()?;
        self.take('{', "{ and the players' names")?;
        let mut players = Vec::new();
        while self.peek() == Some('"') {
            players.push(self.string()?);
        }
        self.take('}', "a player's name or }")?;
        Ok((title, players))
    }

    /// `{ "label" … }`, with a number after each label for chance.
    fn actions(&mut self, is_chance: bool) -> Result<Vec<(String, f64)>, EfgError> {
        self.take('{', "{ and the actions")?;
        let mut actions = Vec::new();
        while self.peek() == Some('"') {
            let label = self.string()?;
            actions.push((label, if is_chance { self.number()? } else { 1.0 }));
        }
        if actions.is_empty() {
            return self.expected("an action");
        }
        self.take('}', "an action or }")?;
        Ok(actions)
    }
}

/// The tree so far.
struct Tree {
    parts: GraphParts,
    /// Chance probabilities, one per chance edge in order.
    chance: Vec<f64>,
    /// `[node]`: payoffs there.
    payoffs: Vec<Option<Vec<f64>>>,
    node_names: Vec<String>,
    outcome_names: Vec<String>,
    infoset_numbers: Vec<u32>,
    infoset_of: BTreeMap<(u32, u32), InfosetId>,
    draws: BTreeMap<u32, Vec<(String, f64)>>,
    outcomes: BTreeMap<u32, (String, Vec<f64>)>,
    /// Edges that lead nowhere yet, the next to be filled last.
    open: Vec<usize>,
}

impl Tree {
    fn new(players: Vec<String>) -> Self {
        Self {
            parts: GraphParts { players, edge_start: vec![0], ..GraphParts::default() },
            chance: Vec::new(),
            payoffs: Vec::new(),
            node_names: Vec::new(),
            outcome_names: Vec::new(),
            infoset_numbers: Vec::new(),
            infoset_of: BTreeMap::new(),
            draws: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    fn node(&mut self, tokens: &mut Tokens<'_>, kind: char, at: Position) -> Result<(), EfgError> {
        if let Some(edge) = self.open.pop() {
            self.parts.edge_to[edge] = NodeId::new(self.parts.kinds.len());
        }
        let ends = |c: char| c.is_whitespace() || c == '"';
        if !"cpt".contains(kind) || !tokens.rest.starts_with(ends) {
            return Err(at.error(EfgProblem::Expected("a node: c, p or t")));
        }
        self.node_names.push(tokens.string()?);
        let n_edges = match kind {
            'c' => self.chance_node(tokens)?,
            'p' => self.personal_node(tokens)?,
            _ => {
                self.parts.kinds.push(NodeKind::Terminal);
                0
            }
        };
        self.outcome(tokens)?;
        let first = self.parts.edge_to.len();
        self.parts.edge_to.resize(first + n_edges, NodeId(0));
        self.parts.edge_start.push(u32::try_from(first + n_edges).unwrap_or(u32::MAX));
        self.open.extend((first..first + n_edges).rev());
        Ok(())
    }

    fn chance_node(&mut self, tokens: &mut Tokens<'_>) -> Result<usize, EfgError> {
        let at = tokens.position();
        let number = tokens.index("the number of an information set")?;
        if tokens.peek() == Some('"') {
            tokens.string()?;
        }
        if tokens.peek() == Some('{') {
            let draws = tokens.actions(true)?;
            self.draws.insert(number, draws);
        }
        let draws =
            self.draws.get(&number).ok_or_else(|| at.error(EfgProblem::UnknownInfoset(number)))?;
        self.parts.kinds.push(NodeKind::Chance);
        self.parts.chance_labels.extend(draws.iter().map(|d| d.0.clone()));
        self.chance.extend(draws.iter().map(|d| d.1));
        Ok(draws.len())
    }

    fn personal_node(&mut self, tokens: &mut Tokens<'_>) -> Result<usize, EfgError> {
        let at = tokens.position();
        let player = tokens.index("the number of a player")?;
        if player == 0 || player as usize > self.parts.players.len() {
            return Err(at.error(EfgProblem::UnknownPlayer(player)));
        }
        let at = tokens.position();
        let number = tokens.index("the number of an information set")?;
        let label = if tokens.peek() == Some('"') { tokens.string()? } else { String::new() };
        let known = self.infoset_of.get(&(player, number)).copied();
        let given = match tokens.peek() {
            Some('{') => Some(tokens.actions(false)?.into_iter().map(|a| a.0).collect::<Vec<_>>()),
            _ => None,
        };
        let infoset = match (known, given) {
            (None, None) => return Err(at.error(EfgProblem::UnknownInfoset(number))),
            (Some(infoset), None) => infoset,
            (Some(infoset), Some(actions)) => {
                if self.parts.infosets[infoset.index()].actions != actions {
                    return Err(at.error(EfgProblem::OtherActions(number)));
                }
                infoset
            }
            (None, Some(actions)) => {
                let infoset = InfosetId::new(self.parts.infosets.len());
                self.infoset_of.insert((player, number), infoset);
                self.infoset_numbers.push(number);
                let player = PlayerId(player - 1);
                self.parts.infosets.push(InformationSet { player, label, actions });
                infoset
            }
        };
        self.parts.kinds.push(NodeKind::Decision(infoset));
        Ok(self.parts.infosets[infoset.index()].actions.len())
    }

    fn outcome(&mut self, tokens: &mut Tokens<'_>) -> Result<(), EfgError> {
        let at = tokens.position();
        let number = tokens.index("the number of an outcome")?;
        let name = if tokens.peek() == Some('"') { tokens.string()? } else { String::new() };
        if tokens.peek() == Some('{') {
            tokens.take('{', "{ and the payoffs")?;
            let mut payoffs = Vec::new();
            while !matches!(tokens.peek(), Some('}') | None) {
                payoffs.push(tokens.number()?);
                if tokens.peek() == Some(',') {
                    tokens.take(',', "a comma")?;
                }
            }
            tokens.take('}', "a payoff or }")?;
            let (found, expected) = (payoffs.len(), self.parts.players.len());
            if found != expected {
                return Err(at.error(EfgProblem::PayoffCount { found, expected }));
            }
            self.outcomes.insert(number, (name, payoffs));
        }
        if number == 0 {
            self.payoffs.push(None);
            self.outcome_names.push(String::new());
            return Ok(());
        }
        let (name, payoffs) = self
            .outcomes
            .get(&number)
            .ok_or_else(|| at.error(EfgProblem::UnknownOutcome(number)))?;
        self.payoffs.push(Some(payoffs.clone()));
        self.outcome_names.push(name.clone());
        Ok(())
    }

    fn finish(mut self, title: String, comment: String) -> Result<EfgGame, BrokenLaw> {
        let players = self.parts.players.len();
        let zero = vec![0.0; players];
        self.parts.edge_next_stage = vec![false; self.parts.edge_to.len()];
        let mut numbers = Numbers { discounts: vec![1.0; players], ..Numbers::default() };
        let root_edges = 0..self.parts.edge_start.get(1).map_or(0, |&e| e as usize);
        for (edge, to) in self.parts.edge_to.iter().enumerate() {
            let is_inner = self.parts.kinds[to.index()] != NodeKind::Terminal;
            let there = self.payoffs[to.index()].as_ref().filter(|_| is_inner).unwrap_or(&zero);
            let at_root = self.payoffs[0].as_ref().filter(|_| root_edges.contains(&edge));
            let at_root = at_root.unwrap_or(&zero);
            numbers.edge_payoffs.extend(there.iter().zip(at_root).map(|(a, b)| a + b));
        }
        for (kind, payoffs) in self.parts.kinds.iter().zip(&self.payoffs) {
            if *kind == NodeKind::Terminal {
                numbers.terminal_payoffs.extend(payoffs.as_ref().unwrap_or(&zero));
            }
        }
        for _ in 0..=players {
            numbers.chance.extend(&self.chance);
        }
        let graph = Graph::new(self.parts)?;
        numbers.weights = vec![1.0; graph.n_actions()];
        Ok(EfgGame {
            game: Game::new(Arc::new(graph), numbers)?,
            title,
            comment,
            infoset_numbers: self.infoset_numbers,
            node_names: self.node_names,
            outcome_names: self.outcome_names,
        })
    }
}
