//! The public-belief form of games whose moves are public and whose types are private and independent.
//!
//! Under perfect recall, when the first draw gives every player a type of its own, independently, and
//! everything after it is seen by all, histories that differ in types only are one *public node*. There
//! it is enough to know what everybody believes of each player's type, and what each type of a
//! player may expect; the combinations of types vanish:
//!
//! * b_j(q·a, t) ∝ b_j(q, t) π_j(a | q, t) where j moves, else unchanged;
//! * U_i(q, t) = Σ_a π_i(a | q, t) \[g_i(q, a, t) + δ_i U_i(q·a, t)\] where i moves;
//! * U_i(q, t) = Σ_a P(a | q) \[g_i + δ_i U_i(q·a, t)\], P(a | q) = Σ_s b_j(q, s) π_j(a | q, s), where j moves.
//!
//! Own reach cancels, as it may under perfect recall only. Not covered: correlated types, payoffs that
//! depend on another's type, players who differ in the probabilities they believe in, hidden moves.

use crate::game::{Game, Graph, NodeKind, Numbers};
use crate::ids::{EdgeId, NodeId, PlayerId};

/// Probabilities and payoffs that differ by less than this share count as equal: rounding of products
/// of two or three numbers.
const SAME: f64 = 1e-13;

/// What happens at a public node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKind {
    /// The owner moves; one information set for each of its types.
    Decision(usize, Vec<u32>),
    /// Nature draws, whatever the types.
    Chance,
    /// The game is over.
    Terminal,
}

/// Histories that differ in types only.
#[derive(Clone, Debug)]
pub(crate) struct PublicNode {
    pub(crate) kind: PublicKind,
    /// Public nodes behind its edges.
    pub(crate) children: Vec<u32>,
    /// The node of the graph for each combination of types.
    nodes: Vec<NodeId>,
}

impl PublicNode {
    /// The node of the graph with the types of this combination.
    pub(crate) fn node(&self, combination: usize) -> NodeId {
        self.nodes[combination]
    }
}

/// The public structure of a graph.
#[derive(Clone, Debug)]
pub struct PublicForm {
    /// Parents before children.
    pub(crate) nodes: Vec<PublicNode>,
    /// Types of each player; 1 for who never moves.
    pub(crate) n_types: Vec<usize>,
    /// Rows: all types of all players; the first row of each player, and their number at the end.
    pub(crate) first_row: Vec<usize>,
    /// `[player][combination]`
    type_of: Vec<Vec<usize>>,
}

impl PublicForm {
    /// The public form of the structure, if it has one. Whether numbers fit is another question:
    /// [`Self::fits`].
    #[must_use]
    pub fn detect(graph: &Graph) -> Option<Self> {
        let root = graph.nodes().next().filter(|&r| graph.kind(r) == NodeKind::Chance)?;
        let first: Vec<NodeId> = graph.edges(root).map(|e| graph.to(e)).collect();
        let n_combinations = first.len();
        let mut type_of: Vec<Option<Vec<usize>>> = vec![None; graph.n_players()];
        let mut nodes: Vec<PublicNode> = Vec::new();
        let mut n_seen = 1;
        let mut is_seen = vec![false; graph.n_nodes()];
        let mut open: Vec<Open> = vec![(first, None)];
        while let Some((group, parent)) = open.pop() {
            let id = nodes.len();
            if let Some((parent, place)) = parent {
                let parent: &mut PublicNode = &mut nodes[parent];
                parent.children[place] = u32::try_from(id).ok()?;
            }
            for node in &group {
                if std::mem::replace(&mut is_seen[node.index()], true) {
                    return None;
                }
                n_seen += 1;
            }
            let n_edges = graph.edges(group[0]).len();
            let kind = public_kind(graph, &group, &mut type_of)?;
            if group.iter().any(|&n| graph.edges(n).len() != n_edges) {
                return None;
            }
            for place in (0..n_edges).rev() {
                let edge = |&n: &NodeId| graph.edges(n).nth(place);
                let next: Vec<_> = group.iter().filter_map(edge).collect();
                let is_next_stage = graph.is_next_stage(next[0]);
                if next.iter().any(|&e| graph.is_next_stage(e) != is_next_stage) {
                    return None;
                }
                open.push((next.iter().map(|&e| graph.to(e)).collect(), Some((id, place))));
            }
            nodes.push(PublicNode { kind, children: vec![0; n_edges], nodes: group });
        }
        let type_of: Vec<Vec<usize>> =
            type_of.into_iter().map(|t| t.unwrap_or_else(|| vec![0; n_combinations])).collect();
        let n_types: Vec<usize> =
            type_of.iter().map(|t| t.iter().max().map_or(1, |m| m + 1)).collect();
        // Every combination of types exactly once.
        let mut is_met = vec![false; n_types.iter().product()];
        for c in 0..n_combinations {
            let place = type_of.iter().zip(&n_types).fold(0, |at, (t, n)| at * n + t[c]);
            is_met[place] = true;
        }
        if n_seen != graph.n_nodes() || is_met.len() != n_combinations || is_met.contains(&false) {
            return None;
        }
        let mut first_row = vec![0];
        for n in &n_types {
            first_row.push(first_row[first_row.len() - 1] + n);
        }
        Some(Self { nodes, n_types, first_row, type_of })
    }

