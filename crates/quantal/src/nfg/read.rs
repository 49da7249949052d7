//! Text for Gambit as a game in strategic form.

use std::sync::Arc;

use crate::efg::{Place, TextError, TextProblem, Tokens, check_size};
use crate::game::{BrokenLaw, Game, Graph, GraphParts, InformationSet, NodeKind, Numbers};
use crate::ids::{InfosetId, NodeId, PlayerId};

/// A game in strategic form, with what its file says beside it.
#[derive(Clone, Debug)]
pub struct NfgGame {
    /// The game: players move in their order without seeing one another, player p at information set
    /// p, which has the player's name. The ends are in the order of the file's table (the first
    /// player's strategy changes first).
    pub game: Game,
    /// The title.
    pub title: String,
    /// The comment after the strategies, empty if there is none.
    pub comment: String,
    /// The outcomes, if the file has them; else its table holds payoffs.
    pub outcomes: Option<NfgOutcomes>,
}

/// The outcomes of a strategic game.
#[derive(Clone, Debug, PartialEq)]
pub struct NfgOutcomes {
    /// Name and payoffs, one for each player.
    pub list: Vec<(String, Vec<f64>)>,
    /// Per combination of strategies the position in `list`; `None` is payoffs of zero.
    pub table: Vec<Option<usize>>,
}

/// Reads a game in Gambit's strategic-form format, version 1.
///
/// Strategies given as a number are named "1", "2", …
///
/// # Errors
/// [`TextError`] at the first problem.
pub fn read_nfg(text: &str) -> Result<NfgGame, TextError> {
    let mut tokens = Tokens::new(text)?;
    let (title, players) =
        tokens.prologue([("NFG", "NFG, as .nfg files begin"), ("1", "version 1")])?;
    let strategies = strategies(&mut tokens, &players)?;
    let comment = tokens.name_if()?.unwrap_or_default();
    let n_cells = strategies.iter().fold(1u128, |n, s| n.saturating_mul(s.len() as u128));
    if tokens.peek() == Some('{') {
        let list = outcome_list(&mut tokens, players.len())?;
        let table = outcome_table(&mut tokens, list.len(), n_cells)?;
        let zero = vec![0.0; players.len()];
        let payoffs = |cell: &Option<usize>| cell.map_or(&zero, |k| &list[k].1);
        let n_numbers = n_cells * players.len() as u128;
        check_size(&tokens, n_numbers)?;
        let payoffs: Vec<f64> = table.iter().flat_map(payoffs).copied().collect();
        let game = tree(&tokens, players, strategies, payoffs)?;
        return Ok(NfgGame { game, title, comment, outcomes: Some(NfgOutcomes { list, table }) });
    }
    let mut payoffs = Vec::new();
    while tokens.peek().is_some() {
        payoffs.push(tokens.number("a payoff")?);
        tokens.take_if(',');
    }
    let expected = n_cells.saturating_mul(players.len() as u128);
    let found = payoffs.len();
    if found as u128 != expected {
        let problem = TextProblem::EntryCount { found, expected };
        return Err(tokens.error(Place(text.len()), problem));
    }
    let game = tree(&tokens, players, strategies, payoffs)?;
    Ok(NfgGame { game, title, comment, outcomes: None })
}

/// `{ { "name" … } … }` or `{ number … }`
fn strategies(tokens: &mut Tokens<'_>, players: &[String]) -> Result<Vec<Vec<String>>, TextError> {
    tokens.take('{', "{ and the strategies")?;
    let is_named = tokens.peek() == Some('{');
    let mut strategies = Vec::with_capacity(players.len());
    for player in 1..=players.len() {
        let place = tokens.place();
        let mut names = Vec::new();
        if is_named {
            tokens.take('{', "{ and the player's strategies")?;
            while let Some(name) = tokens.name_if()? {
                names.push(name);
            }
            tokens.take('}', "a strategy in quotes, or }")?;
        } else {
            let n = tokens.index("the number of the player's strategies, or { their names }")?;
            // Each strategy has an entry in the table, of at least a digit and a blank.
            if n as usize > tokens.n_bytes() {
                let (found, expected) = (0, u128::from(n));
                return Err(tokens.error(place, TextProblem::EntryCount { found, expected }));
            }
            names.extend((1..=n).map(|k| k.to_string()));
        }
        if names.is_empty() {
            return Err(tokens.error(place, TextProblem::NoStrategy(player)));
        }
        strategies.push(names);
    }
    tokens.take('}', "} after the strategies of the last player")?;
    Ok(strategies)
}

