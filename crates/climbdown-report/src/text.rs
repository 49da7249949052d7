//! The report for people: plain text, at most 92 columns, ASCII apart from names.
//!
//! The first 25 lines say what is asked, what the answer is, how large the game is, what carries
//! the answer so far, how sure it is, and what it is not. The rest is for whoever asks "how do you
//! know?".

use climbdown_lang::scenario::{Scenario, Until};
use climbdown_study::findings::{AsOf, Degree, Findings, Sign};

use crate::layout::{heading, wrap};
use crate::{Answer, number, sections, words};

/// The whole report.
#[must_use]
pub fn text(answer: &Answer<'_>) -> String {
    let mut out = head(answer);
    let parts = [
        answer_section(answer),
        sections::ladder::section(answer),
        sections::readings(answer),
        sections::why::section(answer),
        sections::crossed::section(answer),
        sections::behaviour(answer),
        sections::spiral(answer),
        sections::study::carries(answer),
        sections::study::rivals(answer),
        sections::study::claims(answer),
        crate::offramps::short(answer.findings.off_ramps.as_ref(), answer.scenario),
        sections::band(answer),
        sections::checked(answer),
        sections::caution(answer),
    ];
    for part in parts.iter().filter(|p| !p.is_empty()) {
        out.push('\n');
        out.push_str(part);
    }
    out
}

/// Title and question.
fn head(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let mut out = heading(&scenario.title, &scenario.id);
    let until = match scenario.question.until {
        Until::Tenure => "while the occupant stays".to_owned(),
        Until::Horizon => "to the end".to_owned(),
        Until::Date(date) => format!("until {}", words::day(&date.to_string())),
    };
    let question = format!(
        "{}, {}. {} ({}), or {} ({}) {until}?",
        words::seat_name(scenario, &f.question.seat),
        words::day(&f.question.date),
        upper_first(words::move_text(scenario, scenario.question.focal)),
        f.question.focal,
        words::move_text(scenario, scenario.question.reference),
        f.question.reference,
    );
    out.push_str(&wrap("", "", &question));
    if let Some(as_of) = &f.as_of {
        out.push_str(&wrap("", "", &looked_back(as_of)));
    }
    out
}

