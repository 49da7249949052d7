//! What could follow: the exact distribution of the peak and of each firebreak's crossing.
//!
//! One forward pass with the analyst's probabilities; nothing is sampled. P(peak ≥ k) is read at
//! the end of each stage, where a crisis that has ended stays as it ended. A firebreak's crossing is
//! the flow over edges on which the peak first passes it, split by how it happens.

use climbdown_lang::scenario::{ActorId, Measure, Scenario};
use climbdown_lang::template::Template;
use quantal::{EdgeId, Graph, NodeId};

use crate::findings::{Crossing, Outcome, RungProbability};
use crate::peaks::{Peaks, Way, above_for, way};
use crate::play::{flow, total};

/// Deliberate, inadvertent, accidental.
pub(crate) type Split = [f64; 3];

/// What one pass measures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    /// Mean of the peak at the end.
    pub(crate) expected_peak: f64,
    /// P(peak ≥ rung) at the end, by position in the ladder's rungs.
    pub(crate) rungs: Vec<f64>,
    /// The same at the end of each stage, from the stage the pass begins in: (stage, by rung).
    pub(crate) by_stage: Vec<(u32, Vec<f64>)>,
    /// For each firebreak of the analyst's ladder, how it is crossed.
    pub(crate) firebreaks: Vec<Split>,
}

impl Measured {
    /// The headline measure.
    pub(crate) fn headline(&self, scenario: &Scenario) -> f64 {
        headline(scenario, &self.rungs, &self.firebreaks)
    }
}

/// The headline measure, among probabilities by rung and by firebreak.
pub(crate) fn headline(scenario: &Scenario, rungs: &[f64], firebreaks: &[Split]) -> f64 {
    value_of(scenario.question.measure, scenario, rungs, firebreaks)
}

/// A measure, among probabilities by rung and by firebreak.
pub(crate) fn value_of(
    measure: Measure,
    scenario: &Scenario,
    rungs: &[f64],
    firebreaks: &[Split],
) -> f64 {
    match measure {
        Measure::Rung(rung) => {
            let at = scenario.ladders[0].rungs.iter().position(|r| r.rung >= rung);
            at.map_or(0.0, |at| rungs[at])
        }
        Measure::Firebreak(firebreak) => firebreaks[firebreak].iter().sum(),
    }
}

/// What had happened before a pass begins: `[firebreak]`, nodes ascending, each with the share of the
/// probability of being there that has crossed, by way.
pub(crate) struct Before(Vec<Vec<(NodeId, Split)>>);

impl Before {
    /// Nothing has happened: the pass begins at the root.
    pub(crate) fn nothing(scenario: &Scenario) -> Self {
        Self(vec![Vec::new(); scenario.ladders[0].firebreaks.len()])
    }

    /// What happens on the way from the root to `nodes`, stepping by `steps`.
    pub(crate) fn reaching(
        template: &Template,
        peaks: &Peaks,
        steps: &[f64],
        nodes: &[NodeId],
    ) -> Self {
        let (graph, scenario) = (&template.graph, &template.scenario);
        let root = NodeId(0);
        let reach = flow(graph, &[(root, 1.0)], steps);
        let mut before = Self::nothing(scenario);
        for (firebreak, definition) in scenario.ladders[0].firebreaks.iter().enumerate() {
            let above = definition.above;
            let mut crossed: Vec<NodeId> = nodes
                .iter()
                .copied()
                .filter(|&n| template.peak(n) >= above && template.peak(root) < above)
                .filter(|&n| reach[n.index()] > 0.0)
                .collect();
            crossed.sort_unstable();
            if !crossed.is_empty() {
                let split = carried(graph, scenario, peaks, (steps, &reach), firebreak);
                before.0[firebreak] = crossed
                    .into_iter()
                    .map(|n| (n, split[n.index()].map(|mass| mass / reach[n.index()])))
                    .collect();
            }
        }
        before
    }

