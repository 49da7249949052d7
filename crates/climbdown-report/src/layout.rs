//! Lines of at most 92 columns.

/// Widest line of a report.
pub const WIDTH: usize = 92;

/// Wraps `text` at spaces: the first line after `first`, the others after `rest`.
/// A word longer than a line is cut.
pub fn wrap(first: &str, rest: &str, text: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_owned();
    let mut is_fresh = true;
    let room = WIDTH.saturating_sub(columns(first).max(columns(rest))).max(8);
    for word in text.split_whitespace().flat_map(|word| pieces(word, room)) {
        if !is_fresh && columns(&line) + 1 + columns(&word) > WIDTH {
            push(&mut out, &line);
            rest.clone_into(&mut line);
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(&word);
        is_fresh = false;
    }
    push(&mut out, &line);
    out
}

/// A title, with an id at the right end of its line, or of the next if that is too long.
pub fn heading(title: &str, id: &str) -> String {
    let room = WIDTH.saturating_sub(columns(id) + 2);
    if columns(title) <= room {
        format!("{title:<room$}  {id}\n")
    } else {
        format!("{}{id:>WIDTH$}\n", wrap("", "", title))
    }
}

/// Parts of a word that fit on a line of their own.
fn pieces(word: &str, room: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|c| c.iter().collect()).collect()
}

/// Adds a line without blanks at its end.
pub fn push(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

/// How many columns `text` takes.
pub fn columns(text: &str) -> usize {
    text.chars().count()
}

/// `text` in exactly `width` columns, cut with a dot if it is longer.
pub fn cell(text: &str, width: usize) -> String {
    if columns(text) <= width {
        format!("{text:<width$}")
    } else {
        let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
        cut.push('.');
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_page() {
        let long = "x".repeat(300);
        let text =
            format!("a few words, then {long} and more words until the line is full and over");
        assert!(wrap("  ", "      ", &text).lines().all(|l| columns(l) <= WIDTH));
    }

    #[test]
    fn cells_have_their_width() {
        assert_eq!(cell("abc", 5), "abc  ");
        assert_eq!(cell("abcdefgh", 5), "abcd.");
    }
}
