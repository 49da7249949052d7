//! Every file of `cases/good` is a scenario without errors; every file of `cases/bad` gets the
//! diagnostics of its snapshot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use climbdown_lang::{Checked, Sources, check, text};

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    found.sort();
    found
}

/// Reads a case with the ladders and the history of its name beside it.
fn read(path: &Path) -> Checked {
    let short = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let file = |path: &Path| text(&short(path), &std::fs::read(path).unwrap()).unwrap();
    let scenario = file(path);
    let needs = climbdown_lang::needs(&scenario);
    let folder = path.parent().unwrap();
    let ladders = needs.ladders.iter().map(|l| folder.join("ladders").join(format!("{l}.toml")));
    let history = needs.history.map(|h| folder.join(h)).filter(|p| p.exists());
    check(&Sources {
        scenario,
        ladders: ladders.filter(|p| p.exists()).map(|p| file(&p)).collect(),
        history: history.map(|p| file(&p)),
    })
}

fn render(checked: &Checked) -> String {
    let mut out = String::new();
    for d in &checked.diagnostics {
        let place = checked.map.position(d.span);
        let file = if d.span.file == 0 { String::new() } else { format!("{} ", place.file) };
        writeln!(out, "{} {file}{}:{} {}", d.code, place.line, place.column, d.message).unwrap();
        if let Some(help) = &d.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    out
}

#[test]
fn good_cases_are_clean() {
    let files = files("good", "toml");
    assert!(files.len() >= 8, "only {} good cases", files.len());
    for path in files {
        let checked = read(&path);
        let all = render(&checked);
        assert!(checked.scenario.is_some(), "{}:\n{all}", path.display());
        assert!(all.is_empty(), "{}:\n{all}", path.display());
    }
}

#[test]
fn bad_cases_say_where_what_and_what_instead() {
    let files = files("bad", "toml");
    assert!(files.len() >= 45, "only {} bad cases", files.len());
    for path in files {
        let checked = read(&path);
        assert!(!checked.diagnostics.is_empty(), "{} has no problem", path.display());
        let errors = checked.diagnostics.iter().any(|d| d.code.starts_with('E'));
        assert_eq!(checked.scenario.is_none(), errors, "{}", path.display());
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            let name = path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(name, render(&checked));
        });
    }
}
