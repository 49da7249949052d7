//! Games for tests: a builder of layered games, two families of them, a small source of numbers.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::sync::Arc;

use quantal::{
    Equilibrium, Follow, Game, Graph, GraphParts, InformationSet, InfosetId, Lambda, NodeId,
    NodeKind, Numbers, PlayerId, SolveOptions, solve,
};

pub fn solved(game: &Game, lambda: f64, units: &[f64]) -> Equilibrium {
    let options =
        SolveOptions { tolerance: 1e-10, max_steps: 20_000, follow: Follow::Twice, start: None };
    solve(game, Lambda::new(lambda).unwrap(), units, &options, &mut |_| true).unwrap()
}

/// A linear congruential generator (Knuth, MMIX): the same numbers everywhere.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        let mut draws = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678);
        for _ in 0..4 {
            draws.unit();
        }
        draws
    }
    /// Uniform on [0, 1).
    pub fn unit(&mut self) -> f64 {
        let (a, c) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407);
        self.0 = self.0.wrapping_mul(a).wrapping_add(c);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

/// Where a path goes on: a state of the next layer, or the end with these payoffs.
pub enum Next<S> {
    State(S),
    End(Vec<f64>),
}

/// What happens at a state of a layer.
pub enum Turn<S> {
    /// The player, the name of the information set, and per action: payoffs on the way, and where to.
    Decision(usize, String, Vec<(Vec<f64>, Next<S>)>),
    /// Per draw: probability by viewer, and where to.
    Chance(Vec<(Vec<f64>, Next<S>)>),
    /// The end, with these payoffs.
    End(Vec<f64>),
}

/// A game in layers of states; histories that lead to the same state of a layer are one node.
pub fn layered<S: Ord + Clone>(
    n_players: usize,
    discounts: Vec<f64>,
    layers_per_stage: usize,
    start: S,
    mut turn: impl FnMut(usize, &S) -> Turn<S>,
) -> Game {
    let mut parts = GraphParts {
        players: (0..n_players).map(|p| format!("P{p}")).collect(),
        edge_start: vec![0],
        ..GraphParts::default()
    };
    let mut numbers = Numbers { discounts, ..Numbers::default() };
    let mut chance: Vec<Vec<f64>> = Vec::new();
    let mut infosets: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut ends: Vec<(usize, Vec<f64>)> = Vec::new();
    let mut layer_states = vec![start];
    let mut layer = 0;
    while !layer_states.is_empty() {
        let turns: Vec<Turn<S>> = layer_states.iter().map(|s| turn(layer, s)).collect();
        let mut next: BTreeMap<S, usize> = BTreeMap::new();
        for t in &turns {
            let targets: Vec<&Next<S>> = match t {
                Turn::Decision(_, _, edges) => edges.iter().map(|e| &e.1).collect(),
                Turn::Chance(edges) => edges.iter().map(|e| &e.1).collect(),
                Turn::End(_) => Vec::new(),
            };
            for target in targets {
                if let Next::State(s) = target {
                    next.insert(s.clone(), 0);
                }
            }
        }
        let first = parts.kinds.len() + turns.len();
        for (k, id) in next.values_mut().enumerate() {
            *id = first + k;
        }
        let is_next_stage = (layer + 1) % layers_per_stage == 0;
        for t in turns {
            let mut edges: Vec<(Vec<f64>, Next<S>)> = Vec::new();
            match t {
                Turn::Decision(player, name, actions) => {
                    let n_known = infosets.len();
                    let id =
                        *infosets.entry((layer, format!("{player}:{name}"))).or_insert(n_known);
                    if id == parts.infosets.len() {
                        parts.infosets.push(InformationSet {
                            player: PlayerId::new(player),
                            label: format!("{layer}:{name}"),
                            actions: (0..actions.len()).map(|k| format!("a{k}")).collect(),
                        });
                    }
                    parts.kinds.push(NodeKind::Decision(InfosetId::new(id)));
                    edges = actions;
                }
                Turn::Chance(draws) => {
                    parts.kinds.push(NodeKind::Chance);
                    for (probabilities, to) in draws {
                        chance.push(probabilities);
                        edges.push((vec![0.0; n_players], to));
                    }
                }
                Turn::End(payoffs) => {
                    parts.kinds.push(NodeKind::Terminal);
                    numbers.terminal_payoffs.extend(payoffs);
                }
            }
            for (gains, to) in edges {
                numbers.edge_payoffs.extend(gains);
                let to = match to {
                    Next::State(s) => {
                        parts.edge_next_stage.push(is_next_stage);
                        next[&s]
                    }
                    Next::End(payoffs) => {
                        parts.edge_next_stage.push(false);
                        ends.push((parts.edge_to.len(), payoffs));
                        0
                    }
                };
                parts.edge_to.push(NodeId::new(to));
            }
            parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap());
        }
        layer_states = next.into_keys().collect();
        layer += 1;
    }
    for (edge, payoffs) in ends {
        parts.edge_to[edge] = NodeId::new(parts.kinds.len());
        parts.kinds.push(NodeKind::Terminal);
        parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap());
        numbers.terminal_payoffs.extend(payoffs);
    }
    parts.chance_labels = vec![String::new(); chance.len()];
    numbers.chance = (0..=n_players).flat_map(|v| chance.iter().map(move |row| row[v])).collect();
    let graph = Arc::new(Graph::new(parts).unwrap());
    numbers.weights = vec![1.0; graph.n_actions()];
    Game::new(graph, numbers).unwrap()
}

