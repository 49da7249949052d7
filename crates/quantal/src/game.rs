//! A game: a directed acyclic graph with information sets (structure), and numbers on it.
//!
//! [`Graph`] is built and checked once; [`Game`] puts payoffs, probabilities, weights and discounts
//! on it and is cheap to make again with other numbers. Neither changes after it is built.
//!
//! Payoffs sit on edges and at terminal nodes. A node may have several parents: histories that
//! nobody can tell apart may share a node, which is exactly a game of imperfect recall on the
//! unrolled tree. Chance probabilities are given per *viewer*: each player's own, and the analyst's.

use std::sync::Arc;

use crate::ids::{ActionId, EdgeId, InfosetId, NodeId, PlayerId, Viewer};

/// What happens at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// The owner of the information set chooses an action; edge k is action k.
    Decision(InfosetId),
    /// Nature draws an edge.
    Chance,
    /// The game is over.
    Terminal,
}

/// The nodes one player cannot tell apart, and what the player can do there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InformationSet {
    /// Who decides.
    pub player: PlayerId,
    /// Name for people; unique per player by convention, not by law.
    pub label: String,
    /// One label for each action, in the order of the edges.
    pub actions: Vec<String>,
}

/// The parts of a [`Graph`], before they are checked.
#[derive(Clone, Debug, Default)]
pub struct GraphParts {
    /// Players' names.
    pub players: Vec<String>,
    /// One kind per node; every edge leads to a later node; node 0 is the root.
    pub kinds: Vec<NodeKind>,
    /// `edge_start[n]..edge_start[n + 1]` are the edges that leave node n; length nodes + 1.
    pub edge_start: Vec<u32>,
    /// Where each edge leads.
    pub edge_to: Vec<NodeId>,
    /// Whether the value behind the edge is discounted (it leads into the next stage).
    pub edge_next_stage: Vec<bool>,
    /// Labels of the edges that leave chance nodes, one per chance edge in order; may be empty strings.
    pub chance_labels: Vec<String>,
    /// The information sets.
    pub infosets: Vec<InformationSet>,
}