/// What was known.
fn looked_back(as_of: &AsOf) -> String {
    let left_out = if as_of.left_out == 0 {
        String::new()
    } else {
        let turns = number::of(as_of.left_out, "later turn");
        format!("; {turns} of the history left out, since the question comes before")
    };
    format!(
        "As of {}: {} and {} before the question's turn taken in{left_out}.",
        words::day(&as_of.date),
        number::of(as_of.acts, "observed act"),
        number::of(as_of.silences, "silence"),
    )
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

fn answer_section(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let v = &f.verdict;
    let direction = match v.sign {
        Sign::None => String::new(),
        sign => format!(" ({})", words::sign(sign)),
    };
    let mut out = wrap(
        "ANSWER   ",
        "  ",
        &format!(
            "Under this model: {} in kind, {} in degree{direction}.",
            words::degree(v.kind),
            words::degree(v.degree),
        ),
    );
    let why = f.attribution.as_ref().map(|a| format!(" {}", sections::why::sentence(a)));
    let why = why.unwrap_or_default();
    out.push_str(&wrap(
        "  ",
        "  ",
        &format!("{} {}{why}", crossed_sentence(f, scenario), effect(answer)),
    ));
    out.push_str(&wrap("  ", "  ", &carries(answer)));
    out.push_str(&wrap("  ", "  ", &how_sure(answer)));
    out.push('\n');
    let t = &scenario.time;
    let length = words::span_of_hours(u64::from(t.stage_hours) * u64::from(t.horizon));
    let not = format!(
        "What this is not: a forecast. It compares two policies in a game of {} over {length} \
         ({}, {} positions).",
        number::of(f.game.actors, "actor"),
        number::of(f.game.stages as usize, "stage"),
        number::count(f.game.nodes),
    );
    out.push_str(&wrap("  ", "  ", &not));
    out.push_str(&wrap("  ", "  ", &format!("The rule. {}", v.rule)));
    out
}

/// The answer in one or two sentences; also the JSON's `verdict.sentence`.
#[must_use]
pub fn sentence(answer: &Answer<'_>) -> String {
    let v = &answer.findings.verdict;
    format!(
        "Under this model: {} in kind, {} in degree. {}",
        words::degree(v.kind),
        words::degree(v.degree),
        effect(answer)
    )
}

/// What the policy does to the headline measure.
fn effect(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let m = &f.effect.as_policy.measure;
    let (before, after) = (number::chance(m.reference), number::chance(m.focal));
    let what = words::measure(scenario, scenario.question.measure);
    let focal = &f.question.focal;
    match f.verdict.sign {
        Sign::Raises => {
            format!(
                "As a policy, \"{focal}\" raises the chance of {what} from {before} to {after}."
            )
        }
        Sign::Lowers => {
            format!(
                "As a policy, \"{focal}\" lowers the chance of {what} from {before} to {after}."
            )
        }
        Sign::None => format!(
            "As a policy, \"{focal}\" leaves the chance of {what} about where it is: {after} against {before}."
        ),
    }
}

fn crossed_sentence(f: &Findings, scenario: &Scenario) -> String {
    let q = &f.question;
    let mut things: Vec<String> = Vec::new();
    for id in &f.kind.firebreaks {
        let name = scenario.ladders[0].firebreaks.iter().find(|x| x.id == *id).map(|x| &x.name);
        things.push(name.map_or(format!("firebreak {id}"), |n| format!("firebreak {id} ({n})")));
    }
    for line in &f.kind.red_lines {
        let owner = words::actor_name(scenario, &line.owner);
        let which = if line.actual { "a red line" } else { "a stated line" };
        things.push(format!("{which} of {owner} ({})", line.id));
    }
    for (list, kind) in [(&f.kind.norms, "norm"), (&f.kind.treaties, "treaty")] {
        let named = |(id, state): &(String, String)| format!("the {kind} {id} ({state} before)");
        things.extend(list.iter().map(named));
    }
    let other = &q.reference_act;
    let act = if q.focal_act == q.focal {
        format!("\"{}\"", q.focal)
    } else {
        format!("the act that \"{}\" leads to, \"{}\",", q.focal, q.focal_act)
    };
    if things.is_empty() {
        return format!("{} crosses nothing that \"{other}\" does not.", upper_first(&act));
    }
    let list = match things.as_slice() {
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
        [] => String::new(),
    };
    format!("{} crosses what \"{other}\" does not: {list}.", upper_first(&act))
}

/// What carries the answer, as far as it is known.
fn carries(answer: &Answer<'_>) -> String {
    let Answer { scenario, findings, .. } = answer;
    let (judgement, all) = sections::judged(scenario);
    if let Some(study) = &findings.study {
        let carried = sections::study::in_a_sentence(study);
        return format!("What carries it: {judgement} of {all} numbers are judgement. {carried}");
    }
    let assumptions = match scenario.assumptions.len() {
        0 => "no assumption is declared".to_owned(),
        n => {
            format!("{} declared, none moved over its range", number::of(n, "assumption"))
        }
    };
    format!(
        "What carries it: {judgement} of {all} numbers are judgement; {assumptions}. \
         Which of them decide it takes a study, which was left out."
    )
}

/// From draws, and from the band over Λ.
fn how_sure(answer: &Answer<'_>) -> String {
    let f = answer.findings;
    let by_precision = over_the_band(f);
    match &f.study {
        None => format!("How sure: {by_precision} Numbers of the file were not varied."),
        Some(study) => {
            let by_draws = sections::study::how_sure(study, answer);
            format!("{by_draws} At the file's numbers, {by_precision}")
        }
    }
}

/// At how many of the precisions the answer holds.
fn over_the_band(f: &Findings) -> String {
    let solved: Vec<_> = f.band.iter().filter_map(|b| Some((b, b.degree?, b.measure?))).collect();
    if solved.is_empty() {
        return "other precisions of choice were not solved.".to_owned();
    }
    let same = solved.iter().filter(|(_, d, _)| *d == f.verdict.degree).count();
    let of = f.band.len();
    let (low, high) = f
        .band
        .iter()
        .fold((f64::INFINITY, 0.0f64), |(lo, hi), b| (lo.min(b.lambda), hi.max(b.lambda)));
    let mut text = format!(
        "\"{} in degree\" holds at {same} of {of} precisions of choice (lambda {} to {})",
        words::degree(f.verdict.degree),
        number::given(low),
        number::given(high),
    );
    let direction = |x: f64| match f.verdict.sign {
        Sign::Raises => x > 0.0,
        Sign::Lowers => x < 0.0,
        Sign::None => true,
    };
    if f.verdict.sign != Sign::None && f.verdict.degree != Degree::None {
        let n = solved.iter().filter(|(_, _, m)| direction(m.change())).count();
        text.push_str(&format!("; the direction at {n} of {of}"));
    }
    text.push('.');
    text
}
