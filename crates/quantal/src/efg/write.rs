//! A game as text for Gambit: the graph unrolled to a tree.

use std::collections::BTreeSet;
use std::fmt;
use std::fmt::Write as _;

use crate::game::{Game, NodeKind};
use crate::ids::{EdgeId, InfosetId, NodeId, PlayerId, Viewer};

/// A game as `.efg` text.
#[derive(Clone, Debug, PartialEq)]
pub struct EfgText {
    /// The file.
    pub text: String,
    /// What the format could not hold.
    pub warnings: Vec<EfgWarning>,
}

/// Something of a game that `.efg` cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EfgWarning {
    /// Payoffs were discounted to the root; players deciding later respond to them less than here.
    Discounts,
    /// Viewers differ on chance; the analyst's probabilities were written.
    DifferingPriors,
    /// Actions have unequal weights, which were left out.
    Weights,
}

impl fmt::Display for EfgWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discounts => {
                "the format has no discounts: payoffs are discounted to the root, so that late \
                 choices are less precise than in this game"
            }
            Self::DifferingPriors => {
                "the format has one set of chance probabilities: the analyst's were written"
            }
            Self::Weights => "the format has no weights on actions: they were left out",
        })
    }
}

/// The unrolled tree has more nodes than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EfgTooLarge {
    /// Nodes of the tree; `u128::MAX` if that or more.
    pub n_nodes: u128,
    /// Nodes allowed.
    pub budget: u128,
}

/// Writes `game` as a tree of at most `budget` nodes.
///
/// Nodes with several parents are repeated; information sets stay what they are, so merged histories
/// become imperfect recall. Payoffs along a path are summed at its end.
///
/// # Errors
/// [`EfgTooLarge`] with the count.
pub fn write_efg(game: &Game, title: &str, budget: u128) -> Result<EfgText, EfgTooLarge> {
    let graph = game.graph();
    let n_nodes = unrolled(game);
    if n_nodes > budget {
        return Err(EfgTooLarge { n_nodes, budget });
    }
    let names = Names::of(game);
    let mut text = format!("EFG 2 R {} {{", quoted(title));
    for name in &distinct(graph.players().iter().map(String::as_str)) {
        let _ = write!(text, " {}", quoted(name));
    }
    text.push_str(" }\n\"\"\n\n");
    let players = graph.n_players();
    let mut n_outcomes = 0usize;
    // Preorder: what is still to be written, with payoffs so far and the discount that now applies.
    let mut open: Vec<(NodeId, Vec<f64>, Vec<f64>)> = Vec::new();
    if graph.n_nodes() > 0 {
        open.push((NodeId(0), vec![0.0; players], vec![1.0; players]));
    }
    while let Some((node, paid, discounts)) = open.pop() {
        match graph.kind(node) {
            NodeKind::Terminal => {
                n_outcomes += 1;
                let _ = write!(text, "t \"\" {n_outcomes} \"\" {{");
                for p in 0..players {
                    let end = game.terminal_payoff(node, PlayerId::new(p));
                    let comma = if p == 0 { "" } else { "," };
                    let _ = write!(text, "{comma} {}", paid[p] + discounts[p] * end + 0.0);
                }
                text.push_str(" }\n");
                continue;
            }
            NodeKind::Chance => {
                let number = names.chance_number[node.index()];
                let _ = write!(text, "c \"\" {number} \"draw {number}\" {{");
                let labels = distinct(graph.edges(node).map(|e| graph.edge_label(node, e)));
                let edges: Vec<EdgeId> = graph.edges(node).collect();
                for (label, p) in labels.iter().zip(&exact_probabilities(game, &edges)) {
                    let _ = write!(text, " {} {p}", quoted(label));
                }
            }
            NodeKind::Decision(i) => {
                let player = graph.infoset(i).player.0 + 1;
                let (number, label) = &names.infosets[i.index()];
                let _ = write!(text, "p \"\" {player} {number} {} {{", quoted(label));
                for action in &distinct(graph.infoset(i).actions.iter().map(String::as_str)) {
                    let _ = write!(text, " {}", quoted(action));
                }
            }
        }
        text.push_str(" } 0\n");
        for edge in graph.edges(node).rev() {
            let (mut paid, mut discounts) = (paid.clone(), discounts.clone());
            for p in 0..players {
                let player = PlayerId::new(p);
                paid[p] += discounts[p] * game.edge_payoff(edge, player);
                if graph.is_next_stage(edge) {
                    discounts[p] *= game.discount(player);
                }
            }
            open.push((graph.to(edge), paid, discounts));
        }
    }
    Ok(EfgText { text, warnings: warnings(game) })
}

/// Nodes of the tree, `u128::MAX` if that or more.
fn unrolled(game: &Game) -> u128 {
    let graph = game.graph();
    let mut size = vec![1u128; graph.n_nodes()];
    for node in graph.nodes().rev() {
        for edge in graph.edges(node) {
            size[node.index()] = size[node.index()].saturating_add(size[graph.to(edge).index()]);
        }
    }
    size.first().copied().unwrap_or(0)
}

