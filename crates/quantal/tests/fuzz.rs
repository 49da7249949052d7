//! A few seconds of what `cargo xtask fuzz` does for minutes: texts of games, changed at random by a
//! fixed seed, given to the readers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../fuzz/src/checks.rs"]
mod checks;
mod support;

use std::path::Path;

use support::Draws;

/// Texts per reader.
const N_TEXTS: usize = 6000;

fn seeds(ending: &str) -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["catalog", "oracle/loads"].map(|folder| here.join(folder));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == ending));
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.filter(|text| text.len() < 4000).collect()
}

/// `text` with one to five changes: pieces left out, doubled, moved, or replaced by what means something.
fn changed(text: &str, other: &str, draws: &mut Draws) -> String {
    const PIECES: &[&str] = &[
        "\"",
        "\\",
        "{",
        "}",
        " ",
        "\n",
        "0",
        "1",
        "4294967296",
        "-1",
        "1/0",
        "1e999",
        "nan",
        ",",
        "c ",
        "p ",
        "t ",
        "\"\"",
        "{ }",
        "\u{feff}",
        "ö",
        "\0",
        "1/3",
        "-0",
        "EFG 2 R ",
        "NFG 1 R ",
        ".",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=draws.below(5) {
        let (a, n) = (draws.below(chars.len() + 1), draws.below(20));
        let b = (a + n).min(chars.len());
        match draws.below(5) {
            0 => drop(chars.drain(a..b)),
            1 => {
                let piece = chars[a..b].to_vec();
                let at = draws.below(chars.len() + 1);
                chars.splice(at..at, piece);
            }
            2 => chars.truncate(a),
            3 => {
                let other: Vec<char> = other.chars().collect();
                let from = draws.below(other.len() + 1);
                let piece = other[from..(from + n).min(other.len())].to_vec();
                chars.splice(a..b, piece);
            }
            _ => {
                let piece = PIECES[draws.below(PIECES.len())];
                chars.splice(a..a + usize::from(a < b), piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

fn fuzz(ending: &str, check: fn(&str)) {
    let seeds = seeds(ending);
    assert!(seeds.len() >= 5);
    let mut draws = Draws::new(20);
    for _ in 0..N_TEXTS {
        let [a, b] = [&seeds[draws.below(seeds.len())], &seeds[draws.below(seeds.len())]];
        check(&changed(a, b, &mut draws));
    }
}

#[test]
fn any_text_is_an_extensive_game_or_an_error_with_its_place() {
    fuzz("efg", checks::efg);
}

#[test]
fn any_text_is_a_strategic_game_or_an_error_with_its_place() {
    fuzz("nfg", checks::nfg);
}
