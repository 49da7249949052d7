//! The JSON of `solve`, schema 1.
//!
//! The branch is written point by point: of a large game it never stands in memory as text.

use std::io::{self, Write};

use climbdown_study::findings::NamedCertificate;
use climbdown_study::solution::{Limit, OneOfSeveral, Solution};
use quantal::{ActionId, Certificate, LimitBelief, Trace};
use serde_json::{Value, json};

use super::{certificate_beside, pretty};
use crate::profile::{self, Names};
use crate::words;

/// A solution in the words of its game, ready to be written.
#[derive(Clone, Debug)]
pub struct SolutionJson {
    /// Everything but the points of the branch, as a JSON object.
    head: String,
    /// The branch, if it was asked for.
    trace: Option<Trace>,
    sets: Vec<SetText>,
}

/// An information set of a point of the branch: its text up to the actions, and the text of each
/// action up to its probability.
#[derive(Clone, Debug)]
struct SetText {
    before: String,
    actions: Vec<(String, ActionId)>,
}

impl SolutionJson {
    /// Of `solution`, whose information sets are called by `names`.
    #[must_use]
    pub fn new(names: &Names<'_>, solution: &Solution) -> Self {
        let n_others = solution.several.as_ref().map(climbdown_study::solution::Several::n_others);
        let mut head = json!({
            "certificate": certificate(names, &solution.equilibrium.certificate, n_others),
            "profile": profile::json(names, &solution.equilibrium.profile),
        });
        if let Some(several) = &solution.several {
            let one = |one: &OneOfSeveral| equilibrium(names, one, n_others);
            head["equilibria"] = several.list.iter().map(one).collect();
            head["starts"] = json!(several.n_starts);
            head["seed"] = json!(several.seed);
        }
        if let Some(limit) = &solution.limit {
            head["limit"] = self::limit(names, limit);
        }
        let trace = solution.path.as_ref().map(|path| path.trace.clone());
        if let Some(trace) = &trace {
            let between = |(from, to): &(f64, f64)| json!({"from": from, "to": to});
            head["bifurcations"] = trace.bifurcations.iter().map(between).collect();
            head["trace_stopped"] = json!(trace.stopped.as_ref().map(words::unsolved));
        }
        let sets = if trace.is_some() { sets(names) } else { Vec::new() };
        Self { head: pretty(&head), trace, sets }
    }

    /// Writes it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(trace) = &self.trace else { return out.write_all(self.head.as_bytes()) };
        let open = self.head.trim_end().trim_end_matches('}').trim_end();
        write!(out, "{open},\n  \"trace\": [")?;
        for (k, point) in trace.points.iter().enumerate() {
            let comma = if k == 0 { "" } else { "," };
            write!(out, "{comma}\n    {{\"lambda\": ")?;
            serde_json::to_writer(&mut *out, &point.lambda)?;
            write!(out, ", \"fold\": {}, \"profile\": [", point.is_fold)?;
            for (k, set) in self.sets.iter().enumerate() {
                let comma = if k == 0 { "" } else { "," };
                write!(out, "{comma}\n      {}", set.before)?;
                for (text, action) in &set.actions {
                    out.write_all(text.as_bytes())?;
                    serde_json::to_writer(&mut *out, &point.profile.probability(*action))?;
                }
                out.write_all(b"}]}")?;
            }
            out.write_all(b"]}")?;
        }
        out.write_all(b"\n  ]\n}\n")
    }
}

fn sets(names: &Names<'_>) -> Vec<SetText> {
    let graph = names.graph();
    let set = |infoset| {
        let (player, number) = names.keys(infoset);
        let before = format!("{{\"player\": {player}, \"infoset\": {number}, \"actions\": [");
        let labels = &graph.infoset(infoset).actions;
        let action = |(k, (id, label)): (usize, (ActionId, &String))| {
            let end = if k == 0 { "" } else { "}, " };
            (format!("{end}{{\"label\": {}, \"probability\": ", json!(label)), id)
        };
        let actions = graph.actions(infoset).zip(labels).enumerate().map(action).collect();
        SetText { before, actions }
    };
    names.order().into_iter().map(set).collect()
}

fn certificate(names: &Names<'_>, certificate: &Certificate, n_others: Option<usize>) -> Value {
    let actors = names.graph().players().to_vec();
    certificate_beside(&NamedCertificate { actors, certificate: certificate.clone() }, n_others)
}

fn equilibrium(names: &Names<'_>, one: &OneOfSeveral, n_others: Option<usize>) -> Value {
    json!({
        "certificate": certificate(names, &one.equilibrium.certificate, n_others),
        "profile": profile::json(names, &one.equilibrium.profile),
        "share_of_starts": one.share_of_starts,
        "is_the_solution": one.is_the_solution,
    })
}

fn limit(names: &Names<'_>, limit: &Limit) -> Value {
    let found = &limit.found;
    let belief = |belief: &LimitBelief| {
        let (player, number) = names.keys(belief.infoset);
        json!({
            "player": player,
            "infoset": number,
            "log_reach": belief.log_reach.is_finite().then_some(belief.log_reach),
            "belief": belief.belief.as_ref().map(|shares| {
                let share = |(node, p): &(quantal::NodeId, f64)| json!({"node": node.0, "probability": p});
                shares.iter().map(share).collect::<Vec<_>>()
            }),
        })
    };
    json!({
        "regret_bound": limit.regret_bound,
        "is_within_bound": found.is_within_bound,
        "claim": words::claim(found.claim),
        "sentence": crate::solution::claim_sentence(limit),
        "certificate": certificate(names, &found.equilibrium.certificate, None),
        "profile": profile::json(names, &found.equilibrium.profile),
        "beliefs": names.order().into_iter().map(|i| belief(&found.beliefs[i.index()]))
            .collect::<Vec<_>>(),
    })
}
