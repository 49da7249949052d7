//! The parts of the JSON that a study fills: assumptions, hypotheses, claims, intervals.

use climbdown_study::findings::{
    AssumptionFinding, ClaimFinding, Degree, Flip, FlipOf, HypothesisFinding, Sign, Study, Tested,
};
use serde_json::{Value, json};

use crate::words;

/// `draw_check`: how far the draws were checked, and why some have no answer.
pub(super) fn draw_check(study: &Study) -> Value {
    let a = &study.audits;
    json!({
        "inputs": study.n_inputs,
        "audited": a.n_audited,
        "off_branch": a.n_mismatched,
        "not_followed": a.n_not_followed,
        "one_by_one": a.n_retried,
        "failures": study.failures.iter().map(|(why, n)| json!({"why": why, "draws": n}))
            .collect::<Vec<_>>(),
    })
}

/// `assumptions`.
pub(super) fn assumptions(study: &Study) -> Value {
    study.assumptions.iter().map(|a| assumption(study, a)).collect()
}

fn assumption(study: &Study, a: &AssumptionFinding) -> Value {
    let first = a.binds.first();
    let share = |name: &str| {
        let all = study.influences.as_ref()?;
        all.iter().find(|i| i.parameter == *name).map(|i| i.first)
    };
    json!({
        "id": a.id,
        "claim": a.claim,
        "held_by": a.held_by,
        "value": first.map(|b| b.1),
        "range": first.map(|b| [b.2.0, b.2.1]),
        "binds": a.binds.iter().zip(&a.at_ends).map(|((name, value, range), ends)| json!({
            "parameter": name,
            "value": value,
            "range": [range.0, range.1],
            "change_at_ends": ends,
        })).collect::<Vec<_>>(),
        "load_bearing": a.load_bearing,
        "flips": a.flips.iter().map(flip).collect::<Vec<_>>(),
        "share_of_draws": a.share_same,
        "signposts": a.signposts.iter().map(|s| json!({
            "seat": s.seat,
            "move": s.made,
            "parameter": s.parameter,
            "alternative": s.alternative,
            "if_it_holds": s.if_it_holds,
            "if_it_fails": s.if_it_fails,
            "belief_from_half": s.belief_from_half,
        })).collect::<Vec<_>>(),
        "sobol_first": first.filter(|_| a.binds.len() == 1).and_then(|b| share(&b.0)),
        "sobol_total": null,
    })
}

fn flip(f: &Flip) -> Value {
    let state = |(kind, degree, sign): (Degree, Degree, Sign)| json!({"kind": words::degree(kind), "degree": words::degree(degree), "sign": words::sign(sign)});
    json!({
        "of": match f.of {
            FlipOf::Verdict => "verdict",
            FlipOf::Preference(_) => "preference",
        },
        "type": f.mover_type.as_ref().map(|(name, value)| format!("{name} = {value}")),
        "parameter": f.parameter,
        "at": f.at,
        "jump": f.jump,
        "below": (f.of == FlipOf::Verdict).then(|| state(f.from)),
        "above": (f.of == FlipOf::Verdict).then(|| state(f.to)),
    })
}

/// `hypotheses`.
pub(super) fn hypotheses(study: &Study) -> Value {
    study.hypotheses.iter().map(hypothesis).collect()
}

fn hypothesis(h: &HypothesisFinding) -> Value {
    json!({
        "set": h.set,
        "id": h.id,
        "claim": h.claim,
        "prior": h.prior,
        "posterior": h.posterior,
        "likelihood": h.log_likelihood,
        "told_apart": h.told_apart,
        "fixes": if h.fixes_parameter { "parameter" } else { "type" },
        "verdict": h.answer.as_ref().map(|(kind, degree, sign, margin, measure)| json!({
            "kind": words::degree(*kind),
            "degree": words::degree(*degree),
            "sign": words::sign(*sign),
            "margin": margin,
            "measure": super::change(measure),
        })),
    })
}

/// `claims`.
pub(super) fn claims(study: &Study) -> Value {
    study.claims.iter().map(claim).collect()
}

fn claim(c: &ClaimFinding) -> Value {
    json!({
        "id": c.id,
        "text": c.text,
        "source": c.source,
        "result": match c.result {
            Tested::Holds => "holds",
            Tested::Fails => "fails",
            Tested::Untestable(_) => "untestable",
        },
        "why": match &c.result {
            Tested::Untestable(why) => Some(why),
            _ => None,
        },
        "share_of_draws": c.share_of_draws,
        "draws": c.n_draws,
        "failed_draws": c.n_failed,
        "among_first": c.among_first,
        "leans_on": c.leans_on,
    })
}

/// `influences`: shares of the variance of the headline's change.
pub(super) fn influences(study: &Study) -> Value {
    match &study.influences {
        None => Value::Null,
        Some(all) => all
            .iter()
            .map(|i| {
                json!({
                    "parameter": i.parameter,
                    "first": i.first,
                    "noise": i.noise,
                    "noise_of_largest": i.noise_of_largest,
                })
            })
            .collect(),
    }
}

/// Puts the interval of every change that has one into a reading of the effect.
pub(super) fn put_intervals(reading: &mut Value, study: &Study) {
    let at = |path: &str| study.bands.get(&format!("effect.as_policy.{path}.change"));
    let put = |object: &mut Value, path: &str| {
        if let Some([low, high]) = at(path) {
            object["interval"] = json!([low, high]);
        }
    };
    put(&mut reading["measure"], "measure");
    put(&mut reading["expected_peak"], "expected_peak");
    for rung in reading["rungs"].as_array_mut().into_iter().flatten() {
        let path = format!("rungs.{}", rung["rung"]);
        put(rung, &path);
    }
    for firebreak in reading["firebreaks"].as_array_mut().into_iter().flatten() {
        let path = format!("firebreaks.{}", firebreak["id"].as_str().unwrap_or_default());
        put(firebreak, &path);
        for way in ["deliberate", "inadvertent", "accidental"] {
            put(&mut firebreak[way], &format!("{path}.{way}"));
        }
    }
    for actor in reading["payoffs"].as_array_mut().into_iter().flatten() {
        let path = format!("payoffs.{}", actor["actor"].as_str().unwrap_or_default());
        for whose in ["by_analyst", "by_own_beliefs"] {
            put(&mut actor[whose], &format!("{path}.{whose}"));
        }
    }
}
