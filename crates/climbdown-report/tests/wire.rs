//! The JSON of `assess` against its contract: every key, of the right type, and every null explained.

mod support;

use climbdown_report::{Answer, wire};
use serde_json::Value;

fn value() -> Value {
    let (findings, scenario, run) = (support::findings(), support::scenario(), support::run());
    let text = wire::answer(&Answer { findings: &findings, scenario: &scenario, run: &run });
    serde_json::from_str(&text).expect("the report is JSON")
}

/// Path and type: n number, s string, b boolean, o object, a array; a letter followed by `?` may be null.
/// `[]` stands for the first entry of a list.
const KEYS: &str = "
climbdown.version s, climbdown.schema n,
scenario.id s, scenario.title s, scenario.sha256 s,
run.seed n, run.lambda n, run.memory s, run.tolerance n, run.draws n?, run.failed_draws n?, run.overrides o,
run.as_of s?, as_of o?,
game.nodes n, game.edges n, game.infosets n, game.actors n, game.seats n, game.stages n,
certificate.lambda n, certificate.actors.[].actor s, certificate.actors.[].stake n,
certificate.actors.[].lambda_raw n, certificate.actors.[].max_regret n, certificate.residual n,
certificate.max_regret n, certificate.mean_regret n, certificate.steps n, certificate.branch s,
certificate.converged b, certificate.other_equilibria a?,
question.seat s, question.stage n, question.focal s, question.reference s, question.until s,
question.focal_act s, question.reference_act s, question.measure s,
outcome.start_rung n, outcome.expected_peak n, outcome.rungs.[].rung n, outcome.rungs.[].name s,
outcome.rungs.[].p_peak_at_least n, outcome.by_stage.[].stage n, outcome.by_stage.[].date s,
outcome.by_stage.[].rungs.[].rung n, outcome.by_stage.[].rungs.[].p_peak_at_least n,
outcome.firebreaks.[].id s, outcome.firebreaks.[].name s, outcome.firebreaks.[].already_crossed b,
outcome.firebreaks.[].p_cross n, outcome.firebreaks.[].deliberate n,
outcome.firebreaks.[].inadvertent n, outcome.firebreaks.[].accidental n,
outcome.firebreaks.[].seen_by.[].actor s, outcome.firebreaks.[].seen_by.[].p_cross n,
effect.headline s, effect.p_available n, effect.if_they_do_it o?, effect.if_you_do_it o, effect.as_policy o,
effect.as_policy.measure.focal n, effect.as_policy.measure.reference n,
effect.as_policy.measure.change n, effect.as_policy.measure.interval a?,
effect.as_policy.expected_peak.focal n, effect.as_policy.expected_peak.reference n,
effect.as_policy.expected_peak.change n, effect.as_policy.expected_peak.interval a?,
effect.as_policy.rungs.[].rung n, effect.as_policy.rungs.[].focal n,
effect.as_policy.rungs.[].reference n, effect.as_policy.rungs.[].change n,
effect.as_policy.rungs.[].interval a?,
effect.as_policy.firebreaks.[].id s, effect.as_policy.firebreaks.[].focal n,
effect.as_policy.firebreaks.[].reference n, effect.as_policy.firebreaks.[].change n,
effect.as_policy.firebreaks.[].interval a?, effect.as_policy.firebreaks.[].deliberate.focal n,
effect.as_policy.firebreaks.[].inadvertent.reference n,
effect.as_policy.firebreaks.[].accidental.change n,
effect.as_policy.by_stage.[].stage n, effect.as_policy.by_stage.[].rungs.[].change n,
effect.as_policy.payoffs.[].actor s, effect.as_policy.payoffs.[].by_analyst.focal n,
effect.as_policy.payoffs.[].by_own_beliefs.change n,
effect.if_you_do_it.measure.focal n, effect.if_you_do_it.payoffs.[].actor s,
kind.firebreaks a, kind.red_lines.[].id s, kind.red_lines.[].owner s, kind.red_lines.[].stated b,
kind.red_lines.[].actual b, kind.norms a, kind.treaties a, kind.first a?,
rules_change.total n?, rules_change.by_seat.[].seat s, rules_change.by_seat.[].value n,
rules_change.by_seat.[].on_codes n, rules_change.by_seat.[].by_availability n,
attribution.measure s, attribution.total n, attribution.shares.[].axis s, attribution.shares.[].value n,
attribution.shares.[].first_in n, attribution.shares.[].last_out n, attribution.shares.[].same b,
attribution.remainder n, attribution.games n,
spiral.replies.[].from n, spiral.replies.[].to n, spiral.replies.[].total n, spiral.replies.[].direct n,
spiral.p_rounds a?, spiral.p_rounds.[].rounds n, spiral.p_rounds.[].focal n,
spiral.p_rounds.[].reference n, spiral.p_rounds.[].change n, spiral.ratio n?, spiral.ratio_at_lambda_0 n?, spiral.severity_ratio n?,
spiral.inhibition a, spiral.expected_acts n, spiral.p_ceiling n, spiral.focal n?, spiral.reference n?,
assumptions a?, hypotheses a?, claims a?, boxes a?, off_ramps a?,
band.[].lambda n, band.[].measure.focal n, band.[].measure.change n, band.[].verdict s,
verdict.kind s, verdict.degree s, verdict.sign s, verdict.margin n, verdict.share_of_draws n?,
verdict.rule s, verdict.sentence s,
caveats a";

