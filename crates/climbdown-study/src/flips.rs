//! Which assumptions carry the answer: what each says, where within its range the verdict or the mover's
//! preference turns, and which move would tell that it fails.
//!
//! The range that others hold plausible is scanned at 17 points, and every change between neighbours is
//! closed in by halving; all points of a round are solved together. Where the answer jumps, as it may at a
//! fold, halving ends at the jump (model.md §7).

use climbdown_lang::scenario::{Assumption, ParameterId, Scenario};
use climbdown_lang::template::Assignment;

use crate::Unanswered;
use crate::findings::{AssumptionFinding, Degree, Flip, FlipOf, Sign, Signpost};
use crate::prepared::{Answer, Audits, Case, Prepared};

/// Points of a scan, both ends included.
pub const POINTS: usize = 17;
/// Halvings of the interval between two points: to 1/16,384 of the range.
const HALVINGS: usize = 10;
/// A margin that is still this large on both sides of a flip closed in has jumped.
const JUMP: f64 = 0.005;
/// How far inside its range a scan stays where an actor holds something impossible at the end, as a share.
const INSIDE: f64 = 1e-6;
/// A move must be this likely under one of the two values to be a signpost.
const VISIBLE: f64 = 0.05;
/// Signposts listed for an assumption.
const SIGNPOSTS: usize = 3;

/// One parameter of one assumption, moved over the range that others hold plausible.
pub(crate) struct Scan<'a> {
    pub(crate) assumption: &'a Assumption,
    parameter: ParameterId,
    claimed: f64,
    range: (f64, f64),
    /// The same, without ends at which the game is another.
    scanned: (f64, f64),
    /// At [`POINTS`] points from one end to the other.
    pub(crate) answers: Vec<Result<Answer, Unanswered>>,
}

/// All scans, and where something turns in them.
pub(crate) struct Scans<'a> {
    pub(crate) scans: Vec<Scan<'a>>,
    brackets: Vec<Bracket>,
    /// How far their points were checked.
    pub(crate) audits: Audits,
}

impl Scan<'_> {
    /// Point `k` of the scan.
    fn point(&self, k: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let share = k as f64 / (POINTS - 1) as f64;
        self.scanned.0 + share * (self.scanned.1 - self.scanned.0)
    }

    /// Moves an end at which an actor holds something impossible, and the game is another, a little inside.
    fn stay_inside(&mut self, ready: &Prepared<'_>, base: &Case) {
        let inside = INSIDE * (self.range.1 - self.range.0);
        let is_alike = |x: f64| ready.is_alike(&moved(base, &[(self.parameter, x)]));
        if !is_alike(self.range.0) {
            self.scanned.0 += inside;
        }
        if !is_alike(self.range.1) {
            self.scanned.1 -= inside;
        }
    }
}

/// An interval in which something turns.
struct Bracket {
    scan: usize,
    of: FlipOf,
    low: f64,
    high: f64,
    at_low: Answer,
    at_high: Answer,
}

