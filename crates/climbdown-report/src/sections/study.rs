//! What the answer rests on: draws, assumptions, rival explanations, claims.

use climbdown_lang::scenario::Scenario;
use climbdown_study::findings::{
    AssumptionFinding, ClaimFinding, Flip, FlipOf, HypothesisFinding, Study, Tested,
};

use crate::layout::{cell, push, wrap};
use crate::number::{change, given, plain, probability, share};
use crate::{Answer, number, words};

/// Influences that are listed.
const INFLUENCES: usize = 5;

/// Which assumptions carry the answer, and what would tell that they fail.
pub fn carries(answer: &Answer<'_>) -> String {
    let Some(study) = &answer.findings.study else { return String::new() };
    if study.assumptions.is_empty() {
        return String::new();
    }
    let mut out = wrap(
        "WHAT CARRIES IT   ",
        "  ",
        "each assumption moved alone over what others hold plausible (change of P: at the two \
         ends); ! = the verdict changes",
    );
    push(
        &mut out,
        &format!("{:<38}{:>8}{:>16}{:>12}{:>18}", "", "value", "others", "flips at", "change of P"),
    );
    let mut sorted: Vec<&AssumptionFinding> = study.assumptions.iter().collect();
    sorted.sort_by(|a, b| b.load_bearing.cmp(&a.load_bearing).then(swing(b).total_cmp(&swing(a))));
    for assumption in sorted {
        let mark = if assumption.load_bearing { "! " } else { "  " };
        out.push_str(&wrap(mark, "    ", &format!("{} ({})", assumption.claim, assumption.id)));
        for (at, (name, value, range)) in assumption.binds.iter().enumerate() {
            let flip =
                assumption.flips.iter().find(|f| f.of == FlipOf::Verdict && f.parameter == *name);
            let ends = assumption.at_ends.get(at).copied().unwrap_or([None, None]);
            let end = |x: Option<f64>| x.map_or("-".to_owned(), change);
            push(
                &mut out,
                &format!(
                    "    {}{:>8}{:>16}{:>12}{:>18}",
                    cell(name, 34),
                    given(*value),
                    format!("{} to {}", given(range.0), given(range.1)),
                    flip.map_or("no flip".to_owned(), at_value),
                    format!("{} {}", end(ends[0]), end(ends[1])),
                ),
            );
        }
    }
    let preference: Vec<String> = study
        .assumptions
        .iter()
        .filter_map(|a| {
            let is_own = |f: &&Flip| f.of == FlipOf::Preference(0);
            let flip = a.flips.iter().find(is_own)?;
            Some(format!("{} at {}", flip.parameter, at_value(flip)))
        })
        .collect();
    let mover = words::seat_name(answer.scenario, &answer.findings.question.seat);
    let text = if preference.is_empty() {
        format!("{mover}'s own preference between the two policies turns on none of them.")
    } else {
        format!(
            "{mover}'s own preference between the two policies turns on: {}.",
            preference.join(", ")
        )
    };
    out.push_str(&wrap("  ", "    ", &text));
    for sign in signposts(study) {
        out.push_str(&wrap("  ", "    ", &sign));
    }
    out.push_str(&influences(study));
    out
}

fn swing(a: &AssumptionFinding) -> f64 {
    a.at_ends
        .iter()
        .filter_map(|[low, high]| Some((high.as_ref()? - low.as_ref()?).abs()))
        .fold(0.0, f64::max)
}

fn at_value(flip: &Flip) -> String {
    format!("{}{}", if flip.jump { "jump " } else { "" }, plain(flip.at))
}

/// The move that tells most about each assumption that carries the answer.
fn signposts(study: &Study) -> Vec<String> {
    let mut found = Vec::new();
    for a in study.assumptions.iter().filter(|a| a.load_bearing) {
        let Some(s) = a.signposts.first() else { continue };
        found.push(format!(
            "Watch for {} by {}: {} if {} is as assumed, {} if it is {}. Seen, it moves even odds on \
             the assumption to {}.",
            s.made,
            s.seat,
            probability(s.if_it_holds),
            s.parameter,
            probability(s.if_it_fails),
            given(s.alternative),
            share(s.belief_from_half),
        ));
    }
    found
}

