//! The JSON of `study`, schema 1: it shares `climbdown`, `scenario`, `run`, `assumptions` and `boxes` with
//! that of `assess`.

use climbdown_study::exploration::{BoxFound, Discovery, Exploration, Sampled};
use climbdown_study::sensitivity::{Counted, Estimate, Of};
use serde_json::{Value, json};

use super::{headed, pretty};
use crate::exploration::Explored;

/// The exploration, as `climbdown study --json` prints it.
#[must_use]
pub fn json(explored: &Explored<'_>) -> String {
    let Explored { exploration: found, scenario, run, lambda } = explored;
    let sum = |of: fn(&Sampled) -> usize| found.samples.iter().map(of).sum::<usize>();
    let (exceeds, among) = (
        match found.asked.of {
            Of::Value => None,
            Of::Exceeds(x) => Some(x),
        },
        found.asked.among.as_ref(),
    );
    let more = json!({"draws": sum(|s| s.rows), "failed_draws": sum(|s| s.failed)});
    let rest = json!({
        "asked": {
            "measure": found.asked.measure,
            "exceeds": exceeds,
            "where": among.map(|(path, is_above, x)| json!({
                "measure": path,
                "is": if *is_above { "above" } else { "at_most" },
                "threshold": x,
            })),
        },
        "samples": found.samples.iter().map(sample).collect::<Vec<_>>(),
        "sensitivity": {
            "morris": morris(found),
            "sobol": sobol(found),
            "given_data": given_data(found),
            "pawn": pawn(found),
        },
        "assumptions": assumptions(explored),
        "discoveries": found.discoveries.iter().map(discovery).collect::<Vec<_>>(),
        "boxes": found.discoveries.iter().flat_map(all_boxes).collect::<Vec<_>>(),
        "caveats": caveats(found),
    });
    pretty(&headed((scenario, run), (*lambda, more), rest))
}

fn sample(s: &Sampled) -> Value {
    json!({
        "layout": s.layout,
        "draws": s.rows,
        "failed_draws": s.failed,
        "failures": s.failures.iter().map(|(why, n)| json!({"why": why, "draws": n})).collect::<Vec<_>>(),
        "inputs": s.inputs,
        "design": s.design.to_string(),
    })
}

fn counted(c: &Counted) -> Value {
    json!({"rows": c.rows, "failed": c.failed, "absent": c.absent, "used": c.used})
}

fn estimate(e: &Estimate) -> Value {
    json!({"value": e.value, "interval": [e.value - e.half_width, e.value + e.half_width]})
}

fn morris(found: &Exploration) -> Value {
    let Some(Ok(m)) = &found.morris else { return Value::Null };
    json!({
        "counted": counted(&m.counted),
        "trajectories": m.trajectories,
        "trajectories_dropped": m.trajectories_dropped,
        "inputs": m.groups.iter().map(|g| json!({
            "name": g.name,
            "mu_star": estimate(&g.mu_star),
            "mu": g.mu.as_ref().map(estimate),
            "sigma": g.sigma.as_ref().map(estimate),
        })).collect::<Vec<_>>(),
    })
}

fn sobol(found: &Exploration) -> Value {
    let Some(Ok(s)) = &found.sobol else { return Value::Null };
    json!({
        "counted": counted(&s.counted),
        "blocks": s.blocks,
        "blocks_dropped": s.blocks_dropped,
        "screened_by": found.screened_by,
        "left_out": found.left_out,
        "inputs": s.groups.iter().enumerate().map(|(at, name)| json!({
            "name": name,
            "first": estimate(&s.first[at]),
            "total": estimate(&s.total[at]),
        })).collect::<Vec<_>>(),
        "pairs": s.second.iter().map(|p| json!({
            "between": [s.groups[p.first], s.groups[p.second]],
            "share": estimate(&p.share),
        })).collect::<Vec<_>>(),
    })
}

fn given_data(found: &Exploration) -> Value {
    let Some(Ok(g)) = &found.given_data else { return Value::Null };
    json!({
        "counted": counted(&g.counted),
        "classes": g.classes,
        "noise_of_largest": g.noise_of_largest,
        "inputs": g.inputs.iter().map(|i| json!({"name": i.name, "first": i.first, "noise": i.noise}))
            .collect::<Vec<_>>(),
    })
}

