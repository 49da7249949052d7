//! Layers of states along the timeline, what each actor remembers, and the count against the budget.

use std::collections::{BTreeMap, HashMap};

use crate::act::{is_visible, sees_move};
use crate::diagnostic::{Diagnostic, Severity};
use crate::hybrid::Parts;
use crate::scenario::{ActorId, Memory, Scenario, SlotId};
use crate::source::Span;
use crate::template::{CompileOptions, Ending, Phase, Place};
use crate::timeline::{Step, Timeline};

/// Where the crisis stands: the state, what is pending within a step, what each actor remembers.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    /// Position in the domain of each variable.
    pub(crate) state: Vec<u8>,
    /// Moves of a simultaneous group that wait for its end, and moves that may still be signalled.
    pub(crate) scratch: Vec<u8>,
    /// Under history memory, what each actor has seen and done, by number.
    pub(crate) info: Vec<u32>,
}

#[derive(Default)]
struct Layer {
    rows: Vec<u8>,
    info: Vec<u32>,
    n: usize,
    known: HashMap<Vec<u8>, u32>,
}

/// The states at every step, and the terminal ones.
pub(crate) struct Layers {
    steps: Vec<Layer>,
    terminals: Vec<((u32, Ending), Layer)>,
    by_ending: BTreeMap<(u32, Ending), usize>,
    n_state: usize,
    /// Bytes of scratch in a stand.
    pub(crate) n_scratch: usize,
    done_start: Vec<usize>,
    count: usize,
    options: CompileOptions,
}

/// Final states: stage, ending, state.
pub(crate) type Terminals = Vec<(u32, Ending, Vec<u8>)>;

impl Layers {
    pub(crate) fn new(scenario: &Scenario, line: &Timeline, options: &CompileOptions) -> Self {
        let mut done_start = Vec::new();
        let mut n_scratch = scenario.slots.len();
        for of_slot in &line.signals {
            done_start.push(n_scratch);
            n_scratch += of_slot.len();
        }
        Self {
            steps: line.steps.iter().map(|_| Layer::default()).collect(),
            terminals: Vec::new(),
            by_ending: BTreeMap::new(),
            n_state: scenario.variables.len(),
            n_scratch: n_scratch + 1,
            done_start,
            count: 0,
            options: *options,
        }
    }

    /// Where in the scratch the pending move of `slot` is.
    #[expect(clippy::unused_self, reason = "the layout of the scratch is the layers' business")]
    pub(crate) fn pending(&self, slot: SlotId) -> usize {
        slot.index()
    }

    /// Where in the scratch the peak at the start of a simultaneous group is kept.
    pub(crate) fn start_peak(&self) -> usize {
        self.n_scratch - 1
    }

    /// Where in the scratch it is noted that the k-th signalling move of `slot` was made.
    pub(crate) fn done(&self, slot: usize, k: usize) -> usize {
        self.done_start[slot] + k
    }

    pub(crate) fn n_steps(&self) -> usize {
        self.steps.len()
    }

    pub(crate) fn len(&self, layer: usize) -> usize {
        self.steps[layer].n
    }

    /// The stand at a position of a layer.
    pub(crate) fn stand(&self, layer: usize, local: usize) -> Stand {
        let (layer, width) = (&self.steps[layer], self.n_state + self.n_scratch);
        let row = &layer.rows[local * width..(local + 1) * width];
        let n_info = layer.info.len() / layer.n.max(1);
        Stand {
            state: row[..self.n_state].to_vec(),
            scratch: row[self.n_state..].to_vec(),
            info: layer.info[local * n_info..(local + 1) * n_info].to_vec(),
        }
    }

    /// Finds or makes the place of `stand` at a step.
    pub(crate) fn place(
        &mut self,
        scenario: &Scenario,
        step: usize,
        stand: Stand,
    ) -> Result<(usize, u32), Diagnostic> {
        let (local, is_new) = self.steps[step].insert(stand, self.options.memory);
        self.charge(scenario, is_new)?;
        Ok((step, local))
    }