/// Everything about it is random: payoffs, transitions, priors. Two private types, merged histories.
pub fn random_game(n_players: usize, n_layers: usize, n_states: usize, seed: u64) -> Game {
    let mut draws = Draws::new(seed);
    let discounts = (0..n_players).map(|_| draws.between(0.8, 1.0)).collect();
    let mut rules: BTreeMap<(usize, usize, usize), (Vec<f64>, usize)> = BTreeMap::new();
    // The state is (public, type); the type is drawn first. Player 0 sees it, the others do not.
    layered(n_players, discounts, 2, (0usize, 0usize), move |layer, &(public, kind)| {
        let payoffs =
            |draws: &mut Draws| (0..n_players).map(|_| draws.between(-1.0, 1.0)).collect();
        if layer == 0 {
            let p: Vec<f64> = (0..=n_players).map(|_| draws.between(0.1, 0.9)).collect();
            let q = p.iter().map(|p| 1.0 - p).collect();
            return Turn::Chance(vec![(p, Next::State((0, 0))), (q, Next::State((0, 1)))]);
        }
        if layer == n_layers {
            return Turn::End(payoffs(&mut draws));
        }
        if layer % 3 == 2 {
            let risk: Vec<f64> = (0..=n_players).map(|_| draws.between(0.05, 0.3)).collect();
            let rest = risk.iter().map(|r| 1.0 - r).collect();
            let end = Next::End(payoffs(&mut draws));
            return Turn::Chance(vec![(risk, end), (rest, Next::State((public, kind)))]);
        }
        let player = layer % n_players;
        let name = if player == 0 { format!("{public}/{kind}") } else { format!("{public}") };
        let actions = (0..3).map(|k| {
            let key = (layer, public, k);
            // Where an action leads depends on what is public; what it pays on the type, too.
            let target = rules.entry(key).or_insert_with(|| (Vec::new(), draws.below(n_states))).1;
            (payoffs(&mut draws), Next::State((target, kind)))
        });
        Turn::Decision(player, name, actions.collect())
    })
}