fn pawn(found: &Exploration) -> Value {
    let Some(Ok(p)) = &found.pawn else { return Value::Null };
    json!({
        "counted": counted(&p.counted),
        "slices": p.slices,
        "inputs": p.inputs.iter().map(|i| json!({
            "name": i.name,
            "minimum": i.minimum,
            "mean": i.mean,
            "median": i.median,
            "maximum": i.maximum,
            "deviation": i.deviation,
            "noise_of_median": i.noise_of_median,
            "noise_of_maximum": i.noise_of_maximum,
        })).collect::<Vec<_>>(),
    })
}

/// Sobol indices of assumptions: of their one parameter, or of all they bind where that was a group.
fn assumptions(explored: &Explored<'_>) -> Value {
    let scenario = explored.scenario;
    let index = |name: &str| {
        let Some(Ok(s)) = &explored.exploration.sobol else { return None };
        let at = s.groups.iter().position(|group| group == name)?;
        Some((s.first[at].value, s.total[at].value))
    };
    scenario
        .assumptions
        .iter()
        .map(|a| {
            let name = |at: usize| scenario.parameters[a.binds[at].0.index()].name.as_str();
            let alone = (a.binds.len() == 1).then(|| index(name(0))).flatten();
            let found = alone.or_else(|| index(&format!("assumption {}", a.id)));
            let first = a.binds.first();
            json!({
                "id": a.id,
                "claim": a.claim,
                "held_by": a.held_by.map_or("analyst", |who| scenario.actors[who.index()].id.as_str()),
                "value": first.map(|b| b.1),
                "range": first.map(|b| [b.2.0, b.2.1]),
                "sobol_first": found.map(|f| f.0),
                "sobol_total": found.map(|f| f.1),
            })
        })
        .collect()
}

fn discovery(d: &Discovery) -> Value {
    json!({
        "outcome": d.outcome,
        "draws": d.rows,
        "left_out": d.left_out,
        "of_interest": d.of_interest,
        "least_density": d.least_density,
        "why_none": d.boxes.as_ref().err(),
        "tree": d.leaves.iter().map(|l| json!({
            "text": l.text,
            "coverage": l.coverage,
            "density": l.density,
        })).collect::<Vec<_>>(),
    })
}

fn all_boxes(d: &Discovery) -> Vec<Value> {
    d.boxes.iter().flatten().map(|b| a_box(d, b)).collect()
}

fn a_box(d: &Discovery, b: &BoxFound) -> Value {
    json!({
        "outcome": d.outcome,
        "text": b.text,
        "limits": b.limits.iter().map(|l| json!({
            "input": l.input,
            "range": l.range.map(|(low, high)| [low, high]),
            "names": l.names,
            "quasi_p": l.quasi_p,
            "reproduced_by_coverage": l.by_coverage,
            "reproduced_by_density": l.by_density,
        })).collect::<Vec<_>>(),
        "coverage": b.coverage,
        "density": b.density,
        "mass": b.mass,
    })
}

/// Why what is `null` is.
fn caveats(found: &Exploration) -> Value {
    let mut all = Vec::new();
    let mut add = |about: &str, why: Option<&String>| {
        let why = why.map_or("Not asked for, or not to be read from these draws.", String::as_str);
        all.push(json!({"about": format!("sensitivity.{about}"), "text": why}));
    };
    match &found.morris {
        Some(Ok(_)) => {}
        other => add("morris", other.as_ref().and_then(|o| o.as_ref().err())),
    }
    match &found.sobol {
        Some(Ok(_)) => {}
        other => add("sobol", other.as_ref().and_then(|o| o.as_ref().err())),
    }
    match &found.given_data {
        Some(Ok(_)) => {}
        other => add("given_data", other.as_ref().and_then(|o| o.as_ref().err())),
    }
    match &found.pawn {
        Some(Ok(_)) => {}
        other => add("pawn", other.as_ref().and_then(|o| o.as_ref().err())),
    }
    let text = "Of assumptions whose parameter, or parameters as a group, were among the inputs of the \
                Sobol indices; null elsewhere.";
    all.push(json!({"about": "sobol_first", "text": text}));
    all.push(json!({"about": "sobol_total", "text": text}));
    Value::Array(all)
}
