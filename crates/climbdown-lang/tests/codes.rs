//! The list of codes, the manual's page and the cases agree.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use climbdown_lang::codes::COMPILED;
use climbdown_lang::diagnostic::CODES;

/// Produced by tests that make their files themselves (`limits.rs`).
const GENERATED: &[&str] = &["E001", "E002", "E006"];

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_files(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

/// Every `E123` or `W123` in the files of a folder that stands between two such marks.
fn codes_in(folder: &str, ending: &str, before: char, after: char) -> BTreeSet<String> {
    let mut files = Vec::new();
    all_files(&crate_folder().join(folder), ending, &mut files);
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|f| !f.ends_with("codes.rs")) {
        let text = fs::read_to_string(file).unwrap();
        for (at, _) in text.match_indices(['E', 'W']) {
            let Some(code) = text.get(at..at + 4) else { continue };
            let framed = text[..at].ends_with(before) && text[at + 4..].starts_with(after);
            if framed && code[1..].chars().all(|c| c.is_ascii_digit()) {
                found.insert(code.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_list_has_every_code_once_and_in_order() {
    let list: Vec<&str> = CODES.iter().map(|c| c.0).collect();
    let set: BTreeSet<&str> = list.iter().copied().collect();
    assert_eq!(list, set.into_iter().collect::<Vec<_>>());
    let used = codes_in("src", "rs", '"', '"');
    let listed: BTreeSet<String> = list.iter().map(|c| (*c).to_owned()).collect();
    assert_eq!(used, listed);
}

#[test]
fn every_code_has_a_case() {
    let shown = codes_in("tests/snapshots", "snap", '\n', ' ');
    for (code, title, _) in CODES {
        let elsewhere = COMPILED.contains(code) || GENERATED.contains(code);
        assert!(
            shown.contains(*code) != elsewhere,
            "{code} ({title}): shown by a bad case: {}, listed as produced elsewhere: {elsewhere}",
            shown.contains(*code)
        );
    }
}

#[test]
fn the_manual_has_a_section_for_each_code() {
    let page = crate_folder().join("../../docs/manual/diagnostics.md");
    let page = fs::read_to_string(page).unwrap();
    let mut sections = page.split("\n## ").skip(1);
    for (code, title, explanation) in CODES {
        let section = sections.next().unwrap_or_default();
        let begins = format!("{code} {title}\n\n{explanation}\n");
        assert!(
            section.starts_with(&begins),
            "docs/manual/diagnostics.md must go on with:\n\n## {begins}\nand has:\n\n## {section}"
        );
    }
    assert_eq!(sections.next(), None, "a section without a code");
}

#[test]
fn examples_of_the_manual_are_toml() {
    let page = fs::read_to_string(crate_folder().join("../../docs/manual/diagnostics.md")).unwrap();
    for section in page.split("\n## ").skip(1) {
        let code = &section[..4];
        let blocks: Vec<&str> = section.split("```toml\n").skip(1).collect();
        for (i, block) in blocks.iter().enumerate() {
            let text = block.split("```").next().unwrap();
            let broken = i == 0 && ["E004", "E005"].contains(&code);
            assert_eq!(text.parse::<toml::Table>().is_err(), broken, "{code}:\n{text}");
        }
    }
}
