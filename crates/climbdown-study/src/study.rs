//! The default study: the headline over draws of all ranges, the assumptions moved one by one, the rival
//! explanations, and the claims of the text that is audited.

use std::collections::{BTreeMap, BTreeSet};

use climbdown_lang::scenario::Claim;

use crate::Unanswered;
use crate::claims::{holds, needs, vocabulary};
use crate::design::{Kind, Part, Runs};
use crate::drawn::{Begun, Drawn, TAKEN_APART, drawn, n_drawn};
use crate::findings::{
    AssumptionFinding, ClaimFinding, Findings, HypothesisFinding, Influence, Study, Tested,
};
use crate::flips::{Scan, assumptions, findings_of};
use crate::measures::{Known, Needs, Value, degree_word};
use crate::prepared::{Answer, Audits, Case, Prepared};
use crate::replay::Replay;
use crate::rivals::{hypotheses, in_words};
use crate::sensitivity::{Among, Of, Question, Shuffling, given_data};
use crate::varied::{Beside, Varied};

/// How the default study is made.
#[derive(Clone, Debug)]
pub struct StudyOptions {
    /// Latin-hypercube draws over the ranges.
    pub draws: usize,
    /// Seed of the design.
    pub seed: u64,
}

/// Told what is being done, how much of it is done, and how much there is; `false` stops.
pub type Told<'a> = &'a mut dyn FnMut(&str, usize, usize) -> bool;

/// Ends of a band, as shares of the draws: 90 in 100 lie between.
pub const BAND: [f64; 2] = [0.05, 0.95];
/// Random orders that the noise floor of influences is taken from.
const SHUFFLES: usize = 100;
/// Its level.
const NOISE_LEVEL: f64 = 0.95;

