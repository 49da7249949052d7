//! What ARCHITECTURE.md says, held against the tree. Each test names the files that break its law.

mod manifest;
mod markdown;
mod source;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use manifest::Manifest;
use tree::Tree;

/// The floors, lowest first. A crate may import only crates of lower floors.
const FLOORS: &[(&str, u32)] = &[
    ("quantal", 1),
    ("climbdown-lang", 2),
    ("climbdown-study", 3),
    ("climbdown-report", 4),
    ("climbdown-engine", 5),
    ("climbdown-cli", 6),
];

/// Only crates on this floor or above may touch the machine.
const DOORS: u32 = 6;

/// A file this long has a seam in it.
const MOST_LINES: usize = 600;

fn floor(name: &str) -> Option<u32> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

/// Fails with the list of what breaks the law, or passes if there is nothing.
#[track_caller]
fn nothing_breaks(law: &str, offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{law}:\n  {}", offenders.join("\n  "));
}

#[test]
fn every_crate_and_module_is_in_the_code_map_and_the_other_way_round() {
    let tree = Tree::read();
    let map = markdown::code_map(&tree.text("ARCHITECTURE.md"));
    let mut there = BTreeMap::new();
    for name in tree.crates() {
        let modules = tree.modules(&name);
        there.insert(name, modules);
    }

    let mut offenders = Vec::new();
    let names: BTreeSet<&String> = map.keys().chain(there.keys()).collect();
    let none = BTreeSet::new();
    for name in names {
        match (map.get(name), there.get(name)) {
            (None, _) => offenders.push(format!("crate {name} is not in the code map")),
            (_, None) => {
                offenders.push(format!("crate {name} is in the code map and not in the tree"))
            }
            _ => {}
        }
        let (named, existing) = (map.get(name).unwrap_or(&none), there.get(name).unwrap_or(&none));
        offenders.extend(
            existing
                .difference(named)
                .map(|m| format!("{name}: module {m} is not in the code map")),
        );
        offenders.extend(
            named.difference(existing).map(|m| format!("{name}: module {m} does not exist")),
        );
    }
    nothing_breaks("ARCHITECTURE.md, section \"Code map\", and the tree differ", offenders);
}

#[test]
fn a_crate_imports_only_lower_floors() {
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for name in tree.crates().into_iter().filter(|name| name != "xtask") {
        let Some(own) = floor(&name) else {
            offenders.push(format!("{name} has no floor (FLOORS in this test)"));
            continue;
        };
        for dependency in tree.manifest(&name).dependencies() {
            if floor(&dependency.name).is_some_and(|other| own <= other) {
                offenders.push(format!("{name} (floor {own}) imports {}", dependency.name));
            }
        }
    }
    nothing_breaks("imports that do not go down", offenders);
}

#[test]
fn every_guest_has_a_reason_and_stays_above_its_floor() {
    let tree = Tree::read();
    let workspace = Manifest::parse(&tree.text("Cargo.toml"));
    let mut offenders = Vec::new();
    let mut guests = BTreeMap::new();
    for guest in workspace.workspace_dependencies().filter(|guest| floor(&guest.name).is_none()) {
        let reason = guest.comment.split_once(':').map_or("", |(_, reason)| reason.trim());
        if reason.is_empty() {
            offenders.push(format!(
                "{}: write `# floor N: reason` or `# tests: reason` behind it",
                guest.name
            ));
        }
        guests.insert(guest.name.clone(), guest.lowest_floor());
    }
    for name in tree.crates() {
        for dependency in tree.manifest(&name).dependencies().filter(|d| floor(&d.name).is_none()) {
            match (guests.get(&dependency.name), floor(&name)) {
                (None, _) => offenders.push(format!(
                    "{name}: {} is not in [workspace.dependencies]",
                    dependency.name
                )),
                (Some(None), _) => {
                    offenders.push(format!("{name}: {} is for tests only", dependency.name));
                }
                (Some(Some(lowest)), Some(own)) if own < *lowest => offenders.push(format!(
                    "{name} (floor {own}): {} may not go below floor {lowest}",
                    dependency.name
                )),
                _ => {}
            }
        }
    }
    nothing_breaks("guests without a reason, or below their floor", offenders);
}

#[test]
fn threads_are_an_option_everywhere_below_the_doors() {
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for (name, floor) in FLOORS {
        let manifest = tree.manifest(name);
        let rayon = manifest.dependencies().find(|dependency| dependency.name == "rayon");
        if *floor < DOORS && rayon.is_some_and(|rayon| !rayon.is_optional()) {
            offenders
                .push(format!("{name}: rayon must be optional, behind the feature `parallel`"));
        }
    }
    nothing_breaks("threads that cannot be left out", offenders);
}

