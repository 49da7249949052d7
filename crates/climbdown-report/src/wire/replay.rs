//! The JSON of `replay`, schema 1.
//!
//! `steps` are the observed acts and `silences` the turns without a row, both in the order of play;
//! `position` counts through both. What was not computed, and the logarithm of 0, is `null`.

use climbdown_lang::precedent::cell;
use climbdown_lang::scenario::HistoryRow;
use climbdown_study::findings::NamedCertificate;
use climbdown_study::replay::{
    Belief, Calibration, Parts, PersonTally, RivalGame, Score, SetBelief, Step, TOLD_APART, Tally,
};
use serde_json::{Value, json};

use super::{certificate, headed, pretty};
use crate::replay::Replayed;

/// The replay, as `climbdown replay --json` prints it.
#[must_use]
pub fn replay(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, run } = replayed;
    let rows = scenario.history.as_ref().map_or(&[][..], |h| &h.rows);
    let (mut steps, mut silences) = (Vec::new(), Vec::new());
    for (position, s) in r.steps.iter().enumerate() {
        let list = if s.row.is_some() { &mut steps } else { &mut silences };
        list.push(step(position, s, &r.baselines, rows));
    }
    let mut scores = tally(&r.acts, &r.baselines);
    scores["silences"] = tally(&r.silences, &r.baselines);
    let mut calibrations = calibration(&r.calibration);
    calibrations["silences"] = calibration(&r.calibration_of_silences);
    let lambda = r.certificate.certificate.lambda.get();
    let rest = json!({
        "certificate": certificate(&r.certificate),
        "games": r.rivals.iter().map(|g| game(g, &r.certificate.actors)).collect::<Vec<_>>(),
        "beliefs_before": beliefs(&r.first_beliefs),
        "steps": steps,
        "silences": silences,
        "scores": scores,
        "calibration": calibrations,
        "hypotheses": sets(&r.hypotheses),
        "told_apart_from": TOLD_APART,
        "unobserved_turns": r.n_unobserved,
        "outside": r.outside.iter().map(|&at| row(&rows[at])).collect::<Vec<_>>(),
        "caveats": r.caveats.iter().map(|c| json!({"about": c.about, "text": c.text}))
            .collect::<Vec<_>>(),
    });
    pretty(&headed((scenario, run), (lambda, json!({"as_of": run.as_of})), rest))
}

fn step(position: usize, s: &Step, baselines: &[&str], rows: &[HistoryRow]) -> Value {
    json!({
        "position": position,
        "date": s.date,
        "stage": s.stage,
        "turn": s.slot,
        "seat": s.seat,
        "menu": s.menu,
        "actor": s.actor,
        "observed": s.observed,
        "absorbed": s.absorbed.iter().map(|&at| row(&rows[at])).collect::<Vec<_>>(),
        "accounts": s.accounts.iter().filter(|_| s.row.is_some()).map(|a| json!({
            "account": a.name,
            "weight": a.weight,
            "event": a.event,
            "probability": a.probability,
        })).collect::<Vec<_>>(),
        "source": s.row.map(|at| cell(&rows[at], "source")),
        "confidence": s.row.map(|at| cell(&rows[at], "confidence")),
        "forecast": s.forecast.iter().map(|(event, p)| json!({"event": event, "probability": p}))
            .collect::<Vec<_>>(),
        "log_score": finite(s.score.log),
        "brier": s.score.brier,
        "baselines": by_name(baselines, &s.baselines),
        "analysts": s.people.iter().map(|(who, s)| json!({
            "who": who,
            "log": finite(s.log),
            "brier": s.brier,
        })).collect::<Vec<_>>(),
        "beliefs": beliefs(&s.beliefs),
        "hypotheses": sets(&s.hypotheses),
    })
}

/// Where a row of the history says what.
fn row(row: &HistoryRow) -> Value {
    json!({"date": row.date.to_string(), "seat": cell(row, "seat"), "move": cell(row, "move")})
}

fn tally(t: &Tally, baselines: &[&str]) -> Value {
    let mut value = score(t.model);
    value["n"] = json!(t.n);
    value["baselines"] = by_name(baselines, &t.baselines);
    let person = |p: &PersonTally| {
        let mut value = score(p.own);
        value["who"] = json!(p.who);
        value["n"] = json!(p.n);
        value["model"] = score(p.model);
        value["baselines"] = by_name(baselines, &p.baselines);
        value
    };
    value["analysts"] = t.people.iter().map(person).collect();
    value
}

fn calibration(c: &Calibration) -> Value {
    let part = |of: fn(&Parts) -> f64| c.parts.as_ref().map(of);
    json!({
        "n": c.n,
        "bins": c.bins.iter().map(|b| json!({
            "from": b.from,
            "to": b.to,
            "n": b.n,
            "forecast": b.forecast,
            "observed": b.observed,
        })).collect::<Vec<_>>(),
        "brier": part(|p| p.brier),
        "reliability": part(|p| p.reliability),
        "resolution": part(|p| p.resolution),
        "uncertainty": part(|p| p.uncertainty),
        "within_bins": part(|p| p.within),
    })
}

fn by_name(names: &[&str], scores: &[Score]) -> Value {
    Value::Object(
        names.iter().zip(scores).map(|(name, s)| ((*name).to_owned(), score(*s))).collect(),
    )
}

fn score(s: Score) -> Value {
    json!({"log": finite(s.log), "brier": s.brier})
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

pub(super) fn beliefs(list: &[Belief]) -> Value {
    list.iter()
        .map(|b| {
            json!({
                "by": b.by,
                "about": b.about,
                "values": b.values.iter().map(|(value, p)| json!({"value": value, "probability": p}))
                    .collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn sets(list: &[SetBelief]) -> Value {
    let of_set = |set: &SetBelief| {
        let fixes = if set.fixes_parameter { "parameter" } else { "type" };
        let hypothesis = |h: &climbdown_study::replay::HypothesisBelief| {
            json!({
                "set": set.id,
                "id": h.id,
                "prior": h.prior,
                "posterior": h.posterior,
                "log_likelihood": h.log_likelihood,
                "told_apart": set.told_apart,
                "same_as": h.same_as,
                "fixes": fixes,
            })
        };
        set.hypotheses.iter().map(hypothesis).collect::<Vec<_>>()
    };
    list.iter().flat_map(of_set).collect()
}

fn game(g: &RivalGame, actors: &[String]) -> Value {
    let named = NamedCertificate { actors: actors.to_vec(), certificate: g.certificate.clone() };
    json!({
        "hypotheses": g.holds.iter().map(|(set, id)| json!({"set": set, "id": id}))
            .collect::<Vec<_>>(),
        "prior": g.prior,
        "posterior": g.posterior,
        "log_likelihood": finite(g.log_likelihood),
        "certificate": certificate(&named),
    })
}
