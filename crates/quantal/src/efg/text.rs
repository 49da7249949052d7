//! Text of a game, taken apart: names, numbers, braces; and what can be wrong with it.

use std::fmt;

use crate::efg::number;
use crate::game::BrokenLaw;

/// Where and why text is no game.
#[derive(Clone, Debug, PartialEq)]
pub struct TextError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: TextProblem,
}

/// Why text is no game.
#[derive(Clone, Debug, PartialEq)]
pub enum TextProblem {
    /// Something else stands where this should.
    Expected(&'static str),
    /// A quoted name has no end.
    OpenQuote,
    /// The number cannot be read.
    BadNumber(String),
    /// The number is larger than any float.
    HugeNumber(String),
    /// No player has this number.
    UnknownPlayer {
        /// The number.
        player: u32,
        /// Number of players.
        n_players: usize,
    },
    /// An information set is named before it is defined.
    UnknownInfoset(u32),
    /// An outcome is named before it is defined.
    UnknownOutcome(u32),
    /// An information set has another name than where it was defined.
    OtherName(u32),
    /// An information set has other actions than where it was defined.
    OtherActions(u32),
    /// A draw has other probabilities than where it was defined.
    OtherChances(u32),
    /// An outcome has another name or other payoffs than where it was defined.
    OtherOutcome(u32),
    /// Outcome 0, which means no outcome, is given a name or payoffs.
    NullOutcome,
    /// An outcome has another number of payoffs than there are players.
    PayoffCount {
        /// Payoffs given.
        found: usize,
        /// Number of players.
        expected: usize,
    },
    /// The table of a strategic game has another number of entries than its strategies ask for.
    EntryCount {
        /// Entries given.
        found: usize,
        /// Combinations of strategies, times players where payoffs are listed.
        expected: u128,
    },
    /// A player of a strategic game has no strategy.
    NoStrategy(usize),
    /// Probabilities of a draw do not sum to one, or one is negative.
    NotADistribution {
        /// Their sum.
        sum: f64,
    },
    /// A path meets an information set twice.
    AbsentMinded {
        /// The player's number in the file.
        player: u32,
        /// The information set's number in the file.
        infoset: u32,
    },
    /// The tree ends before every action leads somewhere.
    UnfinishedTree,
    /// There is text after the game.
    TextAfterGame,
    /// The game has more numbers, or the text more characters, than are read.
    TooLarge {
        /// How many.
        found: u128,
        /// How many are allowed.
        allowed: u128,
    },
    /// The game is read, but it breaks another law of games.
    Law(BrokenLaw),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.problem)
    }
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::OpenQuote => f.write_str("this quote has no end; a quote inside a name is \\\""),
            Self::BadNumber(text) => {
                write!(f, "\"{text}\" is not a number; write 3, -0.25, 1e-3 or 1/3")
            }
            Self::HugeNumber(text) => {
                write!(f, "{text} is too large; divide the payoffs, numbers go to 1.8e308")
            }
            Self::UnknownPlayer { player, n_players } => {
                write!(f, "there is no player {player}; players are numbered 1 to {n_players}")
            }
            Self::UnknownInfoset(n) => write!(
                f,
                "information set {n} was not defined before; give its name and {{ its actions }}"
            ),
            Self::UnknownOutcome(n) => write!(
                f,
                "outcome {n} was not defined before; give its name and {{ its payoffs }}, or write 0 \
                 for none"
            ),
            Self::OtherName(n) => write!(
                f,
                "information set {n} had another name where it was defined; repeat it, or leave name \
                 and actions out"
            ),
            Self::OtherActions(n) => write!(
                f,
                "information set {n} had other actions where it was defined; repeat those, or give \
                 this one another number"
            ),
            Self::OtherChances(n) => write!(
                f,
                "draw {n} had other probabilities where it was defined; repeat those, or give this \
                 one another number"
            ),
            Self::OtherOutcome(n) => write!(
                f,
                "outcome {n} had another name or other payoffs where it was defined; repeat those, \
                 or give this one another number"
            ),
            Self::NullOutcome => f.write_str(
                "outcome 0 means no outcome and has no name or payoffs; give this one another number",
            ),
            Self::PayoffCount { found, expected } => {
                write!(f, "{found} payoffs for {expected} players; give one for each player")
            }
            Self::EntryCount { found, expected } => write!(
                f,
                "{found} entries, but the strategies ask for {expected}; the first player's \
                 strategy changes first"
            ),
            Self::NoStrategy(player) => {
                write!(f, "player {player} has no strategy; give at least one")
            }
            Self::NotADistribution { sum } => write!(
                f,
                "these probabilities sum to {sum}, or one is negative; write fractions such as 1/3 \
                 where decimals do not sum to 1"
            ),
            Self::AbsentMinded { player, infoset } => write!(
                f,
                "information set {infoset} of player {player} is met a second time on one path; \
                 games with such absent-mindedness are not solved here: give this node an \
                 information set of its own"
            ),
            Self::UnfinishedTree => f.write_str(
                "the tree ends before every action leads to a node; each action needs one, at last a t",
            ),
            Self::TextAfterGame => {
                f.write_str("the game is complete; what follows belongs to no action")
            }
            Self::TooLarge { found, allowed } => {
                write!(f, "this game is too large: {found}, where {allowed} are allowed")
            }
            Self::Law(law) => write!(f, "the tree breaks a law of games: {law:?}"),
        }
    }
}