/// A ladder of rungs that players climb or descend in turn; two of them have private resolve; the
/// higher the rung the likelier the hazard that ends all, at a cost of about `war_cost` stakes.
#[derive(Clone, Copy, Debug)]
pub struct Ladder {
    pub n_players: usize,
    pub n_stages: usize,
    pub n_rungs: usize,
    /// Public marks a player may set once each; they multiply the states by 2^n.
    pub n_marks: u32,
    pub war_cost: f64,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rung {
    kind: (bool, bool),
    marks: u32,
    rung: usize,
}

pub fn ladder(shape: Ladder) -> Game {
    let Ladder { n_players, n_stages, n_rungs, n_marks, war_cost, seed } = shape;
    let mut draws = Draws::new(seed);
    let per_stage = n_players + 1;
    let mut by_player =
        |low, high| -> Vec<f64> { (0..n_players).map(|_| draws.between(low, high)).collect() };
    let (taste, step_cost, mark_gain) =
        (by_player(-0.3, 0.3), by_player(0.2, 1.0), by_player(-0.3, 0.5));
    let (prior_a, prior_b) =
        (Draws::new(seed + 1).between(0.2, 0.8), Draws::new(seed + 2).between(0.2, 0.8));
    let start = Rung { kind: (false, false), marks: 0, rung: n_rungs / 3 };
    layered(n_players, vec![0.95; n_players], per_stage, start, |layer, &state| {
        let Rung { kind, marks, rung } = state;
        let resolve = |p: usize| match p {
            0 => {
                if kind.0 {
                    0.6
                } else {
                    -0.2
                }
            }
            1 => {
                if kind.1 {
                    0.5
                } else {
                    -0.3
                }
            }
            _ => 0.0,
        };
        if layer == 0 {
            let drawn = [(false, false), (true, false), (false, true), (true, true)].map(|kind| {
                let p = (0..=n_players).map(|v| {
                    let shift = 0.15 * v as f64 / n_players as f64;
                    let side = |p: f64, is: bool| if is { p } else { 1.0 - p };
                    side(prior_a - shift, kind.0) * side(prior_b + shift, kind.1)
                });
                (p.collect(), Next::State(Rung { kind, ..state }))
            });
            return Turn::Chance(drawn.into());
        }
        if layer >= n_stages * per_stage {
            let height = rung as f64 / n_rungs as f64;
            return Turn::End(
                (0..n_players).map(|p| height * 4.0 * (taste[p] + resolve(p))).collect(),
            );
        }
        if layer % per_stage == n_players {
            let risk = 0.15 * quantal::math::pow(rung as f64 / n_rungs as f64, 3.0) + 1e-4;
            let p = |v: usize| risk * (0.6 + 0.8 * v as f64 / n_players as f64);
            let war =
                Next::End((0..n_players).map(|p| -war_cost * (1.0 - 0.1 * p as f64)).collect());
            let draws = (0..=n_players).map(p);
            return Turn::Chance(vec![
                (draws.clone().collect(), war),
                (draws.map(|p| 1.0 - p).collect(), Next::State(state)),
            ]);
        }
        let player = layer % per_stage;
        let sees = match player {
            0 => u8::from(kind.0),
            1 => u8::from(kind.1),
            _ => 0,
        };
        let pay = |own: f64, all: f64| -> Vec<f64> {
            (0..n_players).map(|p| if p == player { own } else { all * taste[p] }).collect()
        };
        let up = Rung { rung: (rung + 1).min(n_rungs - 1), ..state };
        let down = Rung { rung: rung.saturating_sub(1), ..state };
        let mut actions = vec![
            (pay(0.0, 0.0), Next::State(state)),
            (pay(taste[player] + resolve(player), -1.0), Next::State(up)),
            (pay(-step_cost[player], 0.5), Next::State(down)),
        ];
        let mark = (layer as u32 / per_stage as u32 + player as u32) % n_marks.max(1);
        if mark < n_marks && marks & (1 << mark) == 0 {
            let marked = Rung { marks: marks | 1 << mark, ..state };
            actions.push((
                pay(mark_gain[player] * (1.0 + f64::from(mark) / 3.0), 0.3),
                Next::State(marked),
            ));
        }
        Turn::Decision(player, format!("{rung}/{marks:b}/{sees}"), actions)
    })
}

/// A game of situation memory that `.efg` can hold: one prior, no discounts, numbers whose sums are short decimals.
/// Players move in turn over `n_layers` layers, each time staying or stepping up; only the rung
/// reached is seen, by player 0 also its type. Paths to a rung are merged, own moves included.
pub fn merged(n_players: usize, n_layers: usize, seed: u64) -> Game {
    let mut draws = Draws::new(seed);
    let mut sixteenths = move || (draws.between(-2.0, 2.0) * 16.0).round() / 16.0;
    layered(n_players, vec![1.0; n_players], 1, (0usize, 0u8), move |layer, &(rung, kind)| {
        let mut payoffs = || -> Vec<f64> { (0..n_players).map(|_| sixteenths()).collect() };
        if layer == 0 {
            return Turn::Chance(vec![
                (vec![0.35; n_players + 1], Next::State((0, 0))),
                (vec![0.65; n_players + 1], Next::State((0, 1))),
            ]);
        }
        if layer > n_layers {
            return Turn::End(payoffs());
        }
        let player = (layer - 1) % n_players;
        let name = if player == 0 { format!("{rung}/{kind}") } else { rung.to_string() };
        let mut free = vec![0.0; n_players];
        free[player] = -0.25;
        let stay = (vec![0.0; n_players], Next::State((rung, kind)));
        let up = (free, Next::State((rung + 1, kind)));
        Turn::Decision(player, name, vec![stay, up])
    })
}