/// Which law of game structure is broken, and where.
#[derive(Clone, Debug, PartialEq)]
pub enum BrokenLaw {
    /// Two arrays that belong together have different lengths.
    Lengths {
        /// Which array.
        array: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
    /// An edge leads to its own node, to an earlier one, or out of the game.
    NotTopological(EdgeId),
    /// A node other than the root is not reached by any edge.
    Orphan(NodeId),
    /// A decision or chance node has no edges, or a terminal node has some.
    EdgeCount(NodeId),
    /// A decision node has another number of edges than its information set has actions.
    ActionCount(NodeId, InfosetId),
    /// An information set without nodes.
    EmptyInfoset(InfosetId),
    /// An information set names a player who does not exist.
    UnknownPlayer(InfosetId),
    /// An information set is met twice on one path (absent-mindedness).
    AbsentMinded(InfosetId),
    /// A number is NaN or infinite.
    NotFinite {
        /// Which array.
        array: &'static str,
        /// Position in it.
        at: usize,
    },
    /// Probabilities at a chance node are negative or do not sum to one within 1e-9 for this viewer.
    NotADistribution(NodeId, Viewer),
    /// A player gives probability 0 to an edge that some viewer holds possible.
    DogmaticZero(EdgeId, PlayerId),
    /// An action weight is not positive.
    BadWeight(ActionId),
    /// A discount is outside [0, 1].
    BadDiscount(PlayerId),
    /// An action is taken away at some nodes of an information set and left at others.
    UnevenMenu(InfosetId),
    /// Every action of an information set is taken away.
    EmptyMenu(InfosetId),
}

/// The structure of a game, checked: nodes, edges, information sets. Shared by every [`Game`] on it.
#[derive(Clone, Debug)]
pub struct Graph {
    parts: GraphParts,
    infoset_nodes: Vec<Vec<NodeId>>,
    first_action: Vec<u32>,
    terminal_index: Vec<u32>,
    n_terminals: usize,
    chance_index: Vec<u32>,
    n_chance_edges: usize,
}

const NONE: u32 = u32::MAX;

impl Graph {
    /// Checks the parts and builds the graph.
    ///
    /// # Errors
    /// The first [`BrokenLaw`] found.
    pub fn new(parts: GraphParts) -> Result<Self, BrokenLaw> {
        let n = parts.kinds.len();
        let m = parts.edge_to.len();
        length("edge_start", parts.edge_start.len(), n + 1)?;
        length("edge_next_stage", parts.edge_next_stage.len(), m)?;
        length("edge_start (last)", parts.edge_start[n] as usize, m)?;
        if let Some(node) = (0..n).find(|&k| parts.edge_start[k] > parts.edge_start[k + 1]) {
            return Err(BrokenLaw::EdgeCount(NodeId::new(node)));
        }
        length("edge_start (first)", parts.edge_start[0] as usize, 0)?;
        let mut infoset_nodes = vec![Vec::new(); parts.infosets.len()];
        let mut terminal_index = vec![NONE; n];
        let mut chance_index = vec![NONE; m];
        let (mut n_terminals, mut n_chance_edges) = (0usize, 0usize);
        let mut reached = vec![false; n];
        for (node, &kind) in parts.kinds.iter().enumerate() {
            let edges = parts.edge_start[node] as usize..parts.edge_start[node + 1] as usize;
            for e in edges.clone() {
                let to = parts.edge_to[e].index();
                if to <= node || to >= n {
                    return Err(BrokenLaw::NotTopological(EdgeId::new(e)));
                }
                reached[to] = true;
            }
            let is_terminal = kind == NodeKind::Terminal;
            if is_terminal != edges.is_empty() {
                return Err(BrokenLaw::EdgeCount(NodeId::new(node)));
            }
            match kind {
                NodeKind::Decision(infoset) => {
                    let Some(set) = parts.infosets.get(infoset.index()) else {
                        return Err(BrokenLaw::ActionCount(NodeId::new(node), infoset));
                    };
                    if set.actions.len() != edges.len() {
                        return Err(BrokenLaw::ActionCount(NodeId::new(node), infoset));
                    }
                    infoset_nodes[infoset.index()].push(NodeId::new(node));
                }
                NodeKind::Chance => {
                    for e in edges {
                        chance_index[e] = u32::try_from(n_chance_edges).unwrap_or(NONE);
                        n_chance_edges += 1;
                    }
                }
                NodeKind::Terminal => {
                    terminal_index[node] = u32::try_from(n_terminals).unwrap_or(NONE);
                    n_terminals += 1;
                }
            }
        }
        if let Some(orphan) = (1..n).find(|&i| !reached[i]) {
            return Err(BrokenLaw::Orphan(NodeId::new(orphan)));
        }
        length("chance_labels", parts.chance_labels.len(), n_chance_edges)?;
        let mut first_action = Vec::with_capacity(parts.infosets.len() + 1);
        first_action.push(0u32);
        for (i, set) in parts.infosets.iter().enumerate() {
            if infoset_nodes[i].is_empty() {
                return Err(BrokenLaw::EmptyInfoset(InfosetId::new(i)));
            }
            if set.player.index() >= parts.players.len() {
                return Err(BrokenLaw::UnknownPlayer(InfosetId::new(i)));
            }
            let last = first_action[i];
            first_action.push(last + u32::try_from(set.actions.len()).unwrap_or(NONE));
        }
        let graph = Self {
            parts,
            infoset_nodes,
            first_action,
            terminal_index,
            n_terminals,
            chance_index,
            n_chance_edges,
        };
        match crate::recall::absent_minded(&graph) {
            Some(infoset) => Err(BrokenLaw::AbsentMinded(infoset)),
            None => Ok(graph),
        }
    }

