//! Source texts, and places in them.

/// One file as text, with the name it is known by in diagnostics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Name as shown to the writer, such as `scenarios/tiny/scenario.toml`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A place: bytes `start..end` of one file of the [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Position of the file in the map.
    pub file: u16,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// The files a scenario was read from. File 0 is the scenario itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceMap {
    /// The files.
    pub files: Vec<SourceFile>,
}

/// A place as people count: from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

impl SourceMap {
    /// The file, line and column where `span` begins.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        let Some(file) = self.files.get(span.file as usize) else {
            return Position { file: String::new(), line: 1, column: 1 };
        };
        let start = (span.start as usize).min(file.text.len());
        let before = file.text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Position {
            file: file.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The line on which `span` begins.
    #[must_use]
    pub fn line(&self, span: Span) -> &str {
        let text = self.files.get(span.file as usize).map_or("", |f| &f.text);
        let start = (span.start as usize).min(text.len());
        let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
        let from = before.rfind('\n').map_or(0, |i| i + 1);
        let to = after.find('\n').map_or(text.len(), |i| start + i);
        text.get(from..to).unwrap_or("").trim_end()
    }

    /// The text of `span`.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.files
            .get(span.file as usize)
            .and_then(|f| f.text.get(span.start as usize..span.end as usize))
            .unwrap_or("")
    }
}