    /// Finds or makes the terminal place of `stand`.
    pub(crate) fn terminal(
        &mut self,
        scenario: &Scenario,
        stage: u32,
        ending: Ending,
        stand: Stand,
    ) -> Result<(usize, u32), Diagnostic> {
        let next = self.terminals.len();
        let at = *self.by_ending.entry((stage, ending)).or_insert(next);
        if at == next {
            self.terminals.push(((stage, ending), Layer::default()));
        }
        let (local, is_new) = self.terminals[at].1.insert(stand, self.options.memory);
        self.charge(scenario, is_new)?;
        Ok((self.steps.len() + at, local))
    }

    fn charge(&mut self, scenario: &Scenario, is_new: bool) -> Result<(), Diagnostic> {
        self.count += usize::from(is_new);
        if self.count > self.options.budget_nodes {
            Err(self.over_budget(scenario))
        } else {
            Ok(())
        }
    }

    fn over_budget(&self, scenario: &Scenario) -> Diagnostic {
        let reached = self.steps.iter().rposition(|l| l.n > 0).unwrap_or(0);
        let largest = self.steps.iter().max_by_key(|l| l.n).expect("a timeline has steps");
        let width = self.n_state + self.n_scratch;
        let states = |without: Option<usize>| {
            let mut rows: Vec<Vec<u8>> = (0..largest.n)
                .map(|i| {
                    let mut row = largest.rows[i * width..i * width + self.n_state].to_vec();
                    if let Some(v) = without {
                        row[v] = 0;
                    }
                    row
                })
                .collect();
            rows.sort();
            rows.dedup();
            rows.len().max(1)
        };
        let all = states(None);
        let fewest = (0..self.n_state).map(|v| (states(Some(v)), v)).min();
        let multiplies = fewest.map_or(String::new(), |(without, v)| {
            let name = &scenario.variables[v].name;
            // Counts are at most the budget; two decimals are for reading.
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            let factor = all as f64 / without as f64;
            format!("; `{name}` multiplies most: it makes {factor:.1} states out of one in the largest layer")
        });
        let help = match self.options.memory {
            Memory::Situation => {
                "drop or merge values of that variable, shorten the horizon, or raise `--budget-nodes`"
            }
            Memory::History => {
                "history memory makes a node of every path: use `memory = \"situation\"`, shorten the horizon, or raise `--budget-nodes`"
            }
        };
        Diagnostic {
            code: crate::compile::OVER_BUDGET,
            severity: Severity::Error,
            span: Span::default(),
            message: format!(
                "the game has more than {} nodes: {} counted up to step {} of {}{multiplies}",
                self.options.budget_nodes,
                self.count,
                reached + 1,
                self.steps.len()
            ),
            help: Some(help.to_string()),
        }
    }

    /// Numbers all places: first id of each layer, places, states, and the terminal states.
    pub(crate) fn flatten(
        &mut self,
        line: &Timeline,
    ) -> (Vec<u32>, Vec<Place>, Vec<u8>, Terminals) {
        let (mut bases, mut places, mut states) = (Vec::new(), Vec::new(), Vec::new());
        let mut terminals = Vec::new();
        let width = self.n_state + self.n_scratch;
        let of_step = self
            .steps
            .iter()
            .zip(&line.steps)
            .map(|(layer, &(stage, step))| (layer, stage, phase(step)));
        let of_end = self
            .terminals
            .iter()
            .map(|((stage, ending), layer)| (layer, *stage, Some(Phase::Over(*ending))));
        for (layer, stage, phase) in of_step.chain(of_end) {
            bases.push(u32::try_from(places.len()).expect("a budget keeps nodes under 2^32"));
            let Some(phase) = phase else { continue };
            for i in 0..layer.n {
                places.push(Place { stage, phase });
                let state = &layer.rows[i * width..i * width + self.n_state];
                states.extend_from_slice(state);
                if let Phase::Over(ending) = phase {
                    terminals.push((stage, ending, state.to_vec()));
                }
            }
        }
        (bases, places, states, terminals)
    }
}