    /// Players' names.
    #[must_use]
    pub fn players(&self) -> &[String] {
        &self.parts.players
    }
    /// How many players.
    #[must_use]
    pub fn n_players(&self) -> usize {
        self.parts.players.len()
    }
    /// How many viewers: the players, then the analyst.
    #[must_use]
    pub fn n_viewers(&self) -> usize {
        self.n_players() + 1
    }
    /// The viewer's row in arrays by viewer: players first, the analyst last.
    #[must_use]
    pub fn viewer_index(&self, viewer: Viewer) -> usize {
        match viewer {
            Viewer::Player(p) => p.index(),
            Viewer::Analyst => self.n_players(),
        }
    }
    /// How many nodes.
    #[must_use]
    pub fn n_nodes(&self) -> usize {
        self.parts.kinds.len()
    }
    /// How many edges.
    #[must_use]
    pub fn n_edges(&self) -> usize {
        self.parts.edge_to.len()
    }
    /// How many information sets.
    #[must_use]
    pub fn n_infosets(&self) -> usize {
        self.parts.infosets.len()
    }
    /// How many actions over all information sets.
    #[must_use]
    pub fn n_actions(&self) -> usize {
        self.first_action[self.n_infosets()] as usize
    }
    /// How many terminal nodes.
    #[must_use]
    pub fn n_terminals(&self) -> usize {
        self.n_terminals
    }
    /// How many edges leave chance nodes.
    #[must_use]
    pub fn n_chance_edges(&self) -> usize {
        self.n_chance_edges
    }
    /// What happens at `node`.
    #[must_use]
    pub fn kind(&self, node: NodeId) -> NodeKind {
        self.parts.kinds[node.index()]
    }
    /// All node ids, parents before children.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + use<> {
        (0..u32::try_from(self.n_nodes()).unwrap_or(NONE)).map(NodeId)
    }
    /// The edges that leave `node`, in the order of its actions.
    pub fn edges(
        &self,
        node: NodeId,
    ) -> impl DoubleEndedIterator<Item = EdgeId> + ExactSizeIterator + use<> {
        (self.parts.edge_start[node.index()]..self.parts.edge_start[node.index() + 1]).map(EdgeId)
    }
    /// Where `edge` leads.
    #[must_use]
    pub fn to(&self, edge: EdgeId) -> NodeId {
        self.parts.edge_to[edge.index()]
    }
    /// Whether `edge` leads into the next stage (the value behind it is discounted).
    #[must_use]
    pub fn is_next_stage(&self, edge: EdgeId) -> bool {
        self.parts.edge_next_stage[edge.index()]
    }
    /// The information set `infoset`.
    #[must_use]
    pub fn infoset(&self, infoset: InfosetId) -> &InformationSet {
        &self.parts.infosets[infoset.index()]
    }
    /// All information set ids.
    pub fn infosets(
        &self,
    ) -> impl DoubleEndedIterator<Item = InfosetId> + ExactSizeIterator + use<> {
        (0..u32::try_from(self.n_infosets()).unwrap_or(NONE)).map(InfosetId)
    }
    /// The nodes of `infoset`.
    #[must_use]
    pub fn infoset_nodes(&self, infoset: InfosetId) -> &[NodeId] {
        &self.infoset_nodes[infoset.index()]
    }
    /// The actions of `infoset`, numbered over the whole game.
    pub fn actions(
        &self,
        infoset: InfosetId,
    ) -> impl DoubleEndedIterator<Item = ActionId> + ExactSizeIterator + use<> {
        (self.first_action[infoset.index()]..self.first_action[infoset.index() + 1]).map(ActionId)
    }
    /// Position of `node` among the terminal nodes, if it is one.
    #[must_use]
    pub fn terminal_index(&self, node: NodeId) -> Option<usize> {
        Some(self.terminal_index[node.index()]).filter(|&i| i != NONE).map(|i| i as usize)
    }
    /// Position of `edge` among the chance edges, if it is one.
    #[must_use]
    pub fn chance_index(&self, edge: EdgeId) -> Option<usize> {
        Some(self.chance_index[edge.index()]).filter(|&i| i != NONE).map(|i| i as usize)
    }
    /// Label of a chance edge, or of the action an edge stands for.
    #[must_use]
    pub fn edge_label(&self, node: NodeId, edge: EdgeId) -> &str {
        match self.kind(node) {
            NodeKind::Decision(infoset) => {
                let k = edge.0 - self.parts.edge_start[node.index()];
                &self.infoset(infoset).actions[k as usize]
            }
            _ => self.chance_index(edge).map_or("", |i| &self.parts.chance_labels[i]),
        }
    }
    /// Takes the graph apart again, to build another from it.
    #[must_use]
    pub fn into_parts(self) -> GraphParts {
        self.parts
    }
    /// The parts the graph was built from.
    #[must_use]
    pub fn parts(&self) -> &GraphParts {
        &self.parts
    }
}

fn length(array: &'static str, found: usize, expected: usize) -> Result<(), BrokenLaw> {
    if found == expected { Ok(()) } else { Err(BrokenLaw::Lengths { array, found, expected }) }
}

/// The numbers of a game, before they are checked against its [`Graph`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Numbers {
    /// `edge_payoffs[edge * n_players + player]`, collected on passing the edge; empty if nothing is, on any.
    pub edge_payoffs: Vec<f64>,
    /// `terminal_payoffs[terminal_index * n_players + player]`.
    pub terminal_payoffs: Vec<f64>,
    /// `chance[viewer_index * n_chance_edges + chance_index]`; the analyst's row is the last.
    pub chance: Vec<f64>,
    /// Weight of each action in the logit response, 1 unless labels are variants of one another; empty if all
    /// are 1.
    pub weights: Vec<f64>,
    /// One discount per player, applied to the value behind an edge into the next stage.
    pub discounts: Vec<f64>,
}

/// A game that can be solved: a [`Graph`] with numbers on it.
#[derive(Clone, Debug)]
pub struct Game {
    graph: Arc<Graph>,
    numbers: Numbers,
}

/// Probabilities of a chance node must sum to 1 within this; a source rounded to nine digits passes.
pub const SUM_TOLERANCE: f64 = 1e-9;

