//! As much of Rust's grammar as it takes to tell code from comments, text and tests.

/// What touches the machine, as `std::NAME`.
const MODULES: &[&str] = &["env", "fs", "net", "process", "thread", "time"];

/// What touches the machine, as it stands in code.
const CALLS: &[&str] =
    &["println!", "print!", "eprintln!", "eprint!", "dbg!", "stdin()", "stdout()", "stderr()"];

/// The text with comments, string literals and character literals turned into blanks; lines stay.
pub fn code_only(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let end = literal_end(&characters, at);
        if end == at {
            code.push(characters[at]);
            at += 1;
        } else {
            code.extend(characters[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// Where the comment or literal that begins at `at` ends; `at` if none begins there.
fn literal_end(text: &[char], at: usize) -> usize {
    let peek = |offset: usize| text.get(at + offset).copied().unwrap_or('\0');
    let is_word = 0 < at && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    match (peek(0), peek(1)) {
        ('/', '/') => find(text, at, |rest| rest[0] == '\n'),
        ('/', '*') => comment_end(text, at),
        ('"', _) => string_end(text, at + 1),
        ('b' | 'c', '"') if !is_word => string_end(text, at + 2),
        ('r', '"' | '#') if !is_word => raw_end(text, at, at + 1),
        ('b' | 'c', 'r') if !is_word => raw_end(text, at, at + 2),
        ('\'', '\\') => (find(text, at + 3, |rest| rest[0] == '\'') + 1).min(text.len()),
        ('\'', _) if peek(2) == '\'' => at + 3,
        _ => at,
    }
}

fn find(text: &[char], from: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (from..text.len()).find(|at| is_end(&text[*at..])).unwrap_or(text.len())
}

fn comment_end(text: &[char], start: usize) -> usize {
    let mut depth = 0usize;
    let mut at = start;
    while at < text.len() {
        if text[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// `start` if this is no raw string but an identifier such as `r#type`.
fn raw_end(text: &[char], start: usize, hashes_at: usize) -> usize {
    let hashes = text[hashes_at..].iter().take_while(|c| **c == '#').count();
    let open = hashes_at + hashes;
    if text.get(open) != Some(&'"') {
        return start;
    }
    let mut close = vec!['"'];
    close.resize(1 + hashes, '#');
    (find(text, open + 1, |rest| rest.starts_with(&close)) + close.len()).min(text.len())
}

/// The code without items marked `#[cfg(test)]`; lines stay. Takes what [`code_only`] gives.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = code.to_owned();
    while let Some(start) = kept.find(MARK) {
        let body = start + MARK.len();
        let end = kept[body..].find(['{', ';']).map_or(kept.len(), |offset| body + offset);
        let end = if kept[end..].starts_with('{') { block_end(&kept, end) } else { end + 1 };
        let end = end.min(kept.len());
        let blank: String =
            kept[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..end, &blank);
    }
    kept
}

/// Where the block ends whose `{` is at `open`.
fn block_end(code: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + offset + 1;
        }
    }
    code.len()
}

/// Line and name of everything in `code` that touches the machine.
pub fn machine_uses(code: &str) -> impl Iterator<Item = (usize, String)> {
    let mut uses = Vec::new();
    let line = |at: usize| code[..at].matches('\n').count() + 1;
    for (at, _) in code.match_indices("std::").filter(|(at, _)| !continues_a_word(code, *at)) {
        let rest = &code[at + "std::".len()..];
        let names = match rest.strip_prefix('{') {
            None => vec![rest],
            Some(group) => top_level_parts(group),
        };
        for name in names {
            let name: String = name
                .trim_start()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if MODULES.contains(&name.as_str()) {
                uses.push((line(at), format!("std::{name}")));
            }
        }
    }
    for call in CALLS {
        for (at, _) in code.match_indices(call).filter(|(at, _)| !continues_a_word(code, *at)) {
            uses.push((line(at), (*call).to_owned()));
        }
    }
    uses.sort();
    uses.into_iter()
}

/// The parts of `a, b::{c, d}, e}…` up to the brace that closes it.
fn top_level_parts(group: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn continues_a_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a word of `line` begins with `start`.
pub fn begins_a_word(line: &str, start: &str) -> bool {
    line.match_indices(start)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(char::is_alphabetic))
}

/// Whether `line` has `folder` (such as "/x/") at the beginning of a path, not inside one.
pub fn is_absolute_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~/*)}]>$%".contains(c))
    })
}

#[test]
fn comments_text_and_tests_are_not_code() {
    let text = "let a = \"std::fs\"; // std::fs\n/* std::net /* nested */ std::net */ let c = '\"'; let d = r#\"println!(\"x\")\"#;\n\
                fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests {\n    fn g() { println!(\"}\") }\n}\nuse std::env;\n";
    let code = without_tests(&code_only(text));
    assert_eq!(machine_uses(&code).collect::<Vec<_>>(), [(8, "std::env".to_owned())]);
    assert!(code.contains("fn f<'a>(x: &'a str)"));
}

#[test]
fn grouped_imports_and_output_are_found() {
    let code = "use std::{fmt, io::{self, fs}, fs::File, time};\nfn f() { eprintln!(); my_std::fs(); std::fmt::x() }\n";
    let found: Vec<String> = machine_uses(code).map(|(_, what)| what).collect();
    assert_eq!(found, ["std::fs", "std::time", "eprintln!"]);
}

#[test]
fn a_path_inside_another_is_not_absolute() {
    let folder = ["/ho", "me/"].concat();
    assert!(is_absolute_path(&format!("see {folder}someone"), &folder));
    assert!(is_absolute_path(&format!("\"{folder}x\""), &folder));
    assert!(!is_absolute_path(&format!("https://example.net{folder}x"), &folder));
    assert!(!is_absolute_path(&format!("../docs{folder}x"), &folder));
}

#[test]
fn a_word_begins_after_anything_but_a_letter() {
    assert!(begins_a_word("the rungs", "rung") && begins_a_word("min_rung", "rung"));
    assert!(!begins_a_word("wrung", "rung"));
}