#[test]
fn only_the_doors_touch_the_machine() {
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for (name, _) in FLOORS.iter().filter(|(_, floor)| *floor < DOORS) {
        for path in tree.sources(name) {
            let code = source::without_tests(&source::code_only(&tree.text(&path)));
            offenders.extend(
                source::machine_uses(&code).map(|(line, what)| format!("{path}:{line}: {what}")),
            );
        }
    }
    nothing_breaks("files, clocks, threads, environment or output below the doors", offenders);
}

#[test]
fn the_solver_knows_nothing_of_crises() {
    const WORDS: &[&str] = &[
        "escalat",
        "crisis",
        "crises",
        "scenario",
        "rung",
        "firebreak",
        "warhead",
        "nuclear",
        "missile",
        "weapon",
        "treaty",
        "deterren",
        "red line",
        "red-line",
        "red_line",
        "redline",
    ];
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for path in tree.sources("quantal") {
        for (number, line) in tree.text(&path).lines().enumerate() {
            let line = line.to_lowercase();
            for word in WORDS {
                if source::begins_a_word(&line, word) {
                    offenders.push(format!("{path}:{}: {word}", number + 1));
                }
            }
        }
    }
    nothing_breaks("words of the crisis in quantal", offenders);
}

#[test]
fn no_source_file_is_too_long() {
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for name in tree.crates() {
        for path in tree.sources(&name) {
            let lines = tree.text(&path).lines().count();
            if MOST_LINES < lines {
                offenders.push(format!("{path}: {lines} lines"));
            }
        }
    }
    nothing_breaks("files over 600 lines; look for the seam", offenders);
}

#[test]
fn no_crate_is_a_drawer_for_odds_and_ends() {
    let tree = Tree::read();
    let drawers = ["common", "utils", "util", "helpers", "misc", "shared"];
    let offenders = tree
        .crates()
        .into_iter()
        .filter(|name| name.split('-').any(|part| drawers.contains(&part)))
        .collect();
    nothing_breaks("crates named for no subject", offenders);
}

#[test]
fn no_file_names_a_folder_of_one_machine_or_a_registry() {
    // Put together here, so that this file does not break its own law.
    let folders = ["home", "root", "work", "tmp", "Users"].map(|name| format!("/{name}/"));
    let registries = ["crates|io", "pypi|org", "pythonhosted|org", "npmjs|org", "debian|org"]
        .map(|name| name.replace('|', "."));
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for path in tree.files().filter(|path| path.as_str() != "Cargo.lock") {
        let Some(text) = tree.text_if_any(path) else { continue };
        for (number, line) in text.lines().enumerate() {
            let is_folder = folders.iter().any(|folder| source::is_absolute_path(line, folder));
            let is_registry = registries.iter().any(|host| line.contains(host.as_str()));
            if is_folder || is_registry {
                offenders.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    nothing_breaks("paths of one machine, or addresses of registries", offenders);
}

#[test]
fn every_relative_link_leads_somewhere() {
    let tree = Tree::read();
    let mut offenders = Vec::new();
    for path in tree.files().filter(|path| path.ends_with(".md")) {
        let text = tree.text(path);
        for (line, link) in markdown::links(&text) {
            if let Some(why) = tree.broken_link(path, &link) {
                offenders.push(format!("{path}:{line}: {link}: {why}"));
            }
        }
    }
    nothing_breaks("links that lead nowhere", offenders);
}

#[test]
fn every_word_of_the_architecture_is_in_the_glossary() {
    let tree = Tree::read();
    let glossary = markdown::glossary_terms(&tree.text("GLOSSARY.md"));
    let words = markdown::type_names(&markdown::section(&tree.text("ARCHITECTURE.md"), "Words"));
    assert!(30 < words.len(), "ARCHITECTURE.md, section \"Words\", lists the types of every floor");
    let missing = words.into_iter().filter(|word| !glossary.contains(word)).collect();
    nothing_breaks("words without an entry in GLOSSARY.md", missing);
}

#[test]
fn decisions_are_numbered_listed_and_of_one_shape() {
    let tree = Tree::read();
    let list = tree.text("docs/decisions/README.md");
    let mut offenders = Vec::new();
    let decisions: Vec<&String> = tree
        .files()
        .filter(|path| path.starts_with("docs/decisions/") && !path.ends_with("README.md"))
        .collect();
    for (position, path) in decisions.iter().enumerate() {
        let name = path.rsplit('/').next().expect("a path has a last part");
        let number = format!("{:04}", position + 1);
        let text = tree.text(path);
        if !name.starts_with(&format!("{number}-")) {
            offenders.push(format!("{path}: the next number is {number}"));
        }
        if !list.contains(&format!("({name})")) {
            offenders.push(format!("{path}: not in docs/decisions/README.md"));
        }
        if !text.starts_with(&format!("# {number} ")) {
            offenders.push(format!("{path}: the title does not begin with its number"));
        }
        for part in ["\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"] {
            if !text.contains(part) {
                offenders.push(format!("{path}: no {}", part.trim()));
            }
        }
    }
    nothing_breaks("decisions out of order or shape", offenders);
}
