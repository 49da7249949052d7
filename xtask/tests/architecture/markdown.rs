//! As much of Markdown as the tests ask for: headings, bullets, links.

use std::collections::{BTreeMap, BTreeSet};

/// Crates and their modules as the section "Code map" lists them: a heading "### `crate`", and a
/// bullet "- `module`: what it is" for each module.
pub fn code_map(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut map = BTreeMap::new();
    let mut modules: Option<&mut BTreeSet<String>> = None;
    let section = section(text, "Code map");
    for line in section.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            let name = heading.trim().trim_matches('`').to_owned();
            modules = Some(map.entry(name).or_default());
        } else if let Some((module, _)) = line.strip_prefix("- `").and_then(|r| r.split_once("`:"))
        {
            let modules = modules.as_mut().expect("a module stands under the heading of its crate");
            modules.insert(module.to_owned());
        }
    }
    map
}

/// The text under the heading "## `title`", up to the next of its rank.
pub fn section(text: &str, title: &str) -> String {
    text.lines()
        .skip_while(|line| line.strip_prefix("## ").map(str::trim) != Some(title))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Names of types: what stands in backticks and begins with a capital.
pub fn type_names(text: &str) -> BTreeSet<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| {
            name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric)
        })
        .map(str::to_owned)
        .collect()
}

/// What the glossary explains: bullets "- **term**, **other term** (`Type`): …".
pub fn glossary_terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("- **")) {
        let head = line.split_once(": ").map_or(line, |(head, _)| head);
        let bold = head.split("**").skip(1).step_by(2);
        let code = head.split('`').skip(1).step_by(2);
        terms.extend(bold.chain(code).map(str::to_owned));
    }
    terms
}

/// Line and target of every link, outside code.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in lines_outside_fences(text) {
        let line = without_inline_code(line);
        for (at, _) in line.match_indices("](") {
            let rest = &line[at + 2..];
            let target = rest.split([')', ' ']).next().unwrap_or(rest);
            found.push((number, target.trim_matches(['<', '>']).to_owned()));
        }
        let definition =
            line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        if let Some((_, target)) = definition {
            let target = target.split_whitespace().next().unwrap_or("");
            found.push((number, target.trim_matches(['<', '>']).to_owned()));
        }
    }
    found
}

/// What `#…` may name in a file: its headings, spelt as code hosts spell them.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for (_, line) in lines_outside_fences(text) {
        let Some((_, title)) = line.split_once(' ').filter(|(marks, _)| is_heading_mark(marks))
        else {
            continue;
        };
        let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor: String = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let mut unique = anchor.clone();
        for n in 1.. {
            if anchors.insert(unique) {
                break;
            }
            unique = format!("{anchor}-{n}");
        }
    }
    anchors
}

fn is_heading_mark(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '#')
}

fn lines_outside_fences(text: &str) -> Vec<(usize, &str)> {
    let mut fence: Option<&str> = None;
    let mut kept = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => kept.push((number + 1, line)),
            _ => {}
        }
    }
    kept
}

fn without_inline_code(line: &str) -> String {
    let outside = line.split('`').step_by(2);
    outside.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_code_map_is_read_from_headings_and_bullets() {
    let text = "## Words\n- `no`: x\n## Code map\n### `quantal`\ntext\n- `game`: a game\n### `xtask`\n## End\n- `no`: x\n";
    let map = code_map(text);
    assert_eq!(map.keys().collect::<Vec<_>>(), ["quantal", "xtask"]);
    assert!(map["quantal"].contains("game") && map["xtask"].is_empty());
}

#[test]
fn links_in_code_are_no_links() {
    let text = "[a](b.md) `[c](d.md)` [e](<f.md#g> \"title\")\n```\n[h](i.md)\n```\n[j]: k.md\n";
    let expected = [(1, "b.md"), (1, "f.md#g"), (5, "k.md")].map(|(line, l)| (line, l.to_owned()));
    assert_eq!(links(text), expected);
}

#[test]
fn anchors_are_spelt_as_code_hosts_spell_them() {
    let anchors = anchors("# A `B`, c\n## Twice\n## Twice\n```\n# no\n```\n");
    assert_eq!(anchors.into_iter().collect::<Vec<_>>(), ["a-b-c", "twice", "twice-1"]);
}

#[test]
fn a_glossary_entry_explains_its_terms_and_its_type() {
    let terms =
        glossary_terms("- **rung**, **step** (`Rung`): a `Ladder` has **many**.\n- other\n");
    assert_eq!(terms.into_iter().collect::<Vec<_>>(), ["Rung", "rung", "step"]);
}