#[test]
fn every_key_of_the_contract_is_there_with_its_type() {
    let root = value();
    for entry in KEYS.split(',').map(str::trim) {
        let (path, kind) = entry.split_once(' ').expect("a path and a type");
        let mut at = &root;
        for key in path.split('.') {
            let next = if key == "[]" { at.get(0) } else { at.get(key) };
            at = next.unwrap_or_else(|| panic!("{path}: no {key}"));
        }
        let is_right = match kind.chars().next() {
            Some('n') => at.is_number(),
            Some('s') => at.is_string(),
            Some('b') => at.is_boolean(),
            Some('o') => at.is_object(),
            Some('a') => at.is_array(),
            other => panic!("unknown type {other:?}"),
        };
        assert!(is_right || (kind.ends_with('?') && at.is_null()), "{path} is {at}");
    }
}

#[test]
fn every_null_has_a_caveat() {
    let root = value();
    let abouts: Vec<Vec<String>> = root["caveats"]
        .as_array()
        .expect("caveats are a list")
        .iter()
        .filter_map(|c| c["about"].as_str())
        .map(|about| about.split('.').map(str::to_owned).collect())
        .collect();
    let mut open = vec![(Vec::<String>::new(), &root)];
    while let Some((path, at)) = open.pop() {
        match at {
            Value::Null if path.last().is_some_and(|key| key != "about") => {
                let is_explained =
                    abouts.iter().any(|about| path.windows(about.len()).any(|keys| keys == about));
                assert!(is_explained, "{} is null and no caveat says why", path.join("."));
            }
            Value::Object(map) => open.extend(map.iter().map(|(key, v)| {
                let mut path = path.clone();
                path.push(key.clone());
                (path, v)
            })),
            Value::Array(list) => open.extend(list.iter().map(|v| (path.clone(), v))),
            _ => {}
        }
    }
}

#[test]
fn numbers_are_written_so_that_they_read_back_the_same() {
    let (mut findings, scenario, run) = (support::findings(), support::scenario(), support::run());
    let odd = 0.1 + 0.2;
    findings.outcome.expected_peak = odd;
    let text = wire::answer(&Answer { findings: &findings, scenario: &scenario, run: &run });
    assert!(text.contains("0.30000000000000004"));
    let back: Value = serde_json::from_str(&text).expect("the report is JSON");
    assert_eq!(back["outcome"]["expected_peak"].as_f64(), Some(odd));
}