impl Game {
    /// Puts `numbers` on `graph`.
    ///
    /// # Errors
    /// The first [`BrokenLaw`] found: lengths, numbers that are not finite, chance probabilities that
    /// are no distribution, a player who excludes what another viewer holds possible, weights, discounts.
    pub fn new(graph: Arc<Graph>, mut numbers: Numbers) -> Result<Self, BrokenLaw> {
        let p = graph.n_players();
        if numbers.edge_payoffs.is_empty() {
            numbers.edge_payoffs.resize(graph.n_edges() * p, 0.0);
        }
        if numbers.weights.is_empty() {
            numbers.weights.resize(graph.n_actions(), 1.0);
        }
        length("edge_payoffs", numbers.edge_payoffs.len(), graph.n_edges() * p)?;
        length("terminal_payoffs", numbers.terminal_payoffs.len(), graph.n_terminals() * p)?;
        length("chance", numbers.chance.len(), graph.n_chance_edges() * graph.n_viewers())?;
        length("weights", numbers.weights.len(), graph.n_actions())?;
        length("discounts", numbers.discounts.len(), p)?;
        for (array, values) in [
            ("edge_payoffs", &numbers.edge_payoffs),
            ("terminal_payoffs", &numbers.terminal_payoffs),
            ("chance", &numbers.chance),
            ("weights", &numbers.weights),
        ] {
            if let Some(at) = values.iter().position(|x| !x.is_finite()) {
                return Err(BrokenLaw::NotFinite { array, at });
            }
        }
        if let Some(a) = numbers.weights.iter().position(|&w| w <= 0.0) {
            return Err(BrokenLaw::BadWeight(ActionId::new(a)));
        }
        if let Some(i) = numbers.discounts.iter().position(|d| !(0.0..=1.0).contains(d)) {
            return Err(BrokenLaw::BadDiscount(PlayerId::new(i)));
        }
        let game = Self { graph, numbers };
        game.check_chance()?;
        Ok(game)
    }

    fn check_chance(&self) -> Result<(), BrokenLaw> {
        let g = &self.graph;
        let players = || (0..g.n_players()).map(PlayerId::new);
        for node in g.nodes().filter(|&n| g.kind(n) == NodeKind::Chance) {
            for viewer in players().map(Viewer::Player).chain([Viewer::Analyst]) {
                let ps = || g.edges(node).map(|e| self.probability(e, viewer));
                let sum: f64 = ps().sum();
                if ps().any(|x| x < 0.0) || (sum - 1.0).abs() > SUM_TOLERANCE {
                    return Err(BrokenLaw::NotADistribution(node, viewer));
                }
            }
            for edge in g.edges(node) {
                let possible = players().any(|p| self.probability(edge, Viewer::Player(p)) > 0.0)
                    || self.probability(edge, Viewer::Analyst) > 0.0;
                if let Some(p) = players()
                    .find(|&p| possible && self.probability(edge, Viewer::Player(p)) == 0.0)
                {
                    return Err(BrokenLaw::DogmaticZero(edge, p));
                }
            }
        }
        Ok(())
    }

    /// The structure.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }
    /// The structure, shared.
    #[must_use]
    pub fn shared_graph(&self) -> &Arc<Graph> {
        &self.graph
    }
    /// The numbers; no array is left empty for short.
    #[must_use]
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }
    /// What `player` collects on passing `edge`.
    #[must_use]
    pub fn edge_payoff(&self, edge: EdgeId, player: PlayerId) -> f64 {
        self.numbers.edge_payoffs[edge.index() * self.graph.n_players() + player.index()]
    }
    /// What `player` collects at `node` if it is terminal, else 0.
    #[must_use]
    pub fn terminal_payoff(&self, node: NodeId, player: PlayerId) -> f64 {
        let p = self.graph.n_players();
        self.graph
            .terminal_index(node)
            .map_or(0.0, |t| self.numbers.terminal_payoffs[t * p + player.index()])
    }
    /// The probability of a chance edge as `viewer` sees it; 1 for other edges.
    #[must_use]
    pub fn probability(&self, edge: EdgeId, viewer: Viewer) -> f64 {
        self.graph.chance_index(edge).map_or(1.0, |c| {
            self.numbers.chance[self.graph.viewer_index(viewer) * self.graph.n_chance_edges() + c]
        })
    }
    /// The weight of an action in the logit response.
    #[must_use]
    pub fn weight(&self, action: ActionId) -> f64 {
        self.numbers.weights[action.index()]
    }
    /// The discount of `player`.
    #[must_use]
    pub fn discount(&self, player: PlayerId) -> f64 {
        self.numbers.discounts[player.index()]
    }
}