fn influences(study: &Study) -> String {
    let Some(all) = &study.influences else { return String::new() };
    let clear: Vec<String> = all
        .iter()
        .filter(|i| i.first > i.noise_of_largest)
        .take(INFLUENCES)
        .map(|i| format!("{} {}", i.parameter, probability(i.first.min(1.0))))
        .collect();
    let what = if clear.is_empty() {
        format!("no single one of {} stands out from chance", number::of(study.n_inputs, "input"))
    } else {
        clear.join(", ")
    };
    wrap(
        "  ",
        "    ",
        &format!(
            "Share of the variance of the change, over {} of all {}: {what}.",
            number::of(study.n_draws - study.n_failed, "draw"),
            number::of(study.n_inputs, "input"),
        ),
    )
}

/// How sure, from draws.
pub fn how_sure(study: &Study, answer: &Answer<'_>) -> String {
    let v = &answer.findings.verdict;
    let n = study.n_draws - study.n_failed;
    let (Some(kind), Some(degree), Some(sign)) =
        (study.share_of_kind, study.share_of_degree, study.share_of_sign)
    else {
        return "How sure: no draw has an answer.".to_owned();
    };
    let failed = match study.n_failed {
        0 => String::new(),
        failed => format!("; {} failed", number::of(failed, "draw")),
    };
    let band =
        study.bands.get(climbdown_study::study::HEADLINE).map_or(String::new(), |[lo, hi]| {
            format!(
                " In 90 of 100 draws the change lies between {} and {}.",
                change(*lo),
                change(*hi)
            )
        });
    format!(
        "How sure: over {} from the ranges given{failed}, \"{} in kind\" holds in {}, \"{} in degree\" in \
         {}, the direction in {}.{band}",
        number::of(n, "draw"),
        words::degree(v.kind),
        share(kind),
        words::degree(v.degree),
        share(degree),
        share(sign),
    )
}

/// What carries the answer, in a sentence.
pub fn in_a_sentence(study: &Study) -> String {
    let bearing: Vec<String> = study
        .assumptions
        .iter()
        .filter(|a| a.load_bearing)
        .map(|a| format!("\"{}\"", a.claim))
        .collect();
    let n = study.assumptions.len();
    match bearing.as_slice() {
        _ if n == 0 => "No assumption is declared, so none was moved.".to_owned(),
        [] => format!(
            "Moved one at a time, none of {} changes the verdict.",
            number::of(n, "assumption")
        ),
        [one] => format!(
            "One of {} changes the verdict when moved alone: {one}.",
            number::of(n, "assumption")
        ),
        many => format!(
            "{} of {} change the verdict when moved alone; the nearest is {}: see WHAT CARRIES IT.",
            many.len(),
            number::of(n, "assumption"),
            nearest(study).unwrap_or_default()
        ),
    }
}

/// The load-bearing assumption whose flip is nearest, relative to its range.
fn nearest(study: &Study) -> Option<String> {
    let distance = |a: &AssumptionFinding| {
        let flip = a.flips.iter().find(|f| f.of == FlipOf::Verdict)?;
        let (_, value, range) = a.binds.iter().find(|b| b.0 == flip.parameter)?;
        Some((flip.at - value).abs() / (range.1 - range.0))
    };
    let all = study.assumptions.iter().filter_map(|a| Some((distance(a)?, a)));
    let (_, nearest) = all.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("\"{}\"", nearest.claim))
}

/// The verdict under each rival explanation.
pub fn rivals(answer: &Answer<'_>) -> String {
    let Some(study) = &answer.findings.study else { return String::new() };
    if study.hypotheses.is_empty() {
        return String::new();
    }
    let mut out = wrap(
        "RIVAL EXPLANATIONS   ",
        "  ",
        "the same question if one of them were known to be true",
    );
    push(
        &mut out,
        &format!("{:54}{:>8}{:>8}{:>10}   {}", "", "before", "after", "change", "degree"),
    );
    let mut set = "";
    for h in &study.hypotheses {
        if h.set != set {
            set = &h.set;
            out.push_str(&wrap("  ", "  ", &about_set(study, answer.scenario, set)));
        }
        let (delta, degree) = match &h.answer {
            Some((_, degree, _, _, measure)) => {
                (change(measure.change()), words::degree(*degree).to_owned())
            }
            None => ("-".to_owned(), h.why_not.clone().unwrap_or_default()),
        };
        push(
            &mut out,
            &format!(
                "    {}{:>8}{:>8}{delta:>10}   {degree}",
                cell(&h.claim, 50),
                probability(h.prior),
                h.posterior.map_or("-".to_owned(), probability),
            ),
        );
    }
    out.push_str(&wrap(
        "  ",
        "    ",
        "before, after: weight before and after what was observed. A private type is known to the \
         analyst alone, so everybody plays as before; a number is known to all, and the game is \
         solved anew.",
    ));
    out
}

