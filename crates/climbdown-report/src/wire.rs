//! The JSON of `assess`, schema 1: the only shape that leaves this workspace for programs.
//!
//! Every key is always present. What was not computed is `null`, and a caveat whose `about` is a
//! run of keys on its path says why (docs/manual/json.md).

pub mod exploration;
pub mod game;
pub mod offramps;
pub mod replay;
pub mod solution;
mod study;

use climbdown_lang::diagnostic::{Diagnostic, Severity};
use climbdown_lang::hybrid::Axis;
use climbdown_lang::scenario::{Memory, Scenario};
use climbdown_lang::source::SourceMap;
use climbdown_study::findings::{
    Attribution, BandPoint, Caveat, Change, Crossing, Effect, Findings, First, NamedCertificate,
    Reading, Reply, RulesChange, Share, Spiral,
};
use serde_json::{Value, json};

use crate::{Answer, RunInfo, words};

/// Version of the format.
pub const SCHEMA: u32 = 1;

/// The answer, as `climbdown assess --json` prints it.
#[must_use]
pub fn answer(answer: &Answer<'_>) -> String {
    pretty(&answer_value(answer))
}

/// The answer as a JSON value.
#[must_use]
pub fn answer_value(answer: &Answer<'_>) -> Value {
    let Answer { findings: f, scenario, run } = answer;
    let lambda = f.certificate.certificate.lambda.get();
    let more = json!({
        "draws": f.study.as_ref().map(|s| s.n_draws),
        "failed_draws": f.study.as_ref().map(|s| s.n_failed),
        "as_of": run.as_of,
    });
    let rest = json!({
        "as_of": f.as_of.as_ref().map(|a| json!({
            "date": a.date,
            "acts": a.acts,
            "silences": a.silences,
            "left_out": a.left_out,
            "beliefs": replay::beliefs(&a.beliefs),
        })),
        "game": {
            "nodes": f.game.nodes,
            "edges": f.game.edges,
            "infosets": f.game.infosets,
            "actors": f.game.actors,
            "seats": f.game.seats,
            "stages": f.game.stages,
        },
        "certificate": certificate(&f.certificate),
        "policy_certificates": policy_certificates(f),
        "question": {
            "seat": f.question.seat,
            "stage": f.question.stage,
            "date": f.question.date,
            "focal": f.question.focal,
            "reference": f.question.reference,
            "until": f.question.until,
            "focal_act": f.question.focal_act,
            "reference_act": f.question.reference_act,
            "measure": f.question.measure,
        },
        "outcome": outcome(f),
        "effect": effect(f),
        "kind": kind(f),
        "rules_change": rules_change(&f.rules_change),
        "attribution": f.attribution.as_ref().map(|a| attribution(a, &f.question.measure)),
        "spiral": spiral(&f.spiral),
        "draw_check": f.study.as_ref().map(study::draw_check),
        "assumptions": f.study.as_ref().map(study::assumptions),
        "influences": f.study.as_ref().map(study::influences),
        "hypotheses": f.study.as_ref().map(study::hypotheses),
        "claims": f.study.as_ref().map(study::claims),
        "boxes": null,
        "off_ramps": f.off_ramps.as_ref().map(|found| offramps::options(found, scenario)),
        "off_ramp_search": f.off_ramps.as_ref().map(|found| offramps::search(found, scenario)),
        "band": f.band.iter().map(band_point).collect::<Vec<_>>(),
        "verdict": {
            "kind": words::degree(f.verdict.kind),
            "degree": words::degree(f.verdict.degree),
            "sign": words::sign(f.verdict.sign),
            "margin": f.verdict.margin,
            "share_of_draws": f.study.as_ref().and_then(|s| s.share_of_verdict),
            "share_of_kind": f.study.as_ref().and_then(|s| s.share_of_kind),
            "share_of_degree": f.study.as_ref().and_then(|s| s.share_of_degree),
            "share_of_sign": f.study.as_ref().and_then(|s| s.share_of_sign),
            "rule": f.verdict.rule,
            "sentence": crate::text::sentence(answer),
        },
        "caveats": caveats(f).iter().chain(&not_as_of(f)).map(caveat).collect::<Vec<_>>(),
    });
    headed((scenario, run), (lambda, more), rest)
}

/// What every answer begins with: version, scenario, and what is needed to repeat the run, with `more` of that;
/// then the keys of `rest`.
pub(crate) fn headed(
    (scenario, run): (&Scenario, &RunInfo),
    (lambda, more): (f64, Value),
    rest: Value,
) -> Value {
    let mut all = json!({
        "climbdown": {"version": run.version, "schema": SCHEMA},
        "scenario": {"id": scenario.id, "title": scenario.title, "sha256": run.sha256},
        "run": {
            "seed": run.seed,
            "lambda": lambda,
            "memory": memory(run.memory),
            "tolerance": run.tolerance,
            "overrides": overrides(&run.overrides),
        },
    });
    let add = |to: &mut Value, from: Value| {
        if let (Value::Object(to), Value::Object(from)) = (to, from) {
            to.extend(from);
        }
    };
    add(&mut all["run"], more);
    add(&mut all, rest);
    all
}