impl std::error::Error for TextError {}

/// A place in the text, in bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) usize);

/// The text, read from the left.
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

/// Longest text that is read: places are kept in 32 bits.
const MOST_BYTES: usize = u32::MAX as usize;

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Self, TextError> {
        let tokens = Self { text, at: 0 };
        if text.len() > MOST_BYTES {
            let (found, allowed) = (text.len() as u128, MOST_BYTES as u128);
            return Err(tokens.error(Place(0), TextProblem::TooLarge { found, allowed }));
        }
        Ok(tokens)
    }

    /// The problem with its line and column.
    pub(crate) fn error(&self, place: Place, problem: TextProblem) -> TextError {
        let before = &self.text[..place.0];
        let line_start = before.rfind('\n').map_or(0, |k| k + 1);
        TextError {
            line: 1 + before.bytes().filter(|b| *b == b'\n').count(),
            column: 1 + before[line_start..].chars().count(),
            problem,
        }
    }

    /// How many bytes the whole text has.
    pub(crate) fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// The next character that is not white space, left in place.
    pub(crate) fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        let start = rest.find(|c| !is_blank(c)).unwrap_or(rest.len());
        self.at += start;
        rest[start..].chars().next()
    }

    pub(crate) fn place(&mut self) -> Place {
        self.peek();
        Place(self.at)
    }

    pub(crate) fn expected<T>(&mut self, what: &'static str) -> Result<T, TextError> {
        let place = self.place();
        Err(self.error(place, TextProblem::Expected(what)))
    }

    pub(crate) fn take(&mut self, c: char, what: &'static str) -> Result<(), TextError> {
        if self.peek() == Some(c) {
            self.at += c.len_utf8();
            return Ok(());
        }
        self.expected(what)
    }

    /// Takes `c` if it is next.
    pub(crate) fn take_if(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += if is_next { c.len_utf8() } else { 0 };
        is_next
    }

    /// A quoted name. `\"` is a quote and `\\` a backslash; any other backslash is one.
    pub(crate) fn name(&mut self, what: &'static str) -> Result<String, TextError> {
        let place = self.place();
        self.take('"', what)?;
        let mut name = String::new();
        let mut chars = self.text[self.at..].char_indices().peekable();
        while let Some((k, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += k + 1;
                    return Ok(name);
                }
                '\\' => {
                    let escaped = chars.next_if(|(_, c)| *c == '"' || *c == '\\');
                    name.push(escaped.map_or('\\', |(_, c)| c));
                }
                _ => name.push(c),
            }
        }
        Err(self.error(place, TextProblem::OpenQuote))
    }

    /// A name if one is next.
    pub(crate) fn name_if(&mut self) -> Result<Option<String>, TextError> {
        Ok(if self.peek() == Some('"') { Some(self.name("a name")?) } else { None })
    }

    /// What stands up to the next blank, quote, brace or comma.
    pub(crate) fn word(&mut self) -> &'a str {
        self.peek();
        let rest = &self.text[self.at..];
        let is_end = |c: char| c.is_whitespace() || "\"{},".contains(c);
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    pub(crate) fn number(&mut self, what: &'static str) -> Result<f64, TextError> {
        let place = self.place();
        let word = self.word();
        if word.is_empty() {
            return Err(self.error(place, TextProblem::Expected(what)));
        }
        match number::parse(word) {
            Some(x) if x.is_finite() => Ok(x),
            Some(_) => Err(self.error(place, TextProblem::HugeNumber(word.to_owned()))),
            None => Err(self.error(place, TextProblem::BadNumber(word.to_owned()))),
        }
    }

    pub(crate) fn index(&mut self, what: &'static str) -> Result<u32, TextError> {
        let place = self.place();
        self.word().parse().map_err(|_| self.error(place, TextProblem::Expected(what)))
    }

    /// The first words, `EFG 2` say, then `R` or `D`, the title and the players' names.
    pub(crate) fn prologue(
        &mut self,
        words: [(&str, &'static str); 2],
    ) -> Result<(String, Vec<String>), TextError> {
        for (word, what) in words {
            let place = self.place();
            if self.word() != word {
                return Err(self.error(place, TextProblem::Expected(what)));
            }
        }
        let place = self.place();
        if !matches!(self.word(), "R" | "D") {
            return Err(self.error(place, TextProblem::Expected("R (or D, in old files)")));
        }
        let title = self.name("the title in quotes")?;
        self.take('{', "{ and the players' names")?;
        let mut players = Vec::new();
        while let Some(player) = self.name_if()? {
            players.push(player);
        }
        self.take('}', "a player's name in quotes, or }")?;
        Ok((title, players))
    }
}

/// Most payoffs and probabilities of one game, over all players and viewers: 2 GiB of them.
const MOST_NUMBERS: u128 = 1 << 28;

/// Refuses a game of more numbers than are kept.
pub(crate) fn check_size(tokens: &Tokens<'_>, n_numbers: u128) -> Result<(), TextError> {
    if n_numbers <= MOST_NUMBERS {
        return Ok(());
    }
    Err(tokens.error(Place(0), TextProblem::TooLarge { found: n_numbers, allowed: MOST_NUMBERS }))
}