/// Whether the answer depends on a set, and whether what was seen tells it apart.
fn about_set(study: &Study, scenario: &Scenario, set: &str) -> String {
    let own: Vec<&HypothesisFinding> = study.hypotheses.iter().filter(|h| h.set == set).collect();
    let verdicts: Vec<_> =
        own.iter().filter_map(|h| h.answer.as_ref().map(|a| (a.0, a.1, a.2))).collect();
    let depends = match verdicts.split_first() {
        None => "no answer",
        Some((first, rest)) if rest.iter().all(|v| v == first) => {
            "the verdict is the same under all"
        }
        Some(_) => "the verdict depends on it",
    };
    let told = match own.first().and_then(|h| h.told_apart) {
        Some(true) => "; what was observed tells them apart",
        Some(false) => "; cannot be told apart by what was observed",
        None if scenario.history.is_none() => "; nothing was observed yet",
        None => "; what was observed was not weighed",
    };
    let fixes = match own.iter().filter(|h| h.fixes_parameter).count() {
        0 => "private types",
        n if n == own.len() => "numbers",
        _ => "private types and numbers",
    };
    format!("{set} ({fixes}): {depends}{told}.")
}

/// The text that is audited, claim by claim.
pub fn claims(answer: &Answer<'_>) -> String {
    let Some(study) = &answer.findings.study else { return String::new() };
    if study.claims.is_empty() {
        return String::new();
    }
    let count = |is: fn(&Tested) -> bool| study.claims.iter().filter(|c| is(&c.result)).count();
    let (holds, fails) = (count(|t| *t == Tested::Holds), count(|t| *t == Tested::Fails));
    let mut out = wrap(
        "THE TEXT, CLAIM BY CLAIM   ",
        "  ",
        &format!(
            "{holds} hold under this model, {fails} fail, {} cannot be tested here; in brackets: in \
             how many draws a claim holds",
            study.claims.len() - holds - fails
        ),
    );
    for claim in &study.claims {
        out.push_str(&one_claim(claim));
    }
    out
}

fn one_claim(claim: &ClaimFinding) -> String {
    let result = match &claim.result {
        Tested::Holds => "holds",
        Tested::Fails => "FAILS",
        Tested::Untestable(_) => "-",
    };
    let mut text = claim.text.clone();
    match (claim.among_first, claim.share_of_draws) {
        (Some(first), _) if first > 0 => {
            let failed = match claim.n_failed {
                0 => String::new(),
                n => format!(", {n} failed"),
            };
            text.push_str(&format!(" [in {} of the first {first} draws{failed}]", claim.n_holds));
        }
        (_, Some(share_of)) => text.push_str(&format!(" [in {} draws]", share(share_of))),
        _ => {}
    }
    if let Some(on) = claim.leans_on.as_ref().filter(|on| !on.is_empty()) {
        text.push_str(&format!(" [leans on {}]", on.join(", ")));
    }
    if let Tested::Untestable(why) = &claim.result {
        text.push_str(&format!(" [not tested: {why}]"));
    }
    wrap(&format!("  {}{}", cell(&claim.id, 14), cell(result, 7)), &" ".repeat(23), &text)
}

/// What is to be said of the draws in the section on checks.
pub fn checked(study: &Study) -> String {
    let a = &study.audits;
    let audit = match a.n_audited {
        0 => "none of their games was followed from lambda 0 as well".to_owned(),
        n => format!(
            "{} of theirs and of the assumptions followed from lambda 0 as well: {} off the branch, \
             {} not followed",
            number::of(n, "game"),
            a.n_mismatched,
            a.n_not_followed
        ),
    };
    let mut text = format!(
        "Study: {} (Latin hypercube, seed {}), {} failed; {audit}; {} solved one by one, not side by side.",
        number::of(study.n_draws, "draw"),
        study.seed,
        study.n_failed,
        a.n_retried,
    );
    for (why, n) in &study.failures {
        text.push_str(&format!(" {n}: {why}."));
    }
    wrap("  ", "    ", &text)
}