impl Layer {
    fn insert(&mut self, stand: Stand, memory: Memory) -> (u32, bool) {
        let mut row = stand.state;
        row.extend(stand.scratch);
        let next = u32::try_from(self.n).expect("a budget keeps nodes under 2^32");
        if memory == Memory::Situation {
            if let Some(&local) = self.known.get(&row) {
                return (local, false);
            }
            self.known.insert(row.clone(), next);
        } else {
            self.info.extend(stand.info);
        }
        self.rows.extend(row);
        self.n += 1;
        (next, true)
    }
}

fn phase(step: Step) -> Option<Phase> {
    match step {
        Step::Draw(d) => Some(Phase::Draw(d)),
        Step::Calendar(c) => Some(Phase::Calendar(c)),
        Step::Turn(s) => Some(Phase::Turn(s)),
        Step::Signal(s, k) => Some(Phase::Signal(s, k)),
        Step::Hazard(h) => Some(Phase::Hazard(h)),
        Step::Test | Step::Close => None,
    }
}

/// What actors remember, as numbers: equal numbers are equal histories.
pub(crate) struct Info {
    known: HashMap<(u32, Vec<u8>), u32>,
    n_actors: usize,
}

/// A move made at a turn: where, by whom, which.
pub(crate) type Made = (SlotId, ActorId, Option<Parts>);

impl Info {
    pub(crate) fn new(n_actors: usize) -> Self {
        Self { known: HashMap::new(), n_actors }
    }

    /// What tells the owner's information sets apart at a turn.
    pub(crate) fn key(
        scenario: &Scenario,
        memory: Memory,
        owner: ActorId,
        stand: &Stand,
    ) -> Vec<u8> {
        let mut key = snapshot(scenario, owner, &stand.state);
        if memory == Memory::History {
            key.extend(stand.info[owner.index()].to_le_bytes());
        }
        key
    }

    /// The mover remembers its own move, and what it saw, while others of the group still wait.
    pub(crate) fn remember_own(
        &mut self,
        scenario: &Scenario,
        memory: Memory,
        made: Made,
        before: &[u8],
        next: &mut Stand,
    ) {
        if memory == Memory::History {
            let mover = made.1;
            self.append(scenario, mover, &[made], before, next);
        }
    }

    /// Everybody remembers the moves of a turn or group, as far as seen, and the state it began with.
    pub(crate) fn remember(
        &mut self,
        scenario: &Scenario,
        memory: Memory,
        made: &[Made],
        before: &[u8],
        next: &mut Stand,
    ) {
        if memory == Memory::History {
            for actor in (0..self.n_actors).map(ActorId::new) {
                self.append(scenario, actor, made, before, next);
            }
        }
    }

    fn append(
        &mut self,
        scenario: &Scenario,
        actor: ActorId,
        made: &[Made],
        before: &[u8],
        next: &mut Stand,
    ) {
        let mut seen = snapshot(scenario, actor, before);
        for &(slot, mover, made) in made {
            let look = made.map(|parts| {
                let this = &scenario.moves[parts.rest().index()];
                match &this.hidden {
                    Some(h) if !sees_move(scenario, this, mover, actor, before) => h.looks_like,
                    _ => parts.made,
                }
            });
            seen.extend(slot.0.to_le_bytes());
            seen.extend(look.map_or(u16::MAX, |m| m.0).to_le_bytes());
        }
        let fresh =
            u32::try_from(self.known.len() + 1).expect("a budget keeps histories under 2^32");
        let key = (next.info[actor.index()], seen);
        next.info[actor.index()] = *self.known.entry(key).or_insert(fresh);
    }
}

/// What `actor` sees of a state; what it does not see is marked.
fn snapshot(scenario: &Scenario, actor: ActorId, state: &[u8]) -> Vec<u8> {
    let see = |(v, &x): (&crate::scenario::Variable, &u8)| {
        if is_visible(scenario, &v.visibility, actor, state) { [1, x] } else { [0, 0] }
    };
    scenario.variables.iter().zip(state).flat_map(see).collect()
}