/// Scans every assumption of the scenario; `base` is the case the headline answers. `watch` is told how many
/// points are solved.
///
/// # Errors
/// If the watcher says to stop.
pub(crate) fn assumptions<'t>(
    ready: &Prepared<'t>,
    base: &Case,
    watch: &mut dyn FnMut(usize) -> bool,
) -> Result<Scans<'t>, Unanswered> {
    let scenario: &'t Scenario = &ready.template.scenario;
    let mut scans: Vec<Scan<'t>> = Vec::new();
    for assumption in &scenario.assumptions {
        for &(parameter, claimed, range) in &assumption.binds {
            let scanned = range;
            let answers = Vec::new();
            scans.push(Scan { assumption, parameter, claimed, range, scanned, answers });
        }
    }
    let mut n_solved = 0;
    let mut audits = Audits::default();
    let mut solve = |points: &[(ParameterId, f64)]| {
        let case = |k: usize| moved(base, &[points[k]]);
        let before = n_solved;
        n_solved += points.len();
        let (answers, audit) = ready.answers(points.len(), 0, &case, &mut |n| watch(before + n))?;
        audits.add(&audit);
        Ok::<_, Unanswered>(answers)
    };
    scans.iter_mut().for_each(|scan| scan.stay_inside(ready, base));
    let grid: Vec<(ParameterId, f64)> = scans
        .iter()
        .flat_map(|scan| (0..POINTS).map(move |k| (scan.parameter, scan.point(k))))
        .collect();
    let mut answers = solve(&grid)?.into_iter();
    for scan in &mut scans {
        scan.answers = answers.by_ref().take(POINTS).collect();
    }
    let mut brackets = Vec::new();
    for (at, scan) in scans.iter().enumerate() {
        for k in 1..POINTS {
            let (Ok(low), Ok(high)) = (&scan.answers[k - 1], &scan.answers[k]) else { continue };
            for of in turns(ready, low) {
                if differ(of, low, high) {
                    brackets.push(Bracket {
                        scan: at,
                        of,
                        low: scan.point(k - 1),
                        high: scan.point(k),
                        at_low: low.clone(),
                        at_high: high.clone(),
                    });
                }
            }
        }
    }
    for _ in 0..HALVINGS {
        let middle = |b: &Bracket| 0.5 * (b.low + b.high);
        let points: Vec<_> =
            brackets.iter().map(|b| (scans[b.scan].parameter, middle(b))).collect();
        for (bracket, answer) in brackets.iter_mut().zip(solve(&points)?) {
            // A point that does not solve leaves the bracket as wide as it is.
            let Ok(answer) = answer else { continue };
            let at = 0.5 * (bracket.low + bracket.high);
            if differ(bracket.of, &bracket.at_low, &answer) {
                (bracket.high, bracket.at_high) = (at, answer);
            } else {
                (bracket.low, bracket.at_low) = (at, answer);
            }
        }
    }
    Ok(Scans { scans, brackets, audits })
}

/// What the scans say of each assumption, in the order of the file.
pub(crate) fn findings_of(
    ready: &Prepared<'_>,
    headline: &Answer,
    Scans { scans, brackets, .. }: &Scans<'_>,
) -> Vec<AssumptionFinding> {
    let all = ready.template.scenario.assumptions.iter();
    all.map(|assumption| finding(ready, headline, assumption, (scans, brackets))).collect()
}

/// The base with some parameters moved.
pub(crate) fn moved(base: &Case, to: &[(ParameterId, f64)]) -> Case {
    let mut values = base.assignment.values.clone();
    for &(parameter, x) in to {
        values[parameter.index()] = x;
    }
    Case { assignment: Assignment { values }, certainties: base.certainties.clone() }
}

/// What may turn: the verdict, and the mover's preference on average and by type.
fn turns(ready: &Prepared<'_>, answer: &Answer) -> impl Iterator<Item = FlipOf> + use<> {
    // One type alone says what the average says.
    let n_types = ready.mover_types().len();
    let types = if n_types > 1 { 0..answer.preference.len() } else { 0..1 };
    [FlipOf::Verdict].into_iter().chain(types.map(FlipOf::Preference))
}

/// The verdict as far as it can flip.
fn verdict(answer: &Answer) -> (Degree, Degree, Sign) {
    (answer.kind, answer.degree, answer.sign())
}

fn differ(of: FlipOf, a: &Answer, b: &Answer) -> bool {
    match of {
        FlipOf::Verdict => verdict(a) != verdict(b),
        FlipOf::Preference(k) => match (a.preference[k], b.preference[k]) {
            (Some(a), Some(b)) => (a.change() > 0.0) != (b.change() > 0.0),
            _ => false,
        },
    }
}

/// Whether both ends stay away from the threshold.
fn has_jumped(bracket: &Bracket) -> bool {
    let distance = |answer: &Answer| match bracket.of {
        FlipOf::Verdict => answer.measure.change(),
        FlipOf::Preference(k) => answer.preference[k].map_or(0.0, |c| c.change()),
    };
    let (a, b) = (&bracket.at_low, &bracket.at_high);
    a.kind == b.kind && (distance(a) - distance(b)).abs() > JUMP
}