pub(crate) fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .expect("a JSON value with string keys can always be written");
    text.push('\n');
    text
}

pub(crate) fn memory(memory: Memory) -> &'static str {
    match memory {
        Memory::Situation => "situation",
        Memory::History => "history",
    }
}

pub(crate) fn overrides(overrides: &[(String, f64)]) -> Value {
    Value::Object(overrides.iter().map(|(name, x)| (name.clone(), json!(x))).collect())
}

/// A certificate; `actors` are the players' names. Other equilibria were not searched for.
#[must_use]
pub fn certificate(named: &NamedCertificate) -> Value {
    certificate_beside(named, None)
}

/// A certificate and how many other equilibria were found, if they were searched for.
pub(crate) fn certificate_beside(named: &NamedCertificate, n_others: Option<usize>) -> Value {
    let c = &named.certificate;
    let actors: Vec<Value> = named
        .actors
        .iter()
        .enumerate()
        .map(|(i, actor)| {
            let player = c.players.get(i);
            json!({
                "actor": actor,
                "stake": player.map(|p| p.unit),
                "lambda_raw": player.map(|p| p.lambda_raw),
                "max_regret": player.map(|p| p.max_regret),
            })
        })
        .collect();
    json!({
        "lambda": c.lambda.get(),
        "actors": actors,
        "residual": c.residual,
        "max_regret": c.max_regret,
        "mean_regret": c.mean_regret,
        "steps": c.steps,
        "branch": words::branch(c.branch),
        "converged": c.converged,
        "other_equilibria": n_others,
    })
}

/// Of the two games that are compared as a policy.
fn policy_certificates(f: &Findings) -> Value {
    let named = |at: usize| {
        let certificate = f.policy_certificates[at].clone();
        self::certificate(&NamedCertificate { actors: f.certificate.actors.clone(), certificate })
    };
    json!({"focal": named(0), "reference": named(1)})
}

