//! WHAT COULD FOLLOW: the ladder, drawn.

use climbdown_study::findings::Change;

use crate::layout::{cell, columns, push, wrap};
use crate::number::{change, probability};
use crate::{Answer, words};

/// Columns to the left of the bar.
const LEFT: usize = 38;
/// Columns of a bar at probability 1.
const BAR: usize = 30;

/// Rungs from the top down to where things stand, firebreaks between them.
pub fn section(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let ladder = &scenario.ladders[0];
    let q = &f.question;
    let end = words::day(&scenario.time.date(scenario.time.horizon).to_string());
    let mut out = wrap(
        "WHAT COULD FOLLOW   ",
        "  ",
        &format!(
            "P(highest rung reached before {end} is this one or higher), as a policy; \
             with = {}, without = {}",
            words::move_text(scenario, scenario.question.focal),
            words::move_text(scenario, scenario.question.reference)
        ),
    );
    push(
        &mut out,
        &format!("{:width$}{:>7}{:>8}{:>9}", "", "without", "with", "change", width = LEFT + BAR),
    );
    for rung in ladder.rungs.iter().rev().filter(|r| r.rung >= f.outcome.start_rung) {
        let Some((_, c)) = f.effect.as_policy.rungs.iter().find(|(r, _)| *r == rung.rung) else {
            continue;
        };
        push(&mut out, &rung_line(rung.rung, &rung.name, rung.rung == f.outcome.start_rung, c));
        for firebreak in ladder.firebreaks.iter().rev().filter(|x| x.above == rung.rung) {
            if firebreak.below < f.outcome.start_rung {
                continue;
            }
            let is_crossed = f.kind.firebreaks.contains(&firebreak.id);
            push(
                &mut out,
                &firebreak_line(&firebreak.id, &firebreak.name, is_crossed, &q.focal_act),
            );
        }
    }
    push(&mut out, "    # under both policies   = added by the move   - taken away by it");
    out.push_str(&crossings(answer));
    out
}

fn rung_line(rung: u8, name: &str, is_start: bool, c: &Change) -> String {
    let name = if is_start { format!("{name} (now)") } else { name.to_owned() };
    let left = format!("   {rung:>2} {}|", cell(&name, LEFT - 7));
    format!(
        "{left}{}{:>7}{:>8}{:>9}",
        cell(&bar(c), BAR),
        probability(c.reference),
        probability(c.focal),
        change(c.change())
    )
}

/// `#` for what both policies share, `=` for what the focal move adds, `-` for what it takes away.
fn bar(c: &Change) -> String {
    let length = |p: f64| (p.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    let (common, longer) = (length(c.focal.min(c.reference)), length(c.focal.max(c.reference)));
    let more = if c.focal >= c.reference { "=" } else { "-" };
    format!("{}{}", "#".repeat(common), more.repeat(longer - common))
}

fn firebreak_line(id: &str, name: &str, is_crossed: bool, act: &str) -> String {
    let dash = if is_crossed { "=" } else { "-" };
    let left = LEFT - 7 - columns(id);
    let mark = if is_crossed { format!("<- crossed by {act}: {name}") } else { name.to_owned() };
    format!(
        "  {} {id} {}  {}",
        dash.repeat(left),
        dash.repeat(3),
        cell(&mark, 92 - LEFT - 2).trim_end()
    )
}

/// How the first firebreaks that the act itself does not cross would be crossed.
fn crossings(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let open: Vec<_> = f
        .outcome
        .firebreaks
        .iter()
        .filter(|c| !c.already_crossed && !f.kind.firebreaks.contains(&c.id))
        .filter_map(|c| {
            let change = f.effect.as_policy.firebreaks.iter().find(|x| x.id == c.id)?;
            Some((c, change))
        })
        .take(2)
        .collect();
    let mut out = String::new();
    if open.is_empty() {
        return out;
    }
    push(
        &mut out,
        &format!(
            "  {}{:>12}{:>14}{:>12}{:>9}",
            cell("How the next firebreaks would be crossed", 43),
            "by decision",
            "unknowingly",
            "by accident",
            "in all"
        ),
    );
    for (crossing, x) in open {
        for is_focal in [true, false] {
            let side = |c: &Change| if is_focal { c.focal } else { c.reference };
            let which = if is_focal { "with" } else { "without" };
            let name = match is_focal {
                true => format!("{} {}", crossing.id, crossing.name),
                false => String::new(),
            };
            push(
                &mut out,
                &format!(
                    "    {} {}{:>12}{:>14}{:>12}{:>9}",
                    cell(&name, 32),
                    cell(which, 8),
                    probability(side(&x.deliberate)),
                    probability(side(&x.inadvertent)),
                    probability(side(&x.accidental)),
                    probability(side(&x.p_cross))
                ),
            );
        }
        // Only where an actor's eyes differ from the analyst's by what three decimals can show.
        let differs = |p: f64| probability(p) != probability(crossing.p_cross);
        for (actor, p) in crossing.seen_by.iter().filter(|(_, p)| differs(*p)) {
            let who = words::actor_name(scenario, actor);
            out.push_str(&wrap(
                "      ",
                "        ",
                &format!("in the eyes of {who}, with everybody free: {}", probability(*p)),
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_what_is_shared_added_and_taken_away() {
        assert_eq!(bar(&Change { focal: 0.5, reference: 0.3 }), "#########======");
        assert_eq!(bar(&Change { focal: 0.3, reference: 0.5 }), "#########------");
        assert_eq!(bar(&Change { focal: 0.0, reference: 0.0 }), "");
    }
}