fn finding(
    ready: &Prepared<'_>,
    headline: &Answer,
    assumption: &Assumption,
    (scans, brackets): (&[Scan<'_>], &[Bracket]),
) -> AssumptionFinding {
    let scenario = &ready.template.scenario;
    let is_own = |scan: &Scan<'_>| scan.assumption.id == assumption.id;
    let name = |parameter: ParameterId| scenario.parameters[parameter.index()].name.clone();
    let types = ready.mover_types();
    let mut flips: Vec<(f64, Flip)> = Vec::new();
    for bracket in brackets.iter().filter(|b| is_own(&scans[b.scan])) {
        let scan = &scans[bracket.scan];
        let at = 0.5 * (bracket.low + bracket.high);
        let width = scan.range.1 - scan.range.0;
        let distance = if width > 0.0 { (at - scan.claimed).abs() / width } else { 0.0 };
        flips.push((
            distance,
            Flip {
                of: bracket.of,
                mover_type: match bracket.of {
                    FlipOf::Preference(k) if k > 0 => Some(types[k - 1].clone()),
                    _ => None,
                },
                parameter: name(scan.parameter),
                at,
                jump: has_jumped(bracket),
                from: verdict(&bracket.at_low),
                to: verdict(&bracket.at_high),
            },
        ));
    }
    flips.sort_by(|a, b| a.0.total_cmp(&b.0));
    let own: Vec<&Scan<'_>> = scans.iter().filter(|s| is_own(s)).collect();
    let n_failed = own.iter().flat_map(|s| &s.answers).filter(|a| a.is_err()).count();
    let solved: Vec<&Answer> = own.iter().flat_map(|s| s.answers.iter().flatten()).collect();
    let n_same = solved.iter().filter(|a| verdict(a) == verdict(headline)).count();
    // Points are few.
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let share_same = (!solved.is_empty()).then(|| n_same as f64 / solved.len() as f64);
    let load_bearing = flips.iter().any(|(_, f)| f.of == FlipOf::Verdict);
    let change = |answer: Option<&Result<Answer, Unanswered>>| {
        answer.and_then(|a| a.as_ref().ok()).map(|a| a.measure.change())
    };
    AssumptionFinding {
        id: assumption.id.clone(),
        claim: assumption.claim.clone(),
        held_by: assumption.held_by.map(|a| scenario.actors[a.index()].id.clone()),
        binds: assumption.binds.iter().map(|&(p, value, range)| (name(p), value, range)).collect(),
        load_bearing,
        share_same,
        flips: flips.into_iter().map(|(_, f)| f).collect(),
        at_ends: own
            .iter()
            .map(|s| [change(s.answers.first()), change(s.answers.last())])
            .collect(),
        signposts: own.iter().flat_map(|scan| signposts(ready, scan)).collect(),
        n_failed,
    }
}

/// The next public moves that tell the claimed value from the end of the range that is further away.
fn signposts(ready: &Prepared<'_>, scan: &Scan<'_>) -> Vec<Signpost> {
    let is_low_further = scan.claimed - scan.range.0 > scan.range.1 - scan.claimed;
    let nearest = scan
        .answers
        .iter()
        .enumerate()
        .min_by(|(a, _), (b, _)| {
            let off = |k: usize| (scan.point(k) - scan.claimed).abs();
            off(*a).total_cmp(&off(*b))
        })
        .map(|(_, answer)| answer);
    let furthest = if is_low_further { scan.answers.first() } else { scan.answers.last() };
    let (Some(Ok(holds)), Some(Ok(fails))) = (nearest, furthest) else { return Vec::new() };
    let at = if is_low_further { scan.range.0 } else { scan.range.1 };
    let mut found = Vec::new();
    for (turn, (here, there)) in holds.next_moves.iter().zip(&fails.next_moves).enumerate() {
        for (made, (&p, &q)) in here.iter().zip(there).enumerate() {
            if p.max(q) >= VISIBLE
                && let Some((seat, name)) = ready.next_move(turn, made)
            {
                found.push(Signpost {
                    seat,
                    made: name,
                    parameter: ready.template.scenario.parameters[scan.parameter.index()]
                        .name
                        .clone(),
                    alternative: at,
                    if_it_holds: p,
                    if_it_fails: q,
                    belief_from_half: p / (p + q),
                });
            }
        }
    }
    let tells = |s: &Signpost| (s.belief_from_half - 0.5).abs();
    found.sort_by(|a, b| tells(b).total_cmp(&tells(a)));
    found.truncate(SIGNPOSTS);
    found
}
