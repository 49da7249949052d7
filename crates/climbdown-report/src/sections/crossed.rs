//! WHAT IS CROSSED, FOR WHOM: firebreaks, red lines, norms, treaties.

use climbdown_lang::scenario::{Norm, NormKind};

use crate::layout::{cell, push, wrap};
use crate::{Answer, words};

/// What the focal act crosses or breaks and the reference act does not; then what is out of scope.
pub fn section(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let (act, other) = (&f.question.focal_act, &f.question.reference_act);
    let mut out = wrap(
        "WHAT IS CROSSED   ",
        "  ",
        &format!("by {act}, and not by {other} (codes, not chances)"),
    );
    let line = |out: &mut String, name: &str, what: &str| {
        let name = format!("  {} ", cell(name, 44));
        out.push_str(&wrap(&name, &" ".repeat(47), what));
    };
    for id in &f.kind.firebreaks {
        let name = scenario.ladders[0].firebreaks.iter().find(|x| x.id == *id).map(|x| &x.name);
        let name = name.map_or(id.clone(), |n| format!("{id} {n}"));
        line(&mut out, &name, "firebreak of the model's ladder: crossed");
    }
    for touched in &f.kind.red_lines {
        let owner = words::actor_name(scenario, &touched.owner);
        let text =
            scenario.red_lines.iter().find(|l| l.id == touched.id).and_then(|l| l.text.as_ref());
        let stated = if touched.stated { "crossed" } else { "not crossed" };
        let actual = if touched.actual { "crossed" } else { "not crossed" };
        let name = format!("{owner}: {}", text.unwrap_or(&touched.id));
        line(&mut out, &name, &format!("as stated {stated}; as meant {actual}"));
    }
    for (list, kind) in [(&f.kind.norms, "norm"), (&f.kind.treaties, "treaty")] {
        for (id, before) in list {
            let norm = scenario.norms.iter().find(|n| n.id == *id);
            line(&mut out, &norm_name(norm, kind, id), &format!("broken ({before} before)"));
        }
    }
    if f.kind == climbdown_study::findings::Kind::default() {
        push(&mut out, "  nothing");
    }
    for norm in &scenario.norms {
        if let Some(reason) = &norm.out_of_scope {
            let kind = match norm.kind {
                NormKind::Norm => "norm",
                NormKind::Treaty => "treaty",
            };
            line(
                &mut out,
                &norm_name(Some(norm), kind, &norm.id),
                &format!("out of scope: {reason}"),
            );
        }
    }
    out
}

fn norm_name(norm: Option<&Norm>, kind: &str, id: &str) -> String {
    let text = norm.and_then(|n| n.text.as_deref()).unwrap_or(id);
    format!("{kind}: {text}")
}
