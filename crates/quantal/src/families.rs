//! Families of games for benchmarks and tests: any size, seeded, the same numbers everywhere.
//!
//! * [`Contest`]: two players with two private types each take turns to settle, wait or raise; a tree
//!   of perfect recall. The easy family ends in a division; in the hard one the last turn mostly ends
//!   in a breakdown that both fear, each by its type (a war of attrition with an end).
//! * [`Circle`]: four players with two private types each move a shared level up and down and set
//!   public marks; histories that lead to the same level and marks are one node (a layered graph of
//!   imperfect recall), and a breakdown costs hundreds of ordinary stakes.
//!
//! Every number is a function of (seed, stream, index), so a draw does not depend on how many others
//! are made, or in what order.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::game::{Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
use crate::ids::{InfosetId, NodeId, PlayerId};

/// Uniform on [0, 1): a function of its arguments alone (the finaliser of splitmix64, Steele, Lea and
/// Flood 2014, applied once for each argument).
#[must_use]
pub fn uniform(seed: u64, stream: u64, index: u64) -> f64 {
    let mix = |state: u64, word: u64| {
        let mut z = (state ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let bits = mix(mix(mix(0, seed), stream), index);
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// Largest payoff less smallest, over all players: what λ·range of the benchmarks is measured by.
#[must_use]
pub fn payoff_range(game: &Game) -> f64 {
    let numbers = game.numbers();
    let all = || numbers.edge_payoffs.iter().chain(&numbers.terminal_payoffs).copied();
    all().fold(f64::NEG_INFINITY, f64::max) - all().fold(f64::INFINITY, f64::min)
}

/// A parameter of draw `draw`: the base value, times 1 ± `spread` at most.
struct Parameters {
    seed: u64,
    draw: u64,
    spread: f64,
    index: u64,
}

impl Parameters {
    fn new(seed: u64, draw: u64, spread: f64) -> Self {
        Self { seed, draw, spread, index: 0 }
    }
    /// The next parameter; its base value lies between `low` and `high`.
    fn next(&mut self, low: f64, high: f64) -> f64 {
        self.index += 1;
        let base = low + (high - low) * uniform(self.seed, 0, self.index);
        let shift = 2.0 * uniform(self.seed, 1 + self.draw, self.index) - 1.0;
        base * (1.0 + self.spread * shift)
    }
    fn pair(&mut self, low: f64, high: f64) -> [f64; 2] {
        [self.next(low, high), self.next(low, high)]
    }
}

/// How a path of a [`Contest`] ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// This player gave way at this level.
    Settled(usize, u32),
    /// A raise went wrong.
    Broken,
    /// The last turn passed at this level.
    Timeout(u32),
}

/// A contest of turns between two players with two private types each.
///
/// The tree has 20·2ᵀ − 8T − 15 nodes and 2ᵀ⁺¹ − 2 information sets. The four combinations of types
/// stand next to each other under every public history.
#[derive(Clone, Debug)]
pub struct Contest {
    /// The structure.
    pub graph: Arc<Graph>,
    is_hard: bool,
    seed: u64,
    ends: Vec<End>,
    /// For every public chance node, the level at which the raise was made.
    raised_at: Vec<u32>,
}

/// Combinations of two types of two players.
const COMBINATIONS: usize = 4;

impl Contest {
    /// The contest of `n_turns` turns.
    ///
    /// # Panics
    /// With no turns, or with more than 24: the tree would have more than 2^28 nodes.
    #[must_use]
    pub fn new(n_turns: u32, is_hard: bool, seed: u64) -> Self {
        assert!((1..=24).contains(&n_turns), "between 1 and 24 turns");
        let public = public_tree(n_turns);
        let (mut ends, mut raised_at) = (Vec::new(), Vec::new());
        let mut parts = GraphParts {
            players: vec!["A".to_owned(), "B".to_owned()],
            kinds: vec![NodeKind::Chance],
            edge_start: vec![0, COMBINATIONS as u32],
            edge_to: (1..=COMBINATIONS).map(NodeId::new).collect(),
            ..GraphParts::default()
        };
        let mut n_chance_edges = COMBINATIONS;
        for (q, node) in public.iter().enumerate() {
            match node.kind {
                Public::Decision(_) | Public::End(_) => {}
                Public::Chance(level) => raised_at.push(level),
            }
            if let Public::End(end) = node.kind {
                ends.push(end);
            }
            let first_infoset = parts.infosets.len();
            if let Public::Decision(mover) = node.kind {
                for own in 0..2 {
                    parts.infosets.push(InformationSet {
                        player: PlayerId::new(mover),
                        label: format!("{q}/{own}"),
                        actions: ["settle", "wait", "raise"].map(str::to_owned).into(),
                    });
                }
            }
            for c in 0..COMBINATIONS {
                parts.kinds.push(match node.kind {
                    Public::Decision(mover) => {
                        NodeKind::Decision(InfosetId::new(first_infoset + own_type(c, mover)))
                    }
                    Public::Chance(_) => {
                        n_chance_edges += 2;
                        NodeKind::Chance
                    }
                    Public::End(_) => NodeKind::Terminal,
                });
                let to = |child: usize| NodeId::new(1 + COMBINATIONS * child + c);
                parts.edge_to.extend(node.children.iter().map(|&child| to(child)));
                parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap_or(u32::MAX));
            }
        }
        parts.edge_next_stage = vec![false; parts.edge_to.len()];
        parts.chance_labels = vec![String::new(); n_chance_edges];
        let graph = Graph::new(parts).expect("the family is a game");
        Self { graph: Arc::new(graph), is_hard, seed, ends, raised_at }
    }

    /// The game with its base numbers.
    #[must_use]
    pub fn base(&self) -> Game {
        self.game(0, 0.0)
    }

    /// The game with the numbers of draw `draw`.
    ///
    /// # Panics
    /// Never for a `spread` below 0.5.
    #[must_use]
    pub fn game(&self, draw: u64, spread: f64) -> Game {
        let numbers = self.numbers(draw, spread);
        Game::new(Arc::clone(&self.graph), numbers).expect("the numbers fit the family")
    }

    /// The numbers of draw `draw`: every parameter is moved by at most the share `spread` of it.
    #[must_use]
    pub fn numbers(&self, draw: u64, spread: f64) -> Numbers {
        let graph = &*self.graph;
        let mut next = Parameters::new(self.seed, draw, spread);
        let prior = next.pair(0.3, 0.6);
        let prize = [next.pair(0.8, 1.2), next.pair(0.8, 1.2)];
        let dread = [next.pair(0.9, 1.5), next.pair(0.9, 1.5)];
        let shame = next.pair(0.05, 0.25);
        let hazard = next.next(0.02, 0.08);
        // In the hard family the second type of each dreads a breakdown much less, so that it matters
        // who one is, and the end is mostly a breakdown.
        let (boldness, ruin) =
            if self.is_hard { (0.3, next.next(0.75, 0.9)) } else { (0.8, next.next(0.02, 0.1)) };
        let share = next.next(0.4, 0.6);
        let dread = dread.map(|[meek, bold]| [meek, bold * boldness]);

        let mut terminal_payoffs = Vec::with_capacity(graph.n_terminals() * 2);
        for end in &self.ends {
            for c in 0..COMBINATIONS {
                for p in 0..2 {
                    let own = own_type(c, p);
                    let part = if p == 0 { share } else { 1.0 - share };
                    terminal_payoffs.push(match *end {
                        End::Settled(mover, level) if mover == p => -shame[p] * f64::from(level),
                        End::Settled(..) => prize[p][own],
                        End::Broken => -dread[p][own],
                        End::Timeout(level) => {
                            let peace = part * prize[p][own] - shame[p] * f64::from(level) * 0.5;
                            (1.0 - ruin) * peace - ruin * dread[p][own]
                        }
                    });
                }
            }
        }
        let mut row = Vec::with_capacity(graph.n_chance_edges());
        for c in 0..COMBINATIONS {
            let of = |p: usize| if own_type(c, p) == 1 { prior[p] } else { 1.0 - prior[p] };
            row.push(of(0) * of(1));
        }
        for &level in &self.raised_at {
            let risk = (hazard * f64::from(level)).min(0.5);
            for _ in 0..COMBINATIONS {
                row.extend([risk, 1.0 - risk]);
            }
        }
        Numbers {
            edge_payoffs: Vec::new(),
            terminal_payoffs,
            chance: row.repeat(3),
            weights: Vec::new(),
            discounts: vec![1.0; 2],
        }
    }
}

/// The type of player `p` in combination `c`.
fn own_type(c: usize, p: usize) -> usize {
    (c >> p) & 1
}

#[derive(Clone, Copy)]
enum Public {
    Decision(usize),
    Chance(u32),
    End(End),
}

struct PublicNode {
    kind: Public,
    children: Vec<usize>,
}

/// Public histories, parents first; a subtree is a contiguous block.
fn public_tree(n_turns: u32) -> Vec<PublicNode> {
    let mut nodes: Vec<PublicNode> = Vec::new();
    // What is still to be made: its kind, the turn and level it belongs to, and its parent.
    let mut open = vec![(Public::Decision(0), 0u32, 0u32, None::<(usize, usize)>)];
    while let Some((kind, turn, level, parent)) = open.pop() {
        let id = nodes.len();
        if let Some((parent, place)) = parent {
            nodes[parent].children[place] = id;
        }
        let after = |turn: u32, level: u32| {
            if turn + 1 == n_turns {
                Public::End(End::Timeout(level))
            } else {
                Public::Decision((turn as usize + 1) % 2)
            }
        };
        let next = match kind {
            Public::Decision(mover) => {
                let raise = if level > 0 { Public::Chance(level) } else { after(turn, level + 1) };
                // A raise that cannot go wrong leads straight to the next turn.
                let at = if level > 0 { turn } else { turn + 1 };
                vec![
                    (Public::End(End::Settled(mover, level)), turn, level),
                    (after(turn, level), turn + 1, level),
                    (raise, at, level + 1),
                ]
            }
            Public::Chance(_) => {
                vec![(Public::End(End::Broken), turn, level), (after(turn, level), turn + 1, level)]
            }
            Public::End(_) => Vec::new(),
        };
        nodes.push(PublicNode { kind, children: vec![0; next.len()] });
        for (place, (kind, turn, level)) in next.into_iter().enumerate().rev() {
            open.push((kind, turn, level, Some((id, place))));
        }
    }
    nodes
}

/// Shape of a [`Circle`].
#[derive(Clone, Copy, Debug)]
pub struct CircleShape {
    /// Stages; in each all four players move once.
    pub n_stages: usize,
    /// Levels from 0 up.
    pub n_levels: usize,
    /// Public marks that may be set once each; they multiply the states by 2ⁿ.
    pub n_marks: u32,
    /// What a breakdown costs each player, in stakes of 1.
    pub breakdown: f64,
    /// Seed of its numbers.
    pub seed: u64,
}

impl CircleShape {
    /// The public states a move at a state may lead to: stay, up, down, and set the mark of this turn.
    fn moves(self, layer: usize, (level, marks): (usize, u32)) -> Vec<(usize, u32)> {
        let seat = layer % (SEATS + 1);
        if seat == SEATS {
            return vec![(level, marks)];
        }
        let up = (level + 1).min(self.n_levels - 1);
        let mut moves = vec![(level, marks), (up, marks), (level.saturating_sub(1), marks)];
        let mark = ((layer / (SEATS + 1) + seat) as u32) % self.n_marks.max(1);
        if self.n_marks > 0 && marks & (1 << mark) == 0 {
            moves.push((level, marks | 1 << mark));
        }
        moves
    }
}

/// Four players with two private types each around one level; histories that lead to the same public
/// state are one node for each of the sixteen combinations of types.
#[derive(Clone, Debug)]
pub struct Circle {
    /// The structure.
    pub graph: Arc<Graph>,
    shape: CircleShape,
    /// For every edge that leaves a decision node: the edge, combination of types, mover, action.
    decision_edges: Vec<(usize, usize, usize, usize)>,
    /// For every pair of hazard edges, the level.
    hazard_levels: Vec<usize>,
    /// For every terminal node of the last layer: level and combination; before them stands the breakdown.
    last: Vec<(usize, usize)>,
}

/// Players of a [`Circle`].
const SEATS: usize = 4;
const CIRCLE_COMBINATIONS: usize = 1 << SEATS;

impl Circle {
    /// The graph of `shape`.
    ///
    /// # Panics
    /// With no stages or no levels.
    #[must_use]
    pub fn new(shape: CircleShape) -> Self {
        assert!(shape.n_stages > 0 && shape.n_levels > 0, "some stages and levels");
        let mut parts = GraphParts {
            players: (0..SEATS).map(|p| format!("P{p}")).collect(),
            kinds: vec![NodeKind::Chance],
            edge_start: vec![0, CIRCLE_COMBINATIONS as u32],
            edge_to: (1..=CIRCLE_COMBINATIONS).map(NodeId::new).collect(),
            edge_next_stage: vec![false; CIRCLE_COMBINATIONS],
            ..GraphParts::default()
        };
        let (mut decision_edges, mut hazard_levels, mut last) =
            (Vec::new(), Vec::new(), Vec::new());
        let mut n_chance_edges = CIRCLE_COMBINATIONS;
        let mut breakdowns = Vec::new();
        let mut states = vec![(shape.n_levels / 3, 0u32)];
        let n_layers = shape.n_stages * (SEATS + 1);
        for layer in 0..=n_layers {
            let first = parts.kinds.len();
            let seat = layer % (SEATS + 1);
            let moves: Vec<Vec<(usize, u32)>> = states
                .iter()
                .map(|&state| if layer == n_layers { vec![] } else { shape.moves(layer, state) })
                .collect();
            let mut next: BTreeMap<(usize, u32), usize> =
                moves.iter().flatten().map(|&state| (state, 0)).collect();
            for (k, place) in next.values_mut().enumerate() {
                *place = first + (states.len() + k) * CIRCLE_COMBINATIONS;
            }
            for (&(level, marks), moves) in states.iter().zip(&moves) {
                let first_infoset = parts.infosets.len();
                if layer < n_layers && seat < SEATS {
                    for own in 0..2 {
                        parts.infosets.push(InformationSet {
                            player: PlayerId::new(seat),
                            label: format!("{layer}/{level}/{marks}/{own}"),
                            actions: ["stay", "up", "down", "mark"][..moves.len()]
                                .iter()
                                .map(|&a| a.to_owned())
                                .collect(),
                        });
                    }
                }
                for c in 0..CIRCLE_COMBINATIONS {
                    let own = (c >> seat.min(SEATS - 1)) & 1;
                    if layer == n_layers {
                        parts.kinds.push(NodeKind::Terminal);
                        last.push((level, c));
                    } else if seat == SEATS {
                        parts.kinds.push(NodeKind::Chance);
                        breakdowns.push(parts.edge_to.len());
                        parts.edge_to.push(NodeId(0));
                        parts.edge_next_stage.push(false);
                        hazard_levels.push(level);
                        n_chance_edges += 2;
                    } else {
                        parts.kinds.push(NodeKind::Decision(InfosetId::new(first_infoset + own)));
                    }
                    for (k, state) in moves.iter().enumerate() {
                        if seat < SEATS {
                            decision_edges.push((parts.edge_to.len(), c, seat, k));
                        }
                        parts.edge_to.push(NodeId::new(next[state] + c));
                        parts.edge_next_stage.push(seat == SEATS);
                    }
                    parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap_or(u32::MAX));
                }
            }
            states = next.into_keys().collect();
        }
        for edge in breakdowns {
            parts.edge_to[edge] = NodeId::new(parts.kinds.len());
        }
        parts.kinds.push(NodeKind::Terminal);
        parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap_or(u32::MAX));
        parts.chance_labels = vec![String::new(); n_chance_edges];
        let graph = Arc::new(Graph::new(parts).expect("the family is a game"));
        Self { graph, shape, decision_edges, hazard_levels, last }
    }

    /// The game with its base numbers.
    #[must_use]
    pub fn base(&self) -> Game {
        self.game(0, 0.0)
    }

    /// The game with the numbers of draw `draw`.
    ///
    /// # Panics
    /// Never for a `spread` below 0.5.
    #[must_use]
    pub fn game(&self, draw: u64, spread: f64) -> Game {
        let numbers = self.numbers(draw, spread);
        Game::new(Arc::clone(&self.graph), numbers).expect("the numbers fit the family")
    }

    /// The numbers of draw `draw`: every parameter is moved by at most the share `spread` of it.
    #[must_use]
    pub fn numbers(&self, draw: u64, spread: f64) -> Numbers {
        let graph = &*self.graph;
        let mut next = Parameters::new(self.shape.seed, draw, spread);
        let mut by_seat =
            |low, high| -> [f64; SEATS] { std::array::from_fn(|_| next.next(low, high)) };
        let prior = by_seat(0.3, 0.7);
        let taste = by_seat(0.1, 0.5);
        let resolve = by_seat(0.4, 0.9);
        let retreat = by_seat(0.2, 1.0);
        let mark = by_seat(0.05, 0.4);
        let regard = by_seat(0.2, 0.6);
        let goal = by_seat(-1.0, 2.0);
        let hazard = next.next(0.05, 0.15);
        let breakdown = self.shape.breakdown * next.next(0.9, 1.1);

        let mut edge_payoffs = vec![0.0; graph.n_edges() * SEATS];
        for &(edge, c, seat, action) in &self.decision_edges {
            let is_bold = (c >> seat) & 1 == 1;
            let own = match action {
                0 => 0.0,
                1 => {
                    if is_bold {
                        resolve[seat]
                    } else {
                        -taste[seat]
                    }
                }
                2 => -retreat[seat],
                _ => mark[seat],
            };
            for p in 0..SEATS {
                edge_payoffs[edge * SEATS + p] = match action {
                    _ if p == seat => own,
                    1 => -regard[p],
                    2 => 0.5 * regard[p],
                    _ => 0.0,
                };
            }
        }
        let top = self.shape.n_levels as f64;
        let mut terminal_payoffs = Vec::with_capacity(graph.n_terminals() * SEATS);
        for &(level, c) in &self.last {
            for (p, goal) in goal.iter().enumerate() {
                let bold = if (c >> p) & 1 == 1 { 1.0 } else { 0.5 };
                terminal_payoffs.push(goal * bold * level as f64 / top);
            }
        }
        terminal_payoffs.extend([-breakdown; SEATS]);
        let mut row = Vec::with_capacity(graph.n_chance_edges());
        for c in 0..CIRCLE_COMBINATIONS {
            let of = |p: usize| if (c >> p) & 1 == 1 { prior[p] } else { 1.0 - prior[p] };
            row.push((0..SEATS).map(of).product());
        }
        for &level in &self.hazard_levels {
            let height = level as f64 / top;
            let risk = hazard * height * height * height + 1e-4;
            row.extend([risk, 1.0 - risk]);
        }
        Numbers {
            edge_payoffs,
            terminal_payoffs,
            chance: row.repeat(SEATS + 1),
            weights: vec![1.0; graph.n_actions()],
            discounts: vec![0.95; SEATS],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Circle, CircleShape, Contest, uniform};

    #[test]
    fn contests_have_the_sizes_their_page_says() {
        for (n_turns, n_nodes, n_infosets) in [(3, 121, 14), (6, 1_217, 126), (9, 10_153, 1_022)] {
            let contest = Contest::new(n_turns, true, 1);
            assert_eq!(contest.graph.n_nodes(), n_nodes);
            assert_eq!(contest.graph.n_infosets(), n_infosets);
        }
    }

    #[test]
    fn a_draw_is_the_same_whoever_asks() {
        assert_ne!(uniform(7, 1, 3), uniform(7, 3, 1));
        let contest = Contest::new(3, false, 1);
        assert_eq!(contest.numbers(5, 0.0).chance, contest.numbers(9, 0.0).chance);
        assert_ne!(contest.numbers(5, 0.1).chance, contest.numbers(9, 0.1).chance);
    }

    #[test]
    fn a_circle_is_a_game_with_merged_histories() {
        let shape = CircleShape { n_stages: 3, n_levels: 4, n_marks: 1, breakdown: 100.0, seed: 1 };
        let game = Circle::new(shape).base();
        let graph = game.graph();
        assert!(graph.n_edges() > graph.n_nodes());
        assert_eq!(graph.infoset_nodes(crate::InfosetId(0)).len(), 8);
    }
}