    /// The share of `start` that has crossed `firebreak`, by way.
    pub(crate) fn weighted(&self, firebreak: usize, start: &[(NodeId, f64)]) -> Split {
        let mut split: Split = [0.0; 3];
        for &(node, weight) in start {
            for (part, share) in split.iter_mut().zip(self.share(firebreak, node)) {
                *part += weight * share;
            }
        }
        split
    }

    fn share(&self, firebreak: usize, node: NodeId) -> Split {
        let crossed = &self.0[firebreak];
        crossed.binary_search_by_key(&node, |&(n, _)| n).map_or([0.0; 3], |at| crossed[at].1)
    }
}

/// Probability of being at each node having crossed `firebreak`, by way.
fn carried(
    graph: &Graph,
    scenario: &Scenario,
    peaks: &Peaks,
    (steps, reach): (&[f64], &[f64]),
    firebreak: usize,
) -> Vec<Split> {
    let above = scenario.ladders[0].firebreaks[firebreak].above;
    let mut mass = vec![[0.0; 3]; graph.n_nodes()];
    let mut rises = peaks.rises.iter().peekable();
    for node in graph.nodes() {
        while let Some(rise) = rises.next_if(|rise| rise.node == node) {
            if rise.passes(above) {
                mass[graph.to(rise.edge).index()][way(scenario, firebreak, rise) as usize] +=
                    reach[node.index()] * steps[rise.edge.index()];
            }
        }
        let here = mass[node.index()];
        if here != [0.0; 3] {
            for edge in graph.edges(node) {
                let next = &mut mass[graph.to(edge).index()];
                for (to, from) in next.iter_mut().zip(here) {
                    *to += from * steps[edge.index()];
                }
            }
        }
    }
    mass
}

/// One forward pass from `start` by the analyst's `steps`.
pub(crate) fn measure(
    template: &Template,
    peaks: &Peaks,
    steps: &[f64],
    (start, before): (&[(NodeId, f64)], &Before),
) -> Measured {
    let scenario = &template.scenario;
    let graph = &template.graph;
    let through = flow(graph, start, steps);
    let first_stage =
        start.iter().map(|&(n, _)| template.places[n.index()].stage).min().unwrap_or(0);
    let (by_stage, ended) = peaks_by_stage(template, &through, steps);
    let at_least = |histogram: &[f64; 256]| -> Vec<f64> {
        let mass = |rung: u8| {
            // The peak is never below the prevailing rung; a sum would come within a rounding of 1.
            if rung <= template.peak(NodeId(0)) {
                return 1.0;
            }
            total(histogram[rung as usize..].iter().rev().copied()).min(1.0)
        };
        scenario.ladders[0].rungs.iter().map(|r| mass(r.rung)).collect()
    };
    let firebreaks = scenario.ladders[0].firebreaks.iter().enumerate().map(|(f, definition)| {
        let mut split = before.weighted(f, start);
        for rise in peaks.rises.iter().filter(|rise| rise.passes(definition.above)) {
            split[way(scenario, f, rise) as usize] +=
                through[rise.node.index()] * steps[rise.edge.index()];
        }
        // Thousands of roundings may add up to a hair above 1.
        let p_cross: f64 = split.iter().sum();
        if p_cross > 1.0 { split.map(|part| part / p_cross) } else { split }
    });
    Measured {
        expected_peak: total(ended.iter().enumerate().map(|(rung, p)| rung as f64 * p)),
        rungs: at_least(&ended),
        firebreaks: firebreaks.collect(),
        by_stage: (first_stage..scenario.time.horizon)
            .map(|stage| (stage, at_least(&by_stage[stage as usize])))
            .collect(),
    }
}

