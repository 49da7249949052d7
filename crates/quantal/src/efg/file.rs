//! A game file of either format.

use crate::efg::read::{EfgGame, read_efg};
use crate::efg::text::{TextError, TextProblem, Tokens};
use crate::game::Game;
use crate::ids::InfosetId;
use crate::nfg::{NfgGame, read_nfg};

/// A game in extensive or strategic form, as its file has it.
#[derive(Clone, Debug)]
pub enum GameFile {
    /// Extensive form.
    Efg(EfgGame),
    /// Strategic form.
    Nfg(NfgGame),
}

impl GameFile {
    /// The game.
    #[must_use]
    pub fn game(&self) -> &Game {
        match self {
            Self::Efg(file) => &file.game,
            Self::Nfg(file) => &file.game,
        }
    }
    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Efg(file) => &file.title,
            Self::Nfg(file) => &file.title,
        }
    }
    /// The information set's number in the file, unique per player; 1 in strategic form.
    #[must_use]
    pub fn infoset_number(&self, infoset: InfosetId) -> u32 {
        match self {
            Self::Efg(file) => file.infoset_numbers[infoset.index()],
            Self::Nfg(_) => 1,
        }
    }
}

/// Reads a game in the format its first word says: `EFG` or `NFG`. The file's `name` only decides which
/// word is asked for if there is neither.
///
/// # Errors
/// [`TextError`] at the first problem.
pub fn read_game(name: &str, text: &str) -> Result<GameFile, TextError> {
    let mut tokens = Tokens::new(text)?;
    let place = tokens.place();
    match tokens.word() {
        "EFG" => read_efg(text).map(GameFile::Efg),
        "NFG" => read_nfg(text).map(GameFile::Nfg),
        _ => Err(tokens.error(
            place,
            TextProblem::Expected(if name.ends_with(".nfg") {
                "NFG, as .nfg files begin"
            } else if name.ends_with(".efg") {
                "EFG, as .efg files begin"
            } else {
                "EFG or NFG, as game files begin"
            }),
        )),
    }
}
