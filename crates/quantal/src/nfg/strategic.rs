//! Any game in strategic form.

use std::fmt;

use crate::game::{BrokenLaw, Game, NodeKind};
use crate::ids::{InfosetId, PlayerId, Viewer};
use crate::nfg::read::{NfgGame, simultaneous};

/// Who chooses a strategy in the strategic form of a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seats {
    /// Each player chooses a whole plan: an action for every information set of its own.
    Players,
    /// Each information set has an agent of its own, who has the player's payoffs (Selten 1975, IJGT
    /// 4:25-55).
    Agents,
}

/// The strategic form has more combinations of strategies than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrategicTooLarge {
    /// Combinations; `u128::MAX` if that or more.
    pub n_cells: u128,
    /// Combinations allowed.
    pub budget: u128,
}

impl fmt::Display for StrategicTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the strategic form has {} combinations of strategies, {} are allowed",
            self.n_cells, self.budget
        )
    }
}

impl std::error::Error for StrategicTooLarge {}

/// The strategic form of `game`: expected payoffs, discounted to the root, of every combination of
/// strategies, each player's by its own probabilities of chance.
///
/// It has the Nash equilibria of the game, but not its logit equilibrium: there a choice answers to
/// its value *given that it is reached*, here to its value before anything is known. In the four-move
/// centipede at λ = 1 the first mover takes with 0.236 in the game and 0.093 in the form of its agents.
/// Weights of actions are left out.
///
/// # Errors
/// [`StrategicTooLarge`] with the count.
pub fn strategic_form(
    game: &Game,
    seats: Seats,
    title: &str,
    budget: u128,
) -> Result<NfgGame, StrategicTooLarge> {
    let graph = game.graph();
    // The information sets each seat decides at, and whose payoffs it has.
    let seats: Vec<(String, PlayerId, Vec<InfosetId>)> = match seats {
        Seats::Players => (0..graph.n_players())
            .map(PlayerId::new)
            .map(|player| {
                let own = graph.infosets().filter(|&i| graph.infoset(i).player == player);
                (graph.players()[player.index()].clone(), player, own.collect())
            })
            .collect(),
        Seats::Agents => graph
            .infosets()
            .map(|i| {
                let set = graph.infoset(i);
                let name = format!("{}: {}", graph.players()[set.player.index()], set.label);
                (name, set.player, vec![i])
            })
            .collect(),
    };
    let n_actions = |i: &InfosetId| graph.actions(*i).len() as u128;
    let n_cells = graph.infosets().fold(1u128, |n, i| n.saturating_mul(n_actions(&i)));
    if n_cells > budget {
        return Err(StrategicTooLarge { n_cells, budget });
    }
    let strategies: Vec<Vec<String>> = seats.iter().map(|(_, _, own)| plans(game, own)).collect();

    let mut payoffs = Vec::new();
    let mut strategy = vec![0usize; seats.len()];
    let mut chosen = vec![0usize; graph.n_infosets()];
    for _ in 0..n_cells {
        for ((_, _, own), &plan) in seats.iter().zip(&strategy) {
            let mut rest = plan;
            for i in own {
                let n = graph.actions(*i).len();
                chosen[i.index()] = rest % n;
                rest /= n;
            }
        }
        let value: Vec<f64> = (0..graph.n_players())
            .map(|p| expected_payoff(game, &chosen, PlayerId::new(p)))
            .collect();
        payoffs.extend(seats.iter().map(|(_, player, _)| value[player.index()]));
        for (k, names) in strategy.iter_mut().zip(&strategies) {
            *k += 1;
            if *k < names.len() {
                break;
            }
            *k = 0;
        }
    }
    let names = seats.into_iter().map(|seat| seat.0).collect();
    let built: Result<Game, BrokenLaw> = simultaneous(names, strategies, payoffs);
    let game = built.expect("a tree of simultaneous moves with finite payoffs breaks no law");
    Ok(NfgGame { game, title: title.to_owned(), comment: String::new(), outcomes: None })
}

/// Every plan for the information sets `own`, the first changing first: its actions, joined.
fn plans(game: &Game, own: &[InfosetId]) -> Vec<String> {
    let graph = game.graph();
    let mut plans = vec![String::new()];
    for (k, &i) in own.iter().enumerate() {
        let join = if k == 0 { "" } else { ", " };
        let actions = &graph.infoset(i).actions;
        plans = actions
            .iter()
            .flat_map(|action| plans.iter().map(move |plan| format!("{plan}{join}{action}")))
            .collect();
    }
    plans
}

/// What `player` expects if `chosen[infoset]` is done everywhere.
fn expected_payoff(game: &Game, chosen: &[usize], player: PlayerId) -> f64 {
    let graph = game.graph();
    let mut value = vec![0.0; graph.n_nodes()];
    for node in graph.nodes().rev() {
        let behind = |edge| {
            let discount = if graph.is_next_stage(edge) { game.discount(player) } else { 1.0 };
            game.edge_payoff(edge, player) + discount * value[graph.to(edge).index()]
        };
        value[node.index()] = match graph.kind(node) {
            NodeKind::Terminal => game.terminal_payoff(node, player),
            NodeKind::Chance => graph
                .edges(node)
                .map(|e| game.probability(e, Viewer::Player(player)) * behind(e))
                .sum(),
            NodeKind::Decision(i) => graph.edges(node).nth(chosen[i.index()]).map_or(0.0, behind),
        };
    }
    value.first().copied().unwrap_or(0.0)
}