    /// Whether these numbers have the form: types independent, draws and payoffs the same whatever the
    /// types of others, one prior for all players.
    #[must_use]
    pub fn fits(&self, graph: &Graph, numbers: &Numbers) -> bool {
        let n = graph.n_chance_edges();
        let n_players = graph.n_players();
        let row = &numbers.chance[..n];
        let is_common = (1..n_players).all(|p| &numbers.chance[p * n..(p + 1) * n] == row);
        let is_alike = |payoffs: &[f64], index: &dyn Fn(usize, usize) -> u32| {
            let mut equal = Vec::new();
            self.places(index, &mut Vec::new(), &mut equal);
            equal.iter().all(|&(a, b)| near(payoffs[a as usize], payoffs[b as usize]))
        };
        let is_public = |node: &PublicNode| {
            let at =
                |c: usize, k: usize| graph.parts().edge_start[node.nodes[c].index()] as usize + k;
            let end = |c: usize, p: usize| {
                (graph.terminal_index(node.nodes[c]).unwrap_or(0) * n_players + p) as u32
            };
            let is_edge_public = |k: usize| {
                let chance = |c: usize| graph.chance_index(EdgeId::new(at(c, k))).map(|e| row[e]);
                let is_same_draw = (1..node.nodes.len()).all(|c| chance(c) == chance(0));
                let gain = |c: usize, p: usize| (at(c, k) * n_players + p) as u32;
                is_same_draw && is_alike(&numbers.edge_payoffs, &gain)
            };
            (0..node.children.len()).all(is_edge_public)
                && (node.kind != PublicKind::Terminal || is_alike(&numbers.terminal_payoffs, &end))
        };
        is_common && self.is_independent(row) && self.nodes.iter().all(is_public)
    }

    /// Combinations of types.
    pub(crate) fn n_combinations(&self) -> usize {
        self.type_of.first().map_or(1, Vec::len)
    }

    /// Where the payoff of each row is found, and which payoffs must be equal to it: `index` gives
    /// the place of a payoff by combination and player.
    pub(crate) fn places(
        &self,
        index: &dyn Fn(usize, usize) -> u32,
        places: &mut Vec<u32>,
        equal: &mut Vec<(u32, u32)>,
    ) {
        for (p, types) in self.type_of.iter().enumerate() {
            for t in 0..self.n_types[p] {
                let mut of_type = (0..types.len()).filter(|&c| types[c] == t);
                let first = index(of_type.next().unwrap_or(0), p);
                places.push(first);
                equal.extend(of_type.map(|c| (first, index(c, p))));
            }
        }
    }

    /// Whether every combination of types is as likely as its types are together.
    pub(crate) fn is_independent(&self, chance: &[f64]) -> bool {
        self.with_marginals(chance, |marginals| {
            (0..self.n_combinations()).all(|c| {
                let of = |p: usize| marginals[self.first_row[p] + self.type_of[p][c]];
                near(chance[c], (0..self.n_types.len()).map(of).product())
            })
        })
    }

    /// Shows the prior of every row to `read`.
    pub(crate) fn with_marginals<T>(&self, chance: &[f64], read: impl FnOnce(&[f64]) -> T) -> T {
        let (mut few, mut many) = ([0.0; 32], Vec::new());
        let n = self.first_row[self.n_types.len()];
        let marginals = if n <= few.len() {
            &mut few[..n]
        } else {
            many.resize(n, 0.0);
            &mut many[..]
        };
        for (p, types) in self.type_of.iter().enumerate() {
            for (c, t) in types.iter().enumerate() {
                marginals[self.first_row[p] + t] += chance[c];
            }
        }
        read(marginals)
    }

