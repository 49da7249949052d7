//! Text for Gambit as a game.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::efg::text::{Place, TextError, TextProblem, Tokens, check_size};
use crate::game::{
    BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers, SUM_TOLERANCE,
};
use crate::ids::{InfosetId, NodeId, PlayerId};

/// A game read from `.efg` text, with what the text says beside it.
#[derive(Clone, Debug)]
pub struct EfgGame {
    /// The game: a tree, nodes in the order of the file, chance alike for every viewer. Payoffs at an
    /// inner node are on the edge into it (those at the root on the edges out of it).
    pub game: Game,
    /// The title.
    pub title: String,
    /// The comment after the players, empty if there is none.
    pub comment: String,
    /// Number of each information set in the file; unique per player.
    pub infoset_numbers: Vec<u32>,
    /// Name of each node.
    pub node_names: Vec<String>,
    /// The outcomes, in the order of the file.
    pub outcomes: Vec<EfgOutcome>,
    /// Position in `outcomes` of the outcome at each node.
    pub node_outcomes: Vec<Option<usize>>,
    /// The information sets of nature, in the order of the file.
    pub draws: Vec<EfgDraw>,
    /// Position in `draws` for each chance node.
    pub node_draws: Vec<Option<usize>>,
}

/// An outcome of an `.efg` file: payoffs that may occur at several nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct EfgOutcome {
    /// Its number in the file.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// One payoff per player.
    pub payoffs: Vec<f64>,
}

/// A draw of an `.efg` file: an information set of nature, which may occur at several nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct EfgDraw {
    /// Its number in the file.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Name and probability of each action.
    pub actions: Vec<(String, f64)>,
}

impl EfgGame {
    /// The name of the outcome at `node`, empty if there is none.
    #[must_use]
    pub fn outcome_name(&self, node: NodeId) -> &str {
        self.node_outcomes[node.index()].map_or("", |k| &self.outcomes[k].name)
    }
}

/// Reads a game in Gambit's extensive-form format, version 2.
///
/// Numbers become the nearest floats. Nothing recurses: a tree may be as deep as it is large.
///
/// # Errors
/// [`TextError`] at the first problem. Games where an information set is met twice on one path are
/// refused ([`TextProblem::AbsentMinded`]).
pub fn read_efg(text: &str) -> Result<EfgGame, TextError> {
    let mut tokens = Tokens::new(text)?;
    let (title, players) =
        tokens.prologue([("EFG", "EFG, as .efg files begin"), ("2", "version 2")])?;
    let comment = tokens.name_if()?.unwrap_or_default();
    let mut tree = Tree::new(players);
    loop {
        tree.node(&mut tokens)?;
        if tree.open.is_empty() {
            break;
        }
    }
    let end = tokens.place();
    if tokens.peek().is_some() {
        return Err(tokens.error(end, TextProblem::TextAfterGame));
    }
    tree.finish(&tokens, title, comment)
}

/// The tree so far.
struct Tree {
    parts: GraphParts,
    /// Chance probabilities, one per chance edge in order.
    chance: Vec<f64>,
    n_terminals: usize,
    /// `[node]`: where it stands, to say so when it breaks a law.
    places: Vec<u32>,
    node_names: Vec<String>,
    outcomes: Vec<EfgOutcome>,
    node_outcomes: Vec<Option<usize>>,
    draws: Vec<EfgDraw>,
    node_draws: Vec<Option<usize>>,
    infoset_numbers: Vec<u32>,
    infoset_of: BTreeMap<(u32, u32), InfosetId>,
    draw_of: BTreeMap<u32, usize>,
    outcome_of: BTreeMap<u32, usize>,
    /// Edges that lead nowhere yet, the next to be filled last.
    open: Vec<usize>,
}

