//! The last step of compiling: ids for all layers, flat arrays, the graph.

use std::sync::Arc;

use quantal::{Graph, GraphParts, InformationSet, NodeId, NodeKind};

use crate::compile::{Compiler, Edge};
use crate::eval::Context;
use crate::scenario::Scenario;
use crate::template::{Ending, Template};

impl Compiler<'_> {
    pub(crate) fn finish(
        mut self,
        shared: &Arc<Scenario>,
        mut kinds: Vec<NodeKind>,
        edges: Vec<Edge>,
        mut edge_start: Vec<u32>,
        infosets: Vec<InformationSet>,
        weights: Vec<f64>,
    ) -> Template {
        let n_actors = self.scenario.actors.len();
        let (bases, places, states, terminals) = self.layers.flatten(&self.line);
        kinds.resize(places.len(), NodeKind::Terminal);
        edge_start.resize(places.len() + 1, *edge_start.last().expect("it begins with 0"));
        let mut parts = GraphParts {
            players: self.scenario.actors.iter().map(|a| a.id.clone()).collect(),
            kinds,
            edge_start,
            infosets,
            ..GraphParts::default()
        };
        let (mut causes, mut edge_act) = (Vec::new(), Vec::new());
        let (mut touch_start, mut touches) = (vec![0u32], Vec::new());
        let (mut payment_start, mut payments) = (vec![0u32], Vec::new());
        let (mut chance_rows, mut chance_reason) = (Vec::new(), Vec::new());
        let count = |n: usize| u32::try_from(n).expect("a budget keeps this under 2^32");
        for edge in edges {
            parts.edge_to.push(NodeId(bases[edge.to.0] + edge.to.1));
            parts.edge_next_stage.push(edge.next_stage);
            causes.push(edge.cause);
            edge_act.push(edge.act.unwrap_or(u32::MAX));
            touches.extend(edge.touches);
            touch_start.push(count(touches.len()));
            payments.extend(edge.payments);
            payment_start.push(count(payments.len()));
            if let Some(odd) = edge.chance {
                parts.chance_labels.push(odd.label);
                chance_rows.push(odd.by_viewer);
                chance_reason.push(odd.reason);
            }
        }
        for (stage, ending, state) in terminals {
            let cx = Context {
                scenario: self.scenario,
                state: &state,
                stage,
                actor: None,
                act: None,
                stated: false,
            };
            let pays = match ending {
                Ending::End(e) => &self.book.ends[e.index()],
                Ending::Horizon => &self.book.horizon,
            };
            self.ledger.pay(pays, &cx, &mut payments);
            self.ledger.pay(&self.book.upkeep, &cx, &mut payments);
            payment_start.push(count(payments.len()));
        }
        let chance =
            (0..=n_actors).flat_map(|v| chance_rows.iter().map(move |row| row[v])).collect();
        let graph = Graph::new(parts).expect("the compiler builds games that obey the laws");
        Template {
            scenario: Arc::clone(shared),
            memory: self.options.memory,
            budget_nodes: self.options.budget_nodes,
            graph: Arc::new(graph),
            places,
            causes,
            acts: self.coder.acts,
            residuals: self.ledger.residuals,
            reasons: self.ledger.reasons,
            signals: self.line.signals,
            n_variables: self.scenario.variables.len(),
            states,
            edge_act,
            touch_start,
            touches,
            payment_start,
            payments,
            chance,
            chance_reason,
            weights,
        }
    }
}
