//! What must hold for any text given to the readers of game files. Shared by the fuzz targets and by a
//! short test in `crates/quantal/tests/fuzz.rs`.

use quantal::{GameFile, TextError, read_efg, read_game, read_nfg, write_efg};

/// Largest tree written as unrolled.
const BUDGET: u128 = 100_000;

/// Text as an `.efg` file: an error has a place in the text; a game comes back from what is written.
pub fn efg(text: &str) {
    match read_efg(text) {
        Err(error) => has_a_place(text, &error),
        Ok(file) => {
            let written = file.write().text;
            let again = read_efg(&written).expect("what is written is read");
            assert_eq!(again.write().text, written);
            assert_eq!(again.game.graph().parts().edge_to, file.game.graph().parts().edge_to);
            assert_eq!(again.outcomes, file.outcomes);
            assert_eq!(again.game.numbers().edge_payoffs, file.game.numbers().edge_payoffs);
            if let Ok(tree) = write_efg(&file.game, &file.title, BUDGET) {
                let again = read_efg(&tree.text).expect("what is unrolled is read");
                assert_eq!(again.game.graph().n_infosets(), file.game.graph().n_infosets());
                assert_eq!(again.game.graph().n_nodes(), file.game.graph().n_nodes());
            }
        }
    }
}

/// Text as an `.nfg` file.
pub fn nfg(text: &str) {
    match read_nfg(text) {
        Err(error) => has_a_place(text, &error),
        Ok(file) => {
            for written in [file.write(), file.write_numbered()] {
                let again = read_nfg(&written).expect("what is written is read");
                let payoffs =
                    |file: &quantal::NfgGame| file.game.numbers().terminal_payoffs.clone();
                // −0 is written as 0, and equal to it.
                assert_eq!(payoffs(&again), payoffs(&file));
            }
        }
    }
    let is_nfg = matches!(read_game("any", text), Ok(GameFile::Nfg(_)));
    assert_eq!(is_nfg, read_nfg(text).is_ok());
}

fn has_a_place(text: &str, error: &TextError) {
    let n_lines = text.split('\n').count();
    assert!((1..=n_lines).contains(&error.line), "{error}");
    let line = text.split('\n').nth(error.line - 1).unwrap_or("");
    assert!((1..=line.chars().count() + 1).contains(&error.column), "{error}");
    assert!(!error.to_string().is_empty());
}