impl Tree {
    fn new(players: Vec<String>) -> Self {
        Self {
            parts: GraphParts { players, edge_start: vec![0], ..GraphParts::default() },
            chance: Vec::new(),
            n_terminals: 0,
            places: Vec::new(),
            node_names: Vec::new(),
            outcomes: Vec::new(),
            node_outcomes: Vec::new(),
            draws: Vec::new(),
            node_draws: Vec::new(),
            infoset_numbers: Vec::new(),
            infoset_of: BTreeMap::new(),
            draw_of: BTreeMap::new(),
            outcome_of: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    fn node(&mut self, tokens: &mut Tokens<'_>) -> Result<(), TextError> {
        let place = tokens.place();
        if tokens.peek().is_none() {
            return Err(tokens.error(place, TextProblem::UnfinishedTree));
        }
        let kind = tokens.word();
        if !matches!(kind, "c" | "p" | "t") {
            return Err(tokens.error(place, TextProblem::Expected("a node: c, p or t")));
        }
        if let Some(edge) = self.open.pop() {
            self.parts.edge_to[edge] = NodeId::new(self.parts.kinds.len());
        }
        self.places.push(u32::try_from(place.0).unwrap_or(u32::MAX));
        self.node_names.push(tokens.name("the node's name in quotes (\"\" for none)")?);
        let n_edges = match kind {
            "c" => self.chance_node(tokens)?,
            "p" => self.personal_node(tokens)?,
            _ => {
                self.parts.kinds.push(NodeKind::Terminal);
                self.node_draws.push(None);
                self.n_terminals += 1;
                0
            }
        };
        self.outcome(tokens)?;
        let first = self.parts.edge_to.len();
        self.parts.edge_to.resize(first + n_edges, NodeId(0));
        self.parts.edge_start.push(u32::try_from(first + n_edges).unwrap_or(u32::MAX));
        self.open.extend((first..first + n_edges).rev());
        Ok(())
    }

    /// Refuses, before any room is made for them, more edges than the text can have nodes for: the
    /// shortest node is `t""0`.
    fn check_edges(&self, tokens: &Tokens<'_>, more: usize) -> Result<(), TextError> {
        const SHORTEST_NODE: usize = 4;
        if (self.parts.edge_to.len() + more) <= tokens.n_bytes() / SHORTEST_NODE {
            return Ok(());
        }
        Err(tokens.error(Place(tokens.n_bytes()), TextProblem::UnfinishedTree))
    }

    fn chance_node(&mut self, tokens: &mut Tokens<'_>) -> Result<usize, TextError> {
        let place = tokens.place();
        let number = tokens.index("the number of a draw")?;
        let name = tokens.name_if()?;
        let at_actions = tokens.place();
        let actions = if tokens.take_if('{') { Some(drawn_actions(tokens)?) } else { None };
        let draw = match (self.draw_of.get(&number).copied(), actions) {
            (None, None) => return Err(tokens.error(place, TextProblem::UnknownInfoset(number))),
            (None, Some(actions)) => {
                let sum: f64 = actions.iter().map(|a| a.1).sum();
                if actions.iter().any(|a| a.1 < 0.0) || (sum - 1.0).abs() > SUM_TOLERANCE {
                    return Err(tokens.error(at_actions, TextProblem::NotADistribution { sum }));
                }
                self.draw_of.insert(number, self.draws.len());
                self.draws.push(EfgDraw { number, name: name.unwrap_or_default(), actions });
                self.draws.len() - 1
            }
            (Some(known), actions) => {
                let first = &self.draws[known];
                if name.is_some_and(|name| name != first.name) {
                    return Err(tokens.error(place, TextProblem::OtherName(number)));
                }
                if let Some(actions) = actions {
                    if !actions.iter().map(|a| &a.0).eq(first.actions.iter().map(|a| &a.0)) {
                        return Err(tokens.error(place, TextProblem::OtherActions(number)));
                    }
                    if actions != first.actions {
                        return Err(tokens.error(place, TextProblem::OtherChances(number)));
                    }
                }
                known
            }
        };
        let actions = &self.draws[draw].actions;
        self.check_edges(tokens, actions.len())?;
        self.parts.kinds.push(NodeKind::Chance);
        self.node_draws.push(Some(draw));
        self.parts.chance_labels.extend(actions.iter().map(|a| a.0.clone()));
        self.chance.extend(actions.iter().map(|a| a.1));
        Ok(actions.len())
    }

    fn personal_node(&mut self, tokens: &mut Tokens<'_>) -> Result<usize, TextError> {
        let place = tokens.place();
        let player = tokens.index("the number of a player")?;
        let n_players = self.parts.players.len();
        if player == 0 || player as usize > n_players {
            return Err(tokens.error(place, TextProblem::UnknownPlayer { player, n_players }));
        }
        let place = tokens.place();
        let number = tokens.index("the number of an information set")?;
        let name = tokens.name_if()?;
        let actions = if tokens.take_if('{') { Some(named_actions(tokens)?) } else { None };
        let infoset = match (self.infoset_of.get(&(player, number)).copied(), actions) {
            (None, None) => return Err(tokens.error(place, TextProblem::UnknownInfoset(number))),
            (None, Some(actions)) => {
                let infoset = InfosetId::new(self.parts.infosets.len());
                self.infoset_of.insert((player, number), infoset);
                self.infoset_numbers.push(number);
                let (player, label) = (PlayerId(player - 1), name.unwrap_or_default());
                self.parts.infosets.push(InformationSet { player, label, actions });
                infoset
            }
            (Some(infoset), actions) => {
                let first = &self.parts.infosets[infoset.index()];
                if name.is_some_and(|name| name != first.label) {
                    return Err(tokens.error(place, TextProblem::OtherName(number)));
                }
                if actions.is_some_and(|actions| actions != first.actions) {
                    return Err(tokens.error(place, TextProblem::OtherActions(number)));
                }
                infoset
            }
        };
        let n_actions = self.parts.infosets[infoset.index()].actions.len();
        self.check_edges(tokens, n_actions)?;
        self.parts.kinds.push(NodeKind::Decision(infoset));
        self.node_draws.push(None);
        Ok(n_actions)
    }

    fn outcome(&mut self, tokens: &mut Tokens<'_>) -> Result<(), TextError> {
        let place = tokens.place();
        let number = tokens.index("the number of an outcome, 0 for none")?;
        let name = tokens.name_if()?;
        let payoffs =
            if tokens.peek() == Some('{') { Some(self.payoffs(tokens, place)?) } else { None };
        if number == 0 {
            if name.is_some() || payoffs.is_some() {
                return Err(tokens.error(place, TextProblem::NullOutcome));
            }
            self.node_outcomes.push(None);
            return Ok(());
        }
        let outcome = match (self.outcome_of.get(&number).copied(), payoffs) {
            (None, None) => return Err(tokens.error(place, TextProblem::UnknownOutcome(number))),
            (None, Some(payoffs)) => {
                self.outcome_of.insert(number, self.outcomes.len());
                self.outcomes.push(EfgOutcome { number, name: name.unwrap_or_default(), payoffs });
                self.outcomes.len() - 1
            }
            (Some(known), payoffs) => {
                let first = &self.outcomes[known];
                let is_same = name.is_none_or(|name| name == first.name)
                    && payoffs.is_none_or(|payoffs| payoffs == first.payoffs);
                if !is_same {
                    return Err(tokens.error(place, TextProblem::OtherOutcome(number)));
                }
                known
            }
        };
        self.node_outcomes.push(Some(outcome));
        Ok(())
    }

    fn payoffs(&self, tokens: &mut Tokens<'_>, place: Place) -> Result<Vec<f64>, TextError> {
        tokens.take('{', "{ and the payoffs")?;
        let mut payoffs = Vec::new();
        while !matches!(tokens.peek(), Some('}') | None) {
            payoffs.push(tokens.number("a payoff, or }")?);
            tokens.take_if(',');
        }
        tokens.take('}', "a payoff, or }")?;
        let (found, expected) = (payoffs.len(), self.parts.players.len());
        if found != expected {
            return Err(tokens.error(place, TextProblem::PayoffCount { found, expected }));
        }
        Ok(payoffs)
    }

    fn finish(
        mut self,
        tokens: &Tokens<'_>,
        title: String,
        comment: String,
    ) -> Result<EfgGame, TextError> {
        let players = self.parts.players.len();
        let n_payoffs = players as u128 * (self.parts.edge_to.len() + self.n_terminals) as u128;
        let n_chances = (players as u128 + 1) * self.chance.len() as u128;
        check_size(tokens, n_payoffs + n_chances)?;
        let zero = vec![0.0; players];
        self.parts.edge_next_stage = vec![false; self.parts.edge_to.len()];
        let mut numbers = Numbers { discounts: vec![1.0; players], ..Numbers::default() };
        let at =
            |node: usize| self.node_outcomes[node].map_or(&zero, |k| &self.outcomes[k].payoffs);
        let is_end = |node: usize| self.parts.kinds[node] == NodeKind::Terminal;
        let n_root_edges = self.parts.edge_start.get(1).map_or(0, |&e| e as usize);
        for (edge, to) in self.parts.edge_to.iter().enumerate() {
            let there = if is_end(to.index()) { &zero } else { at(to.index()) };
            let at_root = if edge < n_root_edges { at(0) } else { &zero };
            numbers.edge_payoffs.extend(there.iter().zip(at_root).map(|(a, b)| a + b));
        }
        for node in (0..self.parts.kinds.len()).filter(|&node| is_end(node)) {
            numbers.terminal_payoffs.extend(at(node));
        }
        for _ in 0..=players {
            numbers.chance.extend(&self.chance);
        }
        let law = |law: BrokenLaw| tokens.error(Place(tokens.n_bytes()), TextProblem::Law(law));
        let again = RepeatedPlace::of(&self.parts);
        let graph = Graph::new(self.parts).map_err(|broken| match broken {
            BrokenLaw::AbsentMinded(infoset) => {
                let node = again.find(infoset).map_or(0, NodeId::index);
                let problem = TextProblem::AbsentMinded {
                    player: again.players[infoset.index()] + 1,
                    infoset: self.infoset_numbers[infoset.index()],
                };
                tokens.error(Place(self.places[node] as usize), problem)
            }
            broken => law(broken),
        })?;
        numbers.weights = vec![1.0; graph.n_actions()];
        Ok(EfgGame {
            game: Game::new(Arc::new(graph), numbers).map_err(law)?,
            title,
            comment,
            infoset_numbers: self.infoset_numbers,
            node_names: self.node_names,
            outcomes: self.outcomes,
            node_outcomes: self.node_outcomes,
            draws: self.draws,
            node_draws: self.node_draws,
        })
    }
}

/// Enough of the tree to say, when it is refused, which node meets an information set again.
struct RepeatedPlace {
    kinds: Vec<NodeKind>,
    parents: Vec<u32>,
    players: Vec<u32>,
}

impl RepeatedPlace {
    fn of(parts: &GraphParts) -> Self {
        let mut parents = vec![0u32; parts.kinds.len()];
        for node in 0..parts.kinds.len() {
            let edges = parts.edge_start[node] as usize..parts.edge_start[node + 1] as usize;
            for to in &parts.edge_to[edges] {
                parents[to.index()] = u32::try_from(node).unwrap_or(0);
            }
        }
        let players = parts.infosets.iter().map(|set| set.player.0).collect();
        Self { kinds: parts.kinds.clone(), parents, players }
    }

    /// The first node of `infoset` with another of its nodes above it.
    fn find(&self, infoset: InfosetId) -> Option<NodeId> {
        // Carried from parents to children: whether the information set was met.
        let mut is_met = vec![false; self.kinds.len()];
        for node in 0..self.kinds.len() {
            let was_met = node > 0 && is_met[self.parents[node] as usize];
            let is_own = self.kinds[node] == NodeKind::Decision(infoset);
            if was_met && is_own {
                return Some(NodeId::new(node));
            }
            is_met[node] = was_met || is_own;
        }
        None
    }
}

/// `"name" … }`
fn named_actions(tokens: &mut Tokens<'_>) -> Result<Vec<String>, TextError> {
    let mut actions = Vec::new();
    while let Some(name) = tokens.name_if()? {
        actions.push(name);
    }
    if actions.is_empty() {
        return tokens.expected("an action in quotes");
    }
    tokens.take('}', "an action in quotes, or }")?;
    Ok(actions)
}

/// `"name" probability … }`
fn drawn_actions(tokens: &mut Tokens<'_>) -> Result<Vec<(String, f64)>, TextError> {
    let mut actions = Vec::new();
    while let Some(name) = tokens.name_if()? {
        actions.push((name, tokens.number("the probability of the action")?));
    }
    if actions.is_empty() {
        return tokens.expected("an action in quotes and its probability");
    }
    tokens.take('}', "an action in quotes, or }")?;
    Ok(actions)
}