/// The distribution of the peak at the end of each stage, and at the end.
fn peaks_by_stage(
    template: &Template,
    through: &[f64],
    steps: &[f64],
) -> (Vec<[f64; 256]>, [f64; 256]) {
    let graph = &template.graph;
    let n_stages = template.scenario.time.horizon as usize;
    let mut by_stage = vec![[0.0; 256]; n_stages];
    let mut ended_in = vec![[0.0; 256]; n_stages];
    let stage_of = |node: NodeId| template.places[node.index()].stage as usize;
    for node in graph.nodes() {
        let here = through[node.index()];
        if here == 0.0 {
            continue;
        }
        if graph.terminal_index(node).is_some() {
            ended_in[stage_of(node).min(n_stages - 1)][template.peak(node) as usize] += here;
        }
        for edge in graph.edges(node) {
            let next = graph.to(edge);
            for stage in &mut by_stage[stage_of(node)..stage_of(next).min(n_stages)] {
                stage[template.peak(next) as usize] += here * steps[edge.index()];
            }
        }
    }
    let mut ended = [0.0; 256];
    for (stage, ended_here) in by_stage.iter_mut().zip(&ended_in) {
        for ((so_far, now), stage) in ended.iter_mut().zip(ended_here).zip(stage) {
            *so_far += now;
            *stage += *so_far;
        }
    }
    (by_stage, ended)
}

/// Crossed in an actor's eyes: the flow over edges on which what the actor has seen first passes the
/// firebreak, `[firebreak][actor]`.
fn crossed_in_eyes_of(template: &Template, peaks: &Peaks, steps: &[f64]) -> Vec<Vec<f64>> {
    let scenario = &template.scenario;
    let through = flow(&template.graph, &[(NodeId(0), 1.0)], steps);
    let by_actor = |firebreak: usize| {
        let of_actor = |(observer, rises): (usize, &Vec<(NodeId, EdgeId, u8, u8)>)| {
            let above = above_for(scenario, ActorId::new(observer), firebreak);
            let passing = rises.iter().filter(|&&(_, _, from, to)| from < above && above <= to);
            let at = |&(node, edge, ..): &(NodeId, EdgeId, u8, u8)| {
                through[node.index()] * steps[edge.index()]
            };
            total(passing.map(at)).min(1.0)
        };
        peaks.seen.iter().enumerate().map(of_actor).collect()
    };
    (0..scenario.ladders[0].firebreaks.len()).map(by_actor).collect()
}

/// The outcome under the analyst's `steps` from the root, and what was measured for it.
pub(crate) fn outcome(template: &Template, peaks: &Peaks, steps: &[f64]) -> (Outcome, Measured) {
    let scenario = &template.scenario;
    let root = (&[(NodeId(0), 1.0)][..], &Before::nothing(scenario));
    let measured = measure(template, peaks, steps, root);
    let seen = crossed_in_eyes_of(template, peaks, steps);
    (named(scenario, &measured, &seen), measured)
}

fn named(scenario: &Scenario, measured: &Measured, seen: &[Vec<f64>]) -> Outcome {
    let ladder = &scenario.ladders[0];
    let named = |probabilities: &[f64]| -> Vec<RungProbability> {
        let rungs = ladder.rungs.iter().zip(probabilities);
        rungs
            .map(|(rung, &p)| RungProbability {
                rung: rung.rung,
                name: rung.name.clone(),
                p_peak_at_least: p,
            })
            .collect()
    };
    let crossing = |f: usize| {
        let definition = &ladder.firebreaks[f];
        let [deliberate, inadvertent, accidental] = measured.firebreaks[f];
        let names = scenario.actors.iter().map(|actor| actor.id.clone());
        Crossing {
            id: definition.id.clone(),
            name: definition.name.clone(),
            already_crossed: scenario.start_rung >= definition.above,
            p_cross: deliberate + inadvertent + accidental,
            deliberate,
            inadvertent,
            accidental,
            seen_by: names.zip(seen[f].iter().copied()).collect(),
        }
    };
    Outcome {
        start_rung: scenario.start_rung,
        expected_peak: measured.expected_peak,
        rungs: named(&measured.rungs),
        by_stage: measured
            .by_stage
            .iter()
            .map(|(stage, rungs)| (*stage, scenario.time.date(*stage).to_string(), named(rungs)))
            .collect(),
        firebreaks: (0..ladder.firebreaks.len()).map(crossing).collect(),
    }
}

/// Positions in a [`Split`], for readers.
const _: () = assert!(
    Way::Deliberate as usize == 0
        && Way::Inadvertent as usize == 1
        && Way::Accidental as usize == 2
);
