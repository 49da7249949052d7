//! Rank correlations between parameters.

use super::Context;
use crate::scenario::{Correlation, Parameter, ParameterId};
use crate::source::Span;
use crate::syntax::{Node, Table};

impl Context<'_> {
    /// `[[correlations]]`.
    pub(super) fn correlations(&mut self, parameters: &[Parameter]) -> Vec<Correlation> {
        let mut found: Vec<Correlation> = Vec::new();
        for node in self.root.get("correlations").map_or(&[][..], Node::as_list) {
            let Some(table) = node.as_table() else { continue };
            let between = self.pair(table, parameters);
            let rank = table.number("rank");
            if let (Some(rank), Some(at)) = (rank, table.get("rank"))
                && !(rank > -1.0 && rank < 1.0)
            {
                let message = format!("a rank correlation of {rank}");
                let help =
                    "it lies between -1 and 1, both excluded; parameters that move as one are one";
                self.report.advise("E055", at.span, message, help.to_owned());
                continue;
            }
            let (Some(between), Some(rank)) = (between, rank) else { continue };
            let is_same =
                |c: &Correlation| c.between == between || c.between == (between.1, between.0);
            if found.iter().any(is_same) {
                let names = [between.0, between.1].map(|p| &parameters[p.index()].name);
                let message =
                    format!("`{}` and `{}` have two rank correlations", names[0], names[1]);
                self.report.advise("E055", node.span, message, "keep one".to_owned());
                continue;
            }
            let source = table.string("source").unwrap_or_default();
            found.push(Correlation { between, rank, source, span: node.span });
        }
        found
    }

    fn pair(
        &mut self,
        table: &Table,
        parameters: &[Parameter],
    ) -> Option<(ParameterId, ParameterId)> {
        let node = table.get("between")?;
        let list = node.as_list();
        if list.len() != 2 {
            self.no_pair(node.span);
            return None;
        }
        let ids: Vec<Option<ParameterId>> =
            list.iter().map(|name| self.correlated(name, parameters)).collect();
        let (first, second) = (ids[0]?, ids[1]?);
        if first == second {
            self.no_pair(node.span);
            return None;
        }
        Some((first, second))
    }

    fn no_pair(&mut self, span: Span) {
        let help = "write `between = [\"one\", \"another\"]`".to_owned();
        self.report.advise("E055", span, "a correlation is between two parameters", help);
    }

    /// A parameter that can be correlated.
    fn correlated(&mut self, node: &Node, parameters: &[Parameter]) -> Option<ParameterId> {
        let text = node.as_text()?;
        let known: Vec<String> = self.names.parameters.keys().cloned().collect();
        let Some(id) = self.names.parameters.get(&text.text).copied() else {
            self.no_such("parameter", &text.text, text.span, &known);
            return None;
        };
        if parameters[id.index()].range.is_none_or(|(low, high)| low >= high) {
            let message = format!("`{}` has no range to move over", text.text);
            let help =
                "give it `range = [lowest, highest]`, or leave the correlation out".to_owned();
            self.report.advise("E055", text.span, message, help);
            return None;
        }
        Some(id)
    }
}
