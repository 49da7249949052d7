//! First of its kind? For everything that the focal act crosses or breaks, who did so before.

use climbdown_lang::precedent::{Step, cell, earlier, reaches_back};
use climbdown_lang::scenario::{NormId, RedLineId, Scenario};

use crate::findings::{First, IsFirst, Kind, Precedent};

/// The answers, in the order of `kind`; `None` if the history says nothing of the time before the question.
pub(crate) fn firsts(scenario: &Scenario, kind: &Kind) -> Option<Vec<First>> {
    let date = scenario.time.date(scenario.question.stage);
    if !reaches_back(scenario, date) {
        return None;
    }
    let firebreaks = scenario.ladders[0].firebreaks.iter().enumerate();
    let firebreaks = firebreaks
        .filter(|(_, f)| kind.firebreaks.contains(&f.id))
        .map(|(at, f)| (&f.id, Step::Firebreak(at)));
    let lines = scenario.red_lines.iter().enumerate();
    let lines = lines
        .filter(|(_, l)| kind.red_lines.iter().any(|touched| touched.stated && touched.id == l.id))
        .map(|(at, l)| (&l.id, Step::Stated(RedLineId::new(at))));
    let norms = scenario.norms.iter().enumerate();
    let broken = |id: &String| kind.norms.iter().chain(&kind.treaties).any(|(b, _)| b == id);
    let norms =
        norms.filter(|(_, n)| broken(&n.id)).map(|(at, n)| (&n.id, Step::Norm(NormId::new(at))));
    let rows = scenario.history.as_ref().map_or(&[][..], |h| &h.rows);
    let first = |(key, step): (&String, Step)| {
        let found = earlier(scenario, step, date);
        let answer = match found.as_slice() {
            [] => IsFirst::Yes,
            some if some.iter().any(|e| e.is_agreed) => IsFirst::No,
            _ => IsFirst::Disputed,
        };
        let precedent = |row: usize, is_agreed: bool| {
            let of = |name: &str| cell(&rows[row], name).to_owned();
            Precedent {
                date: rows[row].date.to_string(),
                seat: of("seat"),
                actor: of("actor"),
                made: of("move"),
                account: of("account"),
                is_agreed,
                source: of("source"),
            }
        };
        let precedents = found.iter().map(|e| precedent(e.row, e.is_agreed)).collect();
        First { key: key.clone(), answer, precedents }
    };
    Some(firebreaks.chain(lines).chain(norms).map(first).collect())
}