/// `{ { "name" payoffs } … }`
fn outcome_list(
    tokens: &mut Tokens<'_>,
    n_players: usize,
) -> Result<Vec<(String, Vec<f64>)>, TextError> {
    tokens.take('{', "{ and the outcomes")?;
    let mut list = Vec::new();
    while tokens.take_if('{') {
        let name = tokens.name("the outcome's name in quotes (\"\" for none)")?;
        let place = tokens.place();
        let mut payoffs = Vec::new();
        while !matches!(tokens.peek(), Some('}') | None) {
            payoffs.push(tokens.number("a payoff, or }")?);
            tokens.take_if(',');
        }
        tokens.take('}', "a payoff, or }")?;
        if payoffs.len() != n_players {
            let (found, expected) = (payoffs.len(), n_players);
            return Err(tokens.error(place, TextProblem::PayoffCount { found, expected }));
        }
        list.push((name, payoffs));
    }
    tokens.take('}', "{ and an outcome, or } after the last")?;
    Ok(list)
}

/// Numbers of outcomes up to the end of the text.
fn outcome_table(
    tokens: &mut Tokens<'_>,
    n_outcomes: usize,
    expected: u128,
) -> Result<Vec<Option<usize>>, TextError> {
    let mut table = Vec::new();
    while tokens.peek().is_some() {
        let place = tokens.place();
        let number = tokens.index("the number of an outcome, 0 for none")?;
        if number as usize > n_outcomes {
            return Err(tokens.error(place, TextProblem::UnknownOutcome(number)));
        }
        table.push((number as usize).checked_sub(1));
    }
    let found = table.len();
    if found as u128 != expected {
        let end = Place(tokens.n_bytes());
        return Err(tokens.error(end, TextProblem::EntryCount { found, expected }));
    }
    Ok(table)
}

/// The tree in which players move in turn without seeing one another, level by level; the ends are
/// in the order of the table, `payoffs[end * n_players + player]`.
fn tree(
    tokens: &Tokens<'_>,
    players: Vec<String>,
    strategies: Vec<Vec<String>>,
    payoffs: Vec<f64>,
) -> Result<Game, TextError> {
    let n_players = players.len();
    let mut n_edges = 0u128;
    let mut width = 1u128;
    for names in &strategies {
        width = width.saturating_mul(names.len() as u128);
        n_edges = n_edges.saturating_add(width);
    }
    check_size(tokens, n_edges.saturating_add(width).saturating_mul(n_players as u128))?;
    simultaneous(players, strategies, payoffs)
        .map_err(|law| tokens.error(Place(tokens.n_bytes()), TextProblem::Law(law)))
}

/// The tree of simultaneous moves with these payoffs at its ends.
pub(super) fn simultaneous(
    players: Vec<String>,
    strategies: Vec<Vec<String>>,
    payoffs: Vec<f64>,
) -> Result<Game, BrokenLaw> {
    let n_players = players.len();
    let mut parts = GraphParts { edge_start: vec![0], ..GraphParts::default() };
    let (mut first, mut width) = (0usize, 1usize);
    for (player, names) in strategies.into_iter().enumerate() {
        let next = first + width;
        for node in 0..width {
            parts.kinds.push(NodeKind::Decision(InfosetId::new(player)));
            let to = |k: usize| NodeId::new(next + node + width * k);
            parts.edge_to.extend((0..names.len()).map(to));
            parts.edge_start.push(u32::try_from(parts.edge_to.len()).unwrap_or(u32::MAX));
        }
        first = next;
        width *= names.len();
        let label = players[player].clone();
        let player = PlayerId::new(player);
        parts.infosets.push(InformationSet { player, label, actions: names });
    }
    let n_edges = parts.edge_to.len();
    parts.kinds.resize(first + width, NodeKind::Terminal);
    parts.edge_start.resize(first + width + 1, u32::try_from(n_edges).unwrap_or(u32::MAX));
    parts.edge_next_stage = vec![false; n_edges];
    parts.players = players;
    let graph = Arc::new(Graph::new(parts)?);
    let numbers = Numbers {
        edge_payoffs: vec![0.0; n_edges * n_players],
        terminal_payoffs: payoffs,
        chance: Vec::new(),
        weights: vec![1.0; graph.n_actions()],
        discounts: vec![1.0; n_players],
    };
    Game::new(graph, numbers)
}