fn outcome(f: &Findings) -> Value {
    let o = &f.outcome;
    json!({
        "start_rung": o.start_rung,
        "expected_peak": o.expected_peak,
        "rungs": o.rungs.iter().map(|r| {
            json!({"rung": r.rung, "name": r.name, "p_peak_at_least": r.p_peak_at_least})
        }).collect::<Vec<_>>(),
        "by_stage": o.by_stage.iter().map(|(stage, date, rungs)| json!({
            "stage": stage,
            "date": date,
            "rungs": rungs.iter().map(|r| {
                json!({"rung": r.rung, "p_peak_at_least": r.p_peak_at_least})
            }).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "firebreaks": o.firebreaks.iter().map(crossing).collect::<Vec<_>>(),
    })
}

fn crossing(c: &Crossing) -> Value {
    json!({
        "id": c.id,
        "name": c.name,
        "already_crossed": c.already_crossed,
        "p_cross": c.p_cross,
        "deliberate": c.deliberate,
        "inadvertent": c.inadvertent,
        "accidental": c.accidental,
        "seen_by": c.seen_by.iter().map(|(actor, p)| json!({"actor": actor, "p_cross": p}))
            .collect::<Vec<_>>(),
    })
}

fn effect(f: &Findings) -> Value {
    let e: &Effect = &f.effect;
    let mut as_policy = reading(&e.as_policy);
    if let Some(study) = &f.study {
        study::put_intervals(&mut as_policy, study);
    }
    json!({
        "headline": "as_policy",
        "p_available": e.p_available,
        "if_they_do_it": e.if_they_do_it.as_ref().map(reading),
        "if_you_do_it": reading(&e.if_you_do_it),
        "as_policy": as_policy,
    })
}

fn reading(r: &Reading) -> Value {
    json!({
        "measure": change(&r.measure),
        "expected_peak": change(&r.expected_peak),
        "rungs": rung_changes(&r.rungs),
        "firebreaks": r.firebreaks.iter().map(|f| {
            let mut entry = with_change(json!({"id": f.id}), &f.p_cross);
            entry["deliberate"] = change(&f.deliberate);
            entry["inadvertent"] = change(&f.inadvertent);
            entry["accidental"] = change(&f.accidental);
            entry
        }).collect::<Vec<_>>(),
        "by_stage": r.by_stage.iter().map(|(stage, rungs)| {
            json!({"stage": stage, "rungs": rung_changes(rungs)})
        }).collect::<Vec<_>>(),
        "payoffs": r.payoffs.iter().map(|(actor, analyst, own)| json!({
            "actor": actor,
            "by_analyst": change(analyst),
            "by_own_beliefs": change(own),
        })).collect::<Vec<_>>(),
    })
}

fn rung_changes(rungs: &[(u8, Change)]) -> Value {
    rungs.iter().map(|(rung, c)| with_change(json!({"rung": rung}), c)).collect()
}

fn change(c: &Change) -> Value {
    with_change(json!({}), c)
}

/// Adds the keys of C to an object.
fn with_change(mut object: Value, c: &Change) -> Value {
    object["focal"] = json!(c.focal);
    object["reference"] = json!(c.reference);
    object["change"] = json!(c.change());
    object["interval"] = Value::Null;
    object
}

fn kind(f: &Findings) -> Value {
    let k = &f.kind;
    let states = |list: &[(String, String)]| -> Value {
        list.iter().map(|(id, state)| json!({"id": id, "state": state})).collect()
    };
    json!({
        "firebreaks": k.firebreaks,
        "red_lines": k.red_lines.iter().map(|l| {
            json!({"id": l.id, "owner": l.owner, "stated": l.stated, "actual": l.actual})
        }).collect::<Vec<_>>(),
        "norms": states(&k.norms),
        "treaties": states(&k.treaties),
        "first": f.firsts.as_ref().map(|all| all.iter().map(first).collect::<Vec<_>>()),
    })
}

fn first(f: &First) -> Value {
    json!({
        "key": f.key,
        "answer": words::is_first(f.answer),
        "precedents": f.precedents.iter().map(|p| json!({
            "date": p.date,
            "seat": p.seat,
            "actor": p.actor,
            "move": p.made,
            "account": p.account,
            "agreed": p.is_agreed,
            "source": p.source,
        })).collect::<Vec<_>>(),
    })
}

fn rules_change(r: &RulesChange) -> Value {
    json!({
        "total": r.total,
        "by_seat": r.by_seat.iter().map(|s| json!({
            "seat": s.seat,
            "value": s.value,
            "on_codes": s.on_codes,
            "by_availability": s.by_availability,
        })).collect::<Vec<_>>(),
    })
}

fn attribution(a: &Attribution, measure: &str) -> Value {
    json!({
        "measure": measure,
        "total": a.total,
        "shares": a.shares.iter().map(|s| json!({
            "axis": s.axis.name(),
            "value": s.value,
            "first_in": s.first_in,
            "last_out": s.last_out,
            "same": s.is_same,
        })).collect::<Vec<_>>(),
        "combinations": a.values.iter().map(|(set, value)| {
            let same = |axis: &Axis| a.shares.iter().any(|s| s.axis == *axis && s.is_same);
            let parts: Vec<&str> =
                set.axes().filter(|axis| !same(axis)).map(Axis::name).collect();
            json!({"parts": if parts.is_empty() { "none".to_owned() } else { parts.join("+") }, "measure": value})
        }).collect::<Vec<_>>(),
        "remainder": a.remainder,
        "games": a.games,
    })
}

fn spiral(s: &Spiral) -> Value {
    json!({
        "escalatory_rung": s.escalatory_rung,
        "replies": s.replies.iter().map(reply).collect::<Vec<_>>(),
        "p_rounds": s.p_rounds.as_ref().map(|rounds| {
            let numbered = rounds.iter().enumerate();
            numbered.map(|(n, c)| with_change(json!({"rounds": n + 1}), c)).collect::<Vec<_>>()
        }),
        "ratio": s.ratio,
        "ratio_at_lambda_0": s.ratio_at_lambda_0,
        "severity_ratio": s.severity_ratio,
        "inhibition": s.inhibition.iter().map(reply).collect::<Vec<_>>(),
        "expected_acts": s.expected_acts,
        "p_ceiling": s.p_ceiling,
        "focal": s.focal,
        "reference": s.reference,
    })
}

/// `from` and `to` are positions in the scenario's `turns`, from 0.
fn reply(r: &Reply) -> Value {
    json!({
        "from": r.from.0,
        "from_seat": r.from.1,
        "to": r.to.0,
        "to_seat": r.to.1,
        "total": r.total,
        "direct": r.direct,
    })
}

fn band_point(b: &BandPoint) -> Value {
    json!({
        "lambda": b.lambda,
        "measure": b.measure.as_ref().map(change),
        "verdict": b.degree.map(words::degree),
        "traced": b.traced,
    })
}

fn caveat(c: &Caveat) -> Value {
    json!({"about": c.about, "text": c.text})
}

/// The caveats of the findings, then one for every key that is `null`.
#[must_use]
pub fn caveats(f: &Findings) -> Vec<Caveat> {
    let mut all = f.caveats.clone();
    let mut add = |is_null: bool, about: &str, text: &str| {
        if is_null && !all.iter().any(|c| c.about.as_deref() == Some(about)) {
            all.push(Caveat { about: Some(about.to_owned()), text: text.to_owned() });
        }
    };
    let a_band_point_failed = f.band.iter().any(|b| b.measure.is_none() || b.degree.is_none());
    add(
        f.effect.if_they_do_it.is_none(),
        "effect.if_they_do_it",
        "Nobody would make one of the two moves of their own accord, so nothing can be learnt from it.",
    );
    add(f.rules_change.total.is_none(), "rules_change.total", "No other seat decides anything.");
    add(
        f.attribution.is_none(),
        "attribution",
        "The effect was not shared out among the parts of the act: the quick answer leaves that out.",
    );
    let lacks = |of: fn(&Share) -> Option<f64>| {
        f.attribution.iter().flat_map(|a| &a.shares).any(|s| of(s).is_none())
    };
    for (is_null, about) in
        [(lacks(|s| s.first_in), "shares.first_in"), (lacks(|s| s.last_out), "shares.last_out")]
    {
        add(
            is_null,
            about,
            "The question calls the act with this part alone exchanged impossible.",
        );
    }
    for (value, about) in [
        (f.spiral.ratio, "spiral.ratio"),
        (f.spiral.ratio_at_lambda_0, "spiral.ratio_at_lambda_0"),
        (f.spiral.severity_ratio, "spiral.severity_ratio"),
        (f.spiral.focal, "spiral.focal"),
        (f.spiral.reference, "spiral.reference"),
    ] {
        add(value.is_none(), about, "The spiral ratio needs at least two stages of play.");
    }
    add(f.spiral.p_rounds.is_none(), "spiral.p_rounds", "No act can be escalatory.");
    add(a_band_point_failed, "band", "At a value of lambda in the band a game did not solve.");
    add(
        f.firsts.is_none(),
        "kind.first",
        "The history has no act before the question's date, so nothing is known of precedents.",
    );
    for (about, text) in NOT_COMPUTED {
        add(true, about, text);
    }
    if f.study.is_some() {
        let text = "Off-ramps could not be searched for.";
        add(f.off_ramps.is_none(), "off_ramp_search", text);
    }
    for about in offramps::unknown(f.off_ramps.as_ref()) {
        add(true, about.0, about.1);
    }
    add(
        true,
        "interval",
        match f.study {
            None => "Intervals come from the draws of a study: the answer was made without one.",
            Some(_) => {
                "Only what is measured in every draw has an interval: changes as a policy, but for those by \
                 stage and for payoffs by the beliefs of others than the mover."
            }
        },
    );
    if f.study.is_none() {
        for about in STUDIED {
            add(true, about, "Not asked for: the answer was made without a study.");
        }
    }
    all
}

/// For programs only: the text says it by saying nothing.
fn not_as_of(f: &Findings) -> Option<Caveat> {
    let text =
        "The question is asked of the scenario as it stands at the start; no date was given.";
    f.as_of.is_none().then(|| Caveat { about: Some("as_of".to_owned()), text: text.to_owned() })
}

/// Keys of schema 1 that this version never fills, and why.
const NOT_COMPUTED: [(&str, &str); 2] = [
    ("other_equilibria", "Other equilibria were not searched for."),
    ("boxes", "Regions in which the move backfires are searched for by `climbdown study`."),
];

/// Keys that only a study fills.
const STUDIED: [&str; 13] = [
    "run.draws",
    "run.failed_draws",
    "verdict.share_of_draws",
    "verdict.share_of_kind",
    "verdict.share_of_degree",
    "verdict.share_of_sign",
    "draw_check",
    "assumptions",
    "influences",
    "hypotheses",
    "claims",
    "off_ramps",
    "off_ramp_search",
];

/// Diagnostics as a JSON list.
#[must_use]
pub fn diagnostics(list: &[Diagnostic], map: &SourceMap) -> String {
    let values: Vec<Value> = list
        .iter()
        .map(|d| {
            let at = map.position(d.span);
            json!({
                "code": d.code,
                "severity": match d.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                "file": at.file,
                "line": at.line,
                "column": at.column,
                "message": d.message,
                "help": d.help,
            })
        })
        .collect();
    pretty(&Value::Array(values))
}

/// One schema for both kinds of file: a file with the key `climbdown_ladder` is a ladder.
///
/// # Panics
/// If one of them is no JSON.
#[must_use]
pub fn schema(scenario: &str, ladder: &str) -> String {
    let part = |text: &str| -> Value {
        let mut value: Value = serde_json::from_str(text).expect("a schema is JSON");
        value.as_object_mut().map(|object| object.shift_remove("$schema"));
        value
    };
    pretty(&json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Climbdown scenario or ladder",
        "if": {"required": ["climbdown_ladder"]},
        "then": part(ladder),
        "else": part(scenario),
    }))
}