fn warnings(game: &Game) -> Vec<EfgWarning> {
    let graph = game.graph();
    let all_edges = || (0..graph.n_edges()).map(EdgeId::new);
    let mut warnings = Vec::new();
    if game.numbers().discounts.iter().any(|&d| d != 1.0)
        && all_edges().any(|e| graph.is_next_stage(e))
    {
        warnings.push(EfgWarning::Discounts);
    }
    let analyst = |e: EdgeId| game.probability(e, Viewer::Analyst);
    let differs = |e: EdgeId| {
        (0..graph.n_players())
            .any(|p| game.probability(e, Viewer::Player(PlayerId::new(p))) != analyst(e))
    };
    if all_edges().any(differs) {
        warnings.push(EfgWarning::DifferingPriors);
    }
    let uneven = |i| {
        let mut weights = graph.actions(i).map(|a| game.weight(a));
        let first = weights.next();
        weights.any(|w| Some(w) != first)
    };
    if graph.infosets().any(uneven) {
        warnings.push(EfgWarning::Weights);
    }
    warnings
}

/// Numbers and labels that Gambit needs to be unique per player.
struct Names {
    infosets: Vec<(usize, String)>,
    chance_number: Vec<usize>,
}

impl Names {
    /// Numbers go by first appearance in the file.
    fn of(game: &Game) -> Self {
        let graph = game.graph();
        let mut names = Self {
            infosets: vec![(0, String::new()); graph.n_infosets()],
            chance_number: vec![0; graph.n_nodes()],
        };
        for player in (0..graph.n_players()).map(PlayerId::new) {
            let is_own = |i: &InfosetId| graph.infoset(*i).player == player;
            let own: Vec<_> = graph.infosets().filter(is_own).collect();
            let labels = distinct(own.iter().map(|&i| graph.infoset(i).label.as_str()));
            for (i, label) in own.iter().zip(labels) {
                names.infosets[i.index()].1 = label;
            }
        }
        let mut n_own = vec![0; graph.n_players()];
        let mut n_chance = 0;
        let mut is_seen = vec![false; graph.n_nodes()];
        let mut open: Vec<NodeId> = graph.nodes().take(1).collect();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut is_seen[node.index()], true) {
                continue;
            }
            match graph.kind(node) {
                NodeKind::Decision(i) if names.infosets[i.index()].0 == 0 => {
                    let n = &mut n_own[graph.infoset(i).player.index()];
                    *n += 1;
                    names.infosets[i.index()].0 = *n;
                }
                NodeKind::Chance => {
                    n_chance += 1;
                    names.chance_number[node.index()] = n_chance;
                }
                NodeKind::Decision(_) | NodeKind::Terminal => {}
            }
            open.extend(graph.edges(node).rev().map(|e| graph.to(e)));
        }
        names
    }
}

/// The labels, made different where they are not; empty ones become their position.
fn distinct<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let labels: Vec<&str> = labels.collect();
    let given: BTreeSet<&str> = labels.iter().copied().collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::with_capacity(labels.len());
    for (k, &label) in labels.iter().enumerate() {
        let mut name = if label.is_empty() { (k + 1).to_string() } else { label.to_owned() };
        let mut n = 2;
        while used.contains(&name) || (name != label && given.contains(name.as_str())) {
            name = format!("{label}#{n}");
            n += 1;
        }
        used.insert(name.clone());
        out.push(name);
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Digits after the point of a written probability.
const DIGITS: usize = 30;

/// The analyst's probabilities as decimals that sum to exactly one, as Gambit demands; the largest
/// takes what rounding leaves.
fn exact_probabilities(game: &Game, edges: &[EdgeId]) -> Vec<String> {
    let one = 10u128.pow(DIGITS as u32);
    let mut units: Vec<u128> =
        edges.iter().map(|&e| in_units(game.probability(e, Viewer::Analyst))).collect();
    let largest = (0..units.len()).max_by_key(|&k| (units[k], usize::MAX - k)).unwrap_or(0);
    let others: u128 = units.iter().enumerate().filter(|(k, _)| *k != largest).map(|x| x.1).sum();
    if let Some(u) = units.get_mut(largest) {
        *u = one.saturating_sub(others);
    }
    units
        .iter()
        .map(|u| {
            let text = format!("{}.{:030}", u / one, u % one);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        })
        .collect()
}

/// The decimal digits of `p` as a number of units of 10^−30.
fn in_units(p: f64) -> u128 {
    let text = format!("{p:.DIGITS$}");
    let shortest = format!("{p}");
    // The shortest text that means `p`, where it fits; it is what a person wrote.
    let chosen = if shortest.len() <= DIGITS + 2 { shortest } else { text };
    let (whole, part) = chosen.split_once('.').unwrap_or((&chosen, ""));
    format!("{whole}{part:0<30}").parse().unwrap_or(0)
}