    /// Q(I, a) of every action, as [`crate::action_values`] gives it, in the public form.
    ///
    /// `None` where the numbers do not fit or a public node is reached with probability below 1e-300.
    #[must_use]
    pub fn action_values(&self, game: &Game, probabilities: &[f64]) -> Option<Vec<f64>> {
        let graph = game.graph();
        if !self.fits(graph, game.numbers()) {
            return None;
        }
        let n_rows = self.first_row[self.n_types.len()];
        let mut beliefs = vec![0.0; self.nodes.len() * n_rows];
        self.with_marginals(&game.numbers().chance, |priors| {
            beliefs[..n_rows].copy_from_slice(priors)
        });
        let policy = |infoset: u32| {
            let first =
                graph.actions(crate::ids::InfosetId(infoset)).next().map_or(0, |a| a.index());
            move |k: usize| probabilities[first + k]
        };
        for (q, node) in self.nodes.iter().enumerate() {
            for (k, &child) in node.children.iter().enumerate() {
                let (before, after) = beliefs.split_at_mut(child as usize * n_rows);
                let here = &before[q * n_rows..(q + 1) * n_rows];
                let there = &mut after[..n_rows];
                there.copy_from_slice(here);
                let PublicKind::Decision(owner, infosets) = &node.kind else { continue };
                let own = &mut there[self.first_row[*owner]..self.first_row[owner + 1]];
                let mut total = 0.0;
                for (b, &infoset) in own.iter_mut().zip(infosets) {
                    *b *= policy(infoset)(k);
                    total += *b;
                }
                if total < 1e-300 {
                    return None;
                }
                own.iter_mut().for_each(|b| *b /= total);
            }
        }
        let mut values = vec![0.0; self.nodes.len() * n_rows];
        let mut q_values = vec![0.0; graph.n_actions()];
        for (q, node) in self.nodes.iter().enumerate().rev() {
            for p in 0..graph.n_players() {
                for t in 0..self.n_types[p] {
                    let row = self.first_row[p] + t;
                    let player = PlayerId::new(p);
                    // Any combination with this type of p stands for all.
                    let c = self.type_of[p].iter().position(|&x| x == t)?;
                    let here = node.nodes[c];
                    let behind = |k: usize| -> f64 {
                        let Some(edge) = graph.edges(here).nth(k) else { return 0.0 };
                        let d = if graph.is_next_stage(edge) { game.discount(player) } else { 1.0 };
                        let value = values[node.children[k] as usize * n_rows + row];
                        game.edge_payoff(edge, player) + d * value
                    };
                    let edges = 0..node.children.len();
                    let value = match &node.kind {
                        PublicKind::Terminal => game.terminal_payoff(here, player),
                        PublicKind::Chance => {
                            let chance = |k: usize| {
                                let edge = graph.edges(here).nth(k);
                                let index = edge.and_then(|e| graph.chance_index(e));
                                index.map_or(0.0, |e| game.numbers().chance[e])
                            };
                            edges.map(|k| chance(k) * behind(k)).sum()
                        }
                        PublicKind::Decision(owner, infosets) if *owner == p => {
                            let mine = policy(infosets[t]);
                            let actions = graph.actions(crate::ids::InfosetId(infosets[t]));
                            for (k, action) in actions.enumerate() {
                                q_values[action.index()] = behind(k);
                            }
                            edges.map(|k| mine(k) * behind(k)).sum()
                        }
                        PublicKind::Decision(owner, infosets) => {
                            let own = self.first_row[*owner];
                            let share = |k: usize| -> f64 {
                                let of = infosets.iter().enumerate();
                                of.map(|(s, &i)| beliefs[q * n_rows + own + s] * policy(i)(k)).sum()
                            };
                            edges.map(|k| share(k) * behind(k)).sum()
                        }
                    };
                    values[q * n_rows + row] = value;
                }
            }
        }
        Some(q_values)
    }
}

/// A group of nodes that is still to be seen, and the public node and edge that lead to it.
type Open = (Vec<NodeId>, Option<(usize, usize)>);

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs())
}