/// Makes the study; `findings` are those of the same case.
///
/// # Errors
/// If the watcher says to stop.
pub(crate) fn study(
    ready: &Prepared<'_>,
    (base, begun): (&Case, &Begun<'_>),
    findings: &Findings,
    history: Option<&Replay>,
    options: &StudyOptions,
    told: Told<'_>,
) -> Result<Study, Unanswered> {
    let scenario = &ready.template.scenario;
    let answer = ready.at_base(base)?;
    let kind = Kind::LatinHypercube { n: options.draws };
    let varied =
        Varied::new(scenario, base.assignment.clone(), &Beside::default(), (kind, options.seed));
    let (draws, mut audits) = match &varied {
        Ok(varied) => {
            let case = |row: usize| varied.case(scenario, row).0;
            let n = options.draws;
            ready.answers(n, 0, &case, &mut |done| told("draws", done, n))?
        }
        Err(_) => (Vec::new(), Audits::default()),
    };
    let n_points =
        crate::flips::POINTS * scenario.assumptions.iter().map(|a| a.binds.len()).sum::<usize>();
    let scans =
        assumptions(ready, base, &mut |done| told("assumptions", done, n_points.max(done)))?;
    let found = findings_of(ready, &answer, &scans);
    let (rivals, of_rivals) =
        hypotheses(ready, base, history, &mut |done| told("explanations", done, done))?;
    audits.add(&scans.audits);
    audits.add(&of_rivals);
    let solved: Vec<&Answer> = draws.iter().flatten().collect();
    let wanted: BTreeSet<Needs> =
        scenario.claims.iter().flat_map(|c| needs(c, &vocabulary(scenario))).collect();
    let cases: Vec<Case> = varied.as_ref().map_or_else(
        |_| Vec::new(),
        |v| (0..draws.len().min(n_drawn(&wanted))).map(|row| v.case(scenario, row).0).collect(),
    );
    let mut in_full = Vec::new();
    if !cases.is_empty() {
        is_wanted(told("draws for claims", 0, cases.len()))?;
        in_full = drawn(ready, (base, begun), &cases, &wanted);
        is_wanted(told("draws for claims", cases.len(), cases.len()))?;
    }
    let known = Once {
        now: Known { scenario, answer: Some(&answer), findings: Some(findings.into()) },
        assumptions: &found,
        rivals: &rivals,
    };
    Ok(Study {
        seed: options.seed,
        n_draws: draws.len(),
        n_failed: draws.len() - solved.len(),
        failures: failures(&draws),
        n_inputs: varied.as_ref().map_or(0, |v| v.design.inputs().len()),
        share_of_verdict: share(&solved, |a| (a.kind, a.degree, a.sign()) == verdict(&answer)),
        share_of_kind: share(&solved, |a| a.kind == answer.kind),
        share_of_degree: share(&solved, |a| a.degree == answer.degree),
        share_of_sign: share(&solved, |a| a.measure.change() * answer.measure.change() > 0.0),
        bands: bands(ready, &solved),
        influences: varied.as_ref().ok().and_then(|v| influences(v, &draws, options.seed)),
        claims: scenario
            .claims
            .iter()
            .map(|c| claim(c, &known, (&draws, &in_full), &scans.scans))
            .collect(),
        assumptions: found,
        hypotheses: rivals,
        audits,
    })
}

fn is_wanted(goes_on: bool) -> Result<(), Unanswered> {
    let stopped = || Unanswered::Unsolved("draws".to_owned(), quantal::Unsolved::Cancelled);
    goes_on.then_some(()).ok_or_else(stopped)
}

fn verdict(
    answer: &Answer,
) -> (crate::findings::Degree, crate::findings::Degree, crate::findings::Sign) {
    (answer.kind, answer.degree, answer.sign())
}

/// Why draws have no answer, with how many; the most frequent first.
fn failures(draws: &[Result<Answer, Unanswered>]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for why in draws.iter().filter_map(|d| d.as_ref().err()) {
        *counts.entry(in_words(why)).or_insert(0) += 1;
    }
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all
}

/// Share of the solved draws; `None` without any.
fn share(solved: &[&Answer], is: impl Fn(&Answer) -> bool) -> Option<f64> {
    let n = solved.iter().filter(|a| is(a)).count();
    // Draws are far fewer than 2^52.
    #[expect(clippy::cast_precision_loss, reason = "counts of draws")]
    let share = n as f64 / solved.len() as f64;
    (!solved.is_empty()).then_some(share)
}

/// For every number of an answer, by its path: between what 90 in 100 of the solved draws lie.
fn bands(ready: &Prepared<'_>, solved: &[&Answer]) -> BTreeMap<String, [f64; 2]> {
    let scenario = &ready.template.scenario;
    let mut found = BTreeMap::new();
    for (path, needs) in vocabulary(scenario) {
        if needs != Needs::Answer {
            continue;
        }
        let of = |answer: &&Answer| {
            let known = Known { scenario, answer: Some(answer), findings: None };
            match known.value(&path) {
                Some(Value::Number(x)) => Some(x),
                _ => None,
            }
        };
        let mut values: Vec<f64> = solved.iter().filter_map(of).collect();
        if !values.is_empty() && values.len() == solved.len() {
            values.sort_by(f64::total_cmp);
            found.insert(path, BAND.map(|share| quantile(&values, share)));
        }
    }
    found
}

/// The quantile of sorted values (Hyndman and Fan 1996, definition 7).
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    // Draws are far fewer than 2^52, and a position is not negative.
    #[expect(clippy::cast_precision_loss, reason = "counts of draws")]
    let at = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a position")]
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - at.floor()) * (sorted[above] - sorted[below])
}

/// Which inputs the change of the headline depends on, as far as the sample tells; largest first.
fn influences(
    varied: &Varied,
    draws: &[Result<Answer, Unanswered>],
    seed: u64,
) -> Option<Vec<Influence>> {
    let rows = draws.iter().enumerate().map(|(row, draw)| {
        let change = draw.as_ref().ok().map(|a| vec![Some(a.measure.change())]);
        (row, change)
    });
    let part = Part {
        design: varied.design.fingerprint(),
        measures: vec![HEADLINE.to_owned()],
        rows: rows.collect(),
    };
    let runs = Runs::assemble(&varied.design, [part]).ok()?;
    let question = Question { measure: HEADLINE, of: Of::Value, among: Among::All };
    let shuffling = Shuffling { seed, shuffles: SHUFFLES, level: NOISE_LEVEL };
    let found = given_data(&runs, question, shuffling).ok()?;
    let mut all: Vec<Influence> = found
        .inputs
        .into_iter()
        .map(|share| Influence {
            parameter: share.name,
            first: share.first,
            noise: share.noise,
            noise_of_largest: found.noise_of_largest,
        })
        .collect();
    all.sort_by(|a, b| b.first.total_cmp(&a.first));
    Some(all)
}

