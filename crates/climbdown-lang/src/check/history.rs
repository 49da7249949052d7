//! The history: a CSV file of what happened.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Context;
use crate::limits::MAX_BYTES;
use crate::names;
use crate::scenario::{History, HistoryRow, Scenario};
use crate::source::{SourceFile, Span};

/// The columns, in order.
const HEADER: [&str; 13] = [
    "date",
    "seat",
    "actor",
    "move",
    "means",
    "ends",
    "involvement",
    "target",
    "publicity",
    "account",
    "weight",
    "source",
    "confidence",
];

impl Context<'_> {
    /// `[history]` and its file.
    pub(super) fn history(
        &mut self,
        scenario: &Scenario,
        source: Option<(u16, &SourceFile)>,
    ) -> Option<History> {
        let table = self.root.table("history")?;
        let file = table.text("file")?;
        let Some((index, source)) = source else {
            let message = format!("there is no history `{}`", file.text);
            let help = "the file stands beside the scenario; without one leave [history] out";
            self.report.advise("E070", file.span, message, help.to_owned());
            return None;
        };
        let rows = self.rows(scenario, index, source);
        Some(History {
            file: file.text.clone(),
            silence_is_hold: table.string("silence").as_deref() != Some("unknown"),
            rows,
            span: table.span,
        })
    }

    fn rows(&mut self, scenario: &Scenario, file: u16, source: &SourceFile) -> Vec<HistoryRow> {
        if source.text.len() > MAX_BYTES {
            let span = Span { file, ..Span::default() };
            let message = format!("`{}` has {} bytes", source.name, source.text.len());
            let help = "the largest file read is 4 MiB".to_owned();
            self.report.advise("E002", span, message, help);
            return Vec::new();
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(source.text.as_bytes());
        let mut found: Vec<HistoryRow> = Vec::new();
        let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut header = false;
        for record in reader.records() {
            let Ok(record) = record else { continue };
            let span = row_span(file, &source.text, record.position());
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(str::to_owned).collect();
            if !header {
                header = true;
                if cells != HEADER {
                    let message = "the first line is not the header of a history";
                    let help = format!("write: {}", HEADER.join(","));
                    self.report.advise("E071", span, message, help);
                    return Vec::new();
                }
                continue;
            }
            if cells.len() != HEADER.len() {
                let message =
                    format!("this row has {} cells; the header has {}", cells.len(), HEADER.len());
                let help = "leave unknown cells empty; put quotes around cells with commas";
                self.report.advise("E071", span, message, help.to_owned());
                continue;
            }
            let place = Row { whole: span, text: &source.text };
            let Some(row) = self.row(scenario, &cells, place) else { continue };
            if let Some(last) = found.last()
                && row.date < last.date
            {
                let message = format!("{} stands after {}", row.date, last.date);
                let help = "rows are in the order of their dates".to_owned();
                self.report.advise("E073", span, message, help);
            }
            // Source and confidence do not make it another observation.
            if let Some(first) =
                seen.insert(cells[..10].to_vec(), usize::try_from(line).unwrap_or(0))
            {
                let message = format!("this row says the same as line {first}");
                let help = "give differing accounts names in `account`, or delete one row";
                self.report.advise("E074", span, message, help.to_owned());
            }
            found.push(row);
        }
        if !header {
            let help = format!("it begins with: {}", HEADER.join(","));
            let span = Span { file, ..Span::default() };
            self.report.advise("E071", span, "the history is empty", help);
        }
        found
    }

    fn row(&mut self, scenario: &Scenario, cells: &[String], span: Row<'_>) -> Option<HistoryRow> {
        let date: Option<Date> = cells[0].parse().ok();
        if date.is_none() {
            let message = format!("`{}` is not a date", cells[0]);
            let help = "write year-month-day, such as 2024-11-17".to_owned();
            self.report.advise("E072", span.of_cell(0), message, help);
        }
        let ids = |list: Vec<&String>| -> Vec<String> { list.into_iter().cloned().collect() };
        for (at, known) in [
            (1, ids(scenario.seats.iter().map(|s| &s.id).collect())),
            (2, ids(scenario.actors.iter().map(|a| &a.id).collect())),
            (3, ids(scenario.moves.iter().map(|m| &m.id).collect())),
        ] {
            let message = format!("there is no {} `{}`", HEADER[at], cells[at]);
            self.cell(message, &cells[at], &known, span.of_cell(at));
        }
        for attribute in scenario.ladders.first().map_or(&[][..], |l| &l.attributes) {
            if let Some(at) = HEADER.iter().position(|h| *h == attribute.id) {
                let message = format!("`{}` is not a value of `{}`", cells[at], attribute.id);
                self.cell(message, &cells[at], &attribute.values, span.of_cell(at));
            }
        }
        if cells[1].is_empty() && cells[2].is_empty() {
            let help = "name the seat, or the actor".to_owned();
            self.report.advise("E072", span.whole, "this row does not say who acted", help);
        }
        let weight = &cells[10];
        if !weight.is_empty() && !weight.parse::<f64>().is_ok_and(|w| (0.0..=1.0).contains(&w)) {
            let message = format!("`{weight}` is not a weight");
            let help = "a number from 0 to 1: how far this account is trusted".to_owned();
            self.report.advise("E072", span.of_cell(10), message, help);
        }
        let pairs = HEADER.iter().zip(cells).skip(1);
        let cells = pairs.map(|(name, cell)| ((*name).to_owned(), cell.clone())).collect();
        Some(HistoryRow { date: date?, cells, span: span.whole })
    }

    fn cell(&mut self, message: String, cell: &str, known: &[String], span: Span) {
        if cell.is_empty() || known.iter().any(|k| k == cell) {
            return;
        }
        let help = names::suggest(cell, known.iter().map(String::as_str), "it is one of");
        self.report.advise("E072", span, message, help);
    }
}

/// Where a row stands, and in which text.
#[derive(Clone, Copy)]
struct Row<'a> {
    whole: Span,
    text: &'a str,
}

impl Row<'_> {
    /// The place of a cell, counted from 0.
    fn of_cell(self, n: usize) -> Span {
        let (start, end) = (self.whole.start as usize, self.whole.end as usize);
        let line = self.text.get(start..end).unwrap_or("");
        let (mut begins, mut cell, mut quoted) = (0, 0, false);
        for (i, c) in line.char_indices() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted && cell == n => return self.part(begins, i),
                ',' if !quoted => {
                    cell += 1;
                    begins = i + 1;
                }
                _ => {}
            }
        }
        if cell == n { self.part(begins, line.len()) } else { self.whole }
    }

    fn part(self, begins: usize, ends: usize) -> Span {
        let place = |i: usize| self.whole.start + u32::try_from(i).unwrap_or(0);
        Span { start: place(begins), end: place(ends), ..self.whole }
    }
}

/// The line of a record.
fn row_span(file: u16, text: &str, position: Option<&csv::Position>) -> Span {
    let at = position.map_or(0, csv::Position::byte);
    let at = usize::try_from(at).unwrap_or(0).min(text.len());
    let start = text[at..].find(|c: char| !c.is_whitespace()).map_or(at, |i| at + i);
    let end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    let place = |i: usize| u32::try_from(i).unwrap_or(0);
    Span { file, start: place(start), end: place(end) }
}