/// The kind of a group of nodes, if it is the same for all and types tell its information sets apart.
fn public_kind(
    graph: &Graph,
    group: &[NodeId],
    type_of: &mut [Option<Vec<usize>>],
) -> Option<PublicKind> {
    let infoset = |n: NodeId| match graph.kind(n) {
        NodeKind::Decision(i) => Some(i),
        _ => None,
    };
    let Some(one) = infoset(group[0]) else {
        let kind = graph.kind(group[0]);
        let is_same = group.iter().all(|&n| graph.kind(n) == kind);
        let public = match kind {
            NodeKind::Chance => PublicKind::Chance,
            _ => PublicKind::Terminal,
        };
        return is_same.then_some(public);
    };
    let owner = graph.infoset(one).player;
    // The information sets in order of appearance, and which of them each combination is in.
    let (mut infosets, mut types) = (Vec::new(), Vec::new());
    for &node in group {
        let i = infoset(node).filter(|&i| graph.infoset(i).player == owner)?;
        let known = infosets.iter().position(|&j| j == i.0);
        types.push(known.unwrap_or(infosets.len()));
        if known.is_none() {
            infosets.push(i.0);
        }
    }
    let n_nodes: usize =
        infosets.iter().map(|&i| graph.infoset_nodes(crate::ids::InfosetId(i)).len()).sum();
    let own = type_of[owner.index()].get_or_insert_with(|| types.clone());
    // Elsewhere the same sets would be met by other combinations, or after other histories.
    (n_nodes == group.len() && *own == types)
        .then_some(PublicKind::Decision(owner.index(), infosets))
}

#[cfg(test)]
mod tests {
    use super::PublicForm;
    use crate::families::{Circle, CircleShape, Contest, payoff_range};
    use crate::game::Game;
    use crate::{ActionId, Follow, Lambda, SolveOptions, action_values, solve};

    #[test]
    fn the_public_form_gives_the_values_of_the_definitions() {
        let contest = Contest::new(5, true, 4);
        let base = contest.base();
        let form = PublicForm::detect(base.graph()).expect("a contest has the form");
        assert_eq!(4 * form.nodes.len() + 1, base.graph().n_nodes());
        let units = [payoff_range(&base); 2];
        for (draw, lambda) in [(0, 0.0), (1, 3.0), (2, 20.0)] {
            let game = contest.game(draw, 0.3);
            let options = SolveOptions {
                tolerance: 1e-9,
                max_steps: 20_000,
                follow: Follow::No,
                start: None,
            };
            let lambda = Lambda::new(lambda).expect("a precision");
            let solved = solve(&game, lambda, &units, &options, &mut |_| true).expect("solvable");
            let n = game.graph().n_actions();
            let p: Vec<f64> =
                (0..n).map(|a| solved.profile.probability(ActionId::new(a))).collect();
            let values = form.action_values(&game, &p).expect("it fits");
            for (a, b) in values.iter().zip(action_values(&game, &solved.profile)) {
                assert!((a - b).abs() <= 1e-12, "{a} {b}");
            }
        }
    }

    #[test]
    fn what_does_not_have_the_form_is_not_taken_for_it() {
        let shape = CircleShape { n_stages: 2, n_levels: 3, n_marks: 0, breakdown: 2.0, seed: 1 };
        assert!(
            PublicForm::detect(Circle::new(shape).base().graph()).is_none(),
            "merged histories"
        );
        let base = Contest::new(3, true, 1).base();
        let form = PublicForm::detect(base.graph()).expect("a contest has the form");
        let fits = |change: &dyn Fn(&mut crate::Numbers)| {
            let mut numbers = base.numbers().clone();
            change(&mut numbers);
            let game = Game::new(base.shared_graph().clone(), numbers).expect("a game");
            form.fits(base.graph(), game.numbers())
        };
        assert!(fits(&|_| {}));
        let n = base.graph().n_chance_edges();
        assert!(!fits(&|x| x.chance[..4].copy_from_slice(&[0.4, 0.1, 0.1, 0.4])), "one differs");
        let correlated = |x: &mut crate::Numbers| {
            for row in x.chance.chunks_exact_mut(n) {
                row[..4].copy_from_slice(&[0.4, 0.1, 0.1, 0.4]);
            }
        };
        assert!(!fits(&correlated), "correlated types");
        assert!(!fits(&|x| x.terminal_payoffs[0] += 1.0), "a payoff by another's type");
    }
}