/// What influences are measured on.
pub const HEADLINE: &str = "effect.as_policy.measure.change";

/// Everything that is known at the file's values.
struct Once<'a> {
    now: Known<'a>,
    assumptions: &'a [AssumptionFinding],
    rivals: &'a [HypothesisFinding],
}

impl Once<'_> {
    fn value(&self, path: &str) -> Option<Value> {
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            ["assumptions", id, "load_bearing"] => {
                let found = self.assumptions.iter().find(|a| a.id == *id)?;
                Some(Value::Truth(found.load_bearing))
            }
            ["hypotheses", id, rest @ ..] => {
                let found = self.rivals.iter().find(|h| h.id == *id)?;
                let number = |x: Option<f64>| x.map(Value::Number);
                match rest {
                    ["prior"] => number(Some(found.prior)),
                    ["posterior"] => number(found.posterior),
                    ["likelihood"] => number(found.log_likelihood),
                    ["verdict", key] => {
                        let (kind, degree, sign, margin, _) = found.answer?;
                        Some(match *key {
                            "kind" => Value::Word(degree_word(kind).to_owned()),
                            "degree" => Value::Word(degree_word(degree).to_owned()),
                            "sign" => Value::Word(crate::measures::sign_word(sign).to_owned()),
                            "margin" => Value::Number(margin),
                            _ => return None,
                        })
                    }
                    _ => None,
                }
            }
            _ => self.now.value(path),
        }
    }
}

/// A claim, tested at the file's values and in draws: where an answer is enough, in every draw and along
/// every scan, else in the first draws, measured as far as it reads.
fn claim(
    claim: &Claim,
    once: &Once<'_>,
    (draws, in_full): (&[Result<Answer, Unanswered>], &[Option<Drawn>]),
    scans: &[Scan<'_>],
) -> ClaimFinding {
    let scenario = once.now.scenario;
    let now = holds(claim, &|path| once.value(path));
    let holds_in = |answer: &Answer, drawn: Option<&Drawn>| {
        let findings = drawn.map(Drawn::parts);
        let known = Known { scenario, answer: Some(answer), findings };
        holds(claim, &|path| known.value(path)).ok()
    };
    let needs = needs(claim, &vocabulary(scenario));
    let is_by_answer = claim.holds_if.is_some() && needs.iter().all(|n| *n == Needs::Answer);
    let among_first = match &needs {
        _ if claim.holds_if.is_none() || needs.contains(&Needs::Study) => Some(0),
        _ if is_by_answer => None,
        needs if needs.contains(&Needs::Attribution) => Some(in_full.len().min(TAKEN_APART)),
        _ => Some(in_full.len()),
    };
    let n = among_first.unwrap_or(draws.len());
    let tested: Vec<Option<bool>> = draws[..n]
        .iter()
        .enumerate()
        .map(|(k, answer)| match in_full.get(k).filter(|_| !is_by_answer) {
            Some(drawn) => holds_in(answer.as_ref().ok()?, Some(drawn.as_ref()?)),
            None => holds_in(answer.as_ref().ok()?, None),
        })
        .collect();
    let n_draws = tested.iter().flatten().count();
    let n_holds = tested.iter().flatten().filter(|holds| **holds).count();
    let mut leans_on: Vec<String> = Vec::new();
    for scan in scans.iter().filter(|_| is_by_answer) {
        let differs = |answer: &Answer| holds_in(answer, None).is_some_and(|h| Ok(h) != now);
        if scan.answers.iter().flatten().any(differs) && !leans_on.contains(&scan.assumption.id) {
            leans_on.push(scan.assumption.id.clone());
        }
    }
    // Draws are far fewer than 2^52.
    #[expect(clippy::cast_precision_loss, reason = "counts of draws")]
    let share = n_holds as f64 / n_draws as f64;
    ClaimFinding {
        id: claim.id.clone(),
        text: claim.text.clone(),
        source: claim.source.clone(),
        result: match now {
            Ok(true) => Tested::Holds,
            Ok(false) => Tested::Fails,
            Err(why) => Tested::Untestable(why),
        },
        share_of_draws: (n_draws > 0).then_some(share),
        n_draws,
        n_holds,
        n_failed: n - n_draws,
        among_first,
        leans_on: is_by_answer.then_some(leans_on),
    }
}
