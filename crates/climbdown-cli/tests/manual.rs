//! The examples of the manual and of the model shelf are run and must print what the pages say.
//!
//! A block that begins with a line `$ climbdown …` is run from the root of the repository; what
//! follows is its standard output, or standard error if it fails. A line `...` stands for any lines
//! left out. A block without output is run and must succeed. `CLIMBDOWN_BLESS=1 cargo test` writes
//! what was printed into the manual, except where a block leaves lines out or shows none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn the_examples_of_the_manual_print_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let scratch = tempfile::tempdir().expect("a folder for what examples write");
    let bless = std::env::var_os("CLIMBDOWN_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut n_examples = 0;
    let models = root.join("models");
    let models = fs::read_dir(models).expect("the model shelf is there");
    let models = models.map(|entry| entry.expect("a model").path()).filter(|p| p.is_dir());
    let models = models.flat_map(|folder| pages(&folder));
    for page in pages(&root.join("docs/manual")).into_iter().chain(models) {
        let text = fs::read_to_string(&page).expect("a page is text");
        let mut blessed = String::new();
        for part in parts(&text) {
            let Part::Example { command, expected } = part else {
                if let Part::Other(text) = part {
                    blessed.push_str(text);
                }
                continue;
            };
            n_examples += 1;
            let (found, is_done) = run(&root, scratch.path(), command);
            let is_right = if expected.is_empty() { is_done } else { agrees(expected, &found) };
            let leaves_out = expected.lines().any(|line| line == "...");
            let is_broken = found.contains("this is a bug");
            if is_broken || (!is_right && (!bless || leaves_out)) {
                wrong.push(format!("{}: $ {command}\n{found}", page.display()));
            }
            let keep = is_right || leaves_out || is_broken;
            blessed.push_str(&format!("$ {command}\n{}", if keep { expected } else { &found }));
        }
        if bless && blessed != text {
            fs::write(&page, blessed).expect("the page can be written");
        }
    }
    assert!(
        wrong.is_empty(),
        "{} examples print something else:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(n_examples > 5, "the manual has examples");
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the manual is there")
        .map(|entry| entry.expect("a page").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    pages.sort();
    pages
}

enum Part<'a> {
    Other(&'a str),
    Example { command: &'a str, expected: &'a str },
}

/// The text cut into examples and what lies between them; put together again it is the text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("```\n$ climbdown ") {
        let (before, block) = rest.split_at(at + 4);
        parts.push(Part::Other(before));
        let end = block.find("\n```").map_or(block.len(), |i| i + 1);
        // One block may hold several commands.
        let mut inside = &block[..end];
        while let Some(line) = inside.strip_prefix("$ ") {
            let (command, after) = line.split_once('\n').unwrap_or((line, ""));
            let stop = if after.starts_with("$ climbdown ") {
                0
            } else {
                after.find("\n$ climbdown ").map_or(after.len(), |i| i + 1)
            };
            parts.push(Part::Example { command, expected: &after[..stop] });
            inside = &after[stop..];
        }
        parts.push(Part::Other(inside));
        rest = &block[end..];
    }
    parts.push(Part::Other(rest));
    parts
}

/// Runs an example: what it printed, and whether it succeeded. `climbdown new` and whatever uses what it wrote runs in a folder of its own.
fn run(root: &Path, scratch: &Path, command: &str) -> (String, bool) {
    let (command, lines) = match command.split_once(" | head -") {
        Some((command, n)) => (command, n.trim().parse().expect("head takes a number")),
        None => (command, usize::MAX),
    };
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let written = |word: &&str| scratch.join(word).exists();
    let is_apart = words.first() == Some(&"new") || words.iter().any(written);
    let out = Command::new(env!("CARGO_BIN_EXE_climbdown"))
        .current_dir(if is_apart { scratch } else { root })
        .args(&words)
        .stdin(Stdio::null())
        .output()
        .expect("the command can be run");
    let text = if out.stdout.is_empty() { out.stderr } else { out.stdout };
    let text = String::from_utf8(text).expect("output is text");
    let text = text.lines().take(lines).map(|line| format!("{}\n", line.trim_end())).collect();
    (text, out.status.success())
}

/// Whether `found` is `expected`, in which a line `...` stands for any lines.
fn agrees(expected: &str, found: &str) -> bool {
    let mut rest = found;
    let pieces: Vec<&str> = expected.split("...\n").collect();
    for (i, piece) in pieces.iter().enumerate() {
        let is_last = i + 1 == pieces.len();
        let at = match (i, is_last) {
            (0, _) => rest.starts_with(piece).then_some(0),
            (_, true) => rest.ends_with(piece).then(|| rest.len() - piece.len()),
            _ => rest.find(piece),
        };
        let Some(at) = at else { return false };
        rest = &rest[at + piece.len()..];
    }
    pieces.len() > 1 || rest.is_empty()
}
