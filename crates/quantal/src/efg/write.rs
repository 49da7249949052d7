//! A game as text for Gambit: the graph unrolled to a tree.

use std::fmt;

use crate::efg::lines::{Lines, distinct, portable};
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

/// Something of a game that `.efg`, or a program that reads it, cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EfgWarning {
    /// Payoffs were discounted to the root; players deciding later respond to them less than here.
    Discounts,
    /// Viewers differ on chance; the analyst's probabilities were written.
    DifferingPriors,
    /// Actions have unequal weights, which were left out.
    Weights,
    /// Probabilities of a draw do not sum to one within rounding; the largest was adjusted.
    AdjustedChances,
    /// Names hold quotes, which OpenSpiel does not read.
    Quotes,
    /// Names hold backslashes at their end, before a quote or in a row, which Gambit does not read back.
    Backslashes,
    /// Names hold other characters than printable ASCII, or blanks at an end or in a row, which pygambit
    /// 16.7 refuses.
    RefusedNames,
    /// Names were changed to such as are read.
    Renamed,
    /// Payoffs on the way, ends without outcome, or gaps in the numbers of information sets, which
    /// OpenSpiel does not read.
    GambitOnly,
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
            Self::AdjustedChances => {
                "probabilities must sum to one exactly: the largest of a draw was adjusted"
            }
            Self::Quotes => "OpenSpiel does not read names with quotes",
            Self::Backslashes => {
                "Gambit misreads names with a backslash at the end, before a quote or in a row"
            }
            Self::RefusedNames => {
                "pygambit 16.7 refuses names with other characters than printable ASCII, or with \
                 blanks at an end or in a row"
            }
            Self::Renamed => {
                "names were changed to such as Gambit and OpenSpiel read: printable ASCII without \
                 quotes and backslashes, different for the information sets of a player"
            }
            Self::GambitOnly => {
                "OpenSpiel does not read payoffs on the way, ends without payoffs or gaps in the \
                 numbers of information sets; written as an unrolled tree it does"
            }
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

/// Writes `game` as a tree of at most `budget` nodes, for pygambit and OpenSpiel.
///
/// Nodes with several parents are repeated; information sets stay what they are, so merged histories
/// become imperfect recall. Payoffs along a path are summed at its end, from the root on; each is
/// written as the shortest decimal that means the sum (beyond the largest float, that). Probabilities are written so that they mean the
/// same floats and sum to one. Names are changed where one of the two would not read them; equal names
/// are numbered, empty ones become their position.
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
    let players = distinct(graph.players().iter().map(|name| portable(name)));
    let mut lines = Lines::new(&title.replace('"', "'").replace('\\', "/"), &players, "");
    lines.is_renamed = has_other_names(game);
    let n_players = graph.n_players();
    let mut n_outcomes = 0u32;
    // Preorder: what is still to be written, with payoffs so far and the discount that now applies.
    let mut open: Vec<(NodeId, Vec<f64>, Vec<f64>)> = Vec::new();
    if graph.n_nodes() > 0 {
        open.push((NodeId(0), vec![0.0; n_players], vec![1.0; n_players]));
    }
    while let Some((node, paid, discounts)) = open.pop() {
        match graph.kind(node) {
            NodeKind::Terminal => {
                n_outcomes += 1;
                let sum = |p| paid[p] + discounts[p] * game.terminal_payoff(node, PlayerId::new(p));
                let sums: Vec<f64> =
                    (0..n_players).map(|p| sum(p).clamp(f64::MIN, f64::MAX)).collect();
                lines.end("");
                lines.outcome(n_outcomes, "", &sums);
                continue;
            }
            NodeKind::Chance => {
                let number = names.chance_number[node.index()];
                let edges: Vec<EdgeId> = graph.edges(node).collect();
                let labels = distinct(edges.iter().map(|&e| portable(graph.edge_label(node, e))));
                let ps: Vec<f64> =
                    edges.iter().map(|&e| game.probability(e, Viewer::Analyst)).collect();
                lines.draw("", number, &format!("draw {number}"), &labels, &ps);
            }
            NodeKind::Decision(i) => {
                let set = graph.infoset(i);
                let (number, label) = &names.infosets[i.index()];
                let actions = distinct(set.actions.iter().map(|name| portable(name)));
                lines.decision("", set.player, *number, label, &actions);
            }
        }
        lines.no_outcome();
        for edge in graph.edges(node).rev() {
            let (mut paid, mut discounts) = (paid.clone(), discounts.clone());
            for p in 0..n_players {
                let player = PlayerId::new(p);
                paid[p] += discounts[p] * game.edge_payoff(edge, player);
                if graph.is_next_stage(edge) {
                    discounts[p] *= game.discount(player);
                }
            }
            open.push((graph.to(edge), paid, discounts));
        }
    }
    let mut warnings = warnings(game);
    warnings.extend(lines.warnings());
    Ok(EfgText { text: lines.text, warnings })
}

/// Whether a name of `game` is changed before it is written.
fn has_other_names(game: &Game) -> bool {
    let parts = game.graph().parts();
    let sets = parts.infosets.iter().flat_map(|set| set.actions.iter().chain([&set.label]));
    let mut names = parts.players.iter().chain(&parts.chance_labels).chain(sets);
    names.any(|name| portable(name) != *name)
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
    infosets: Vec<(u32, String)>,
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
            let labels = distinct(own.iter().map(|&i| portable(&graph.infoset(i).label)));
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
