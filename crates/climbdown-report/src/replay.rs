//! The replay for people: scores first, then step by step, what surprised, what can be told apart.

use climbdown_lang::precedent::cell;
use climbdown_lang::scenario::Scenario;
use climbdown_study::replay::{Replay, SMOOTHING, Score, SetBelief, Step, TOLD_APART};

use crate::layout::{cell as column, heading, push, wrap};
use crate::number::{given, plain, probability, tiny};
use crate::{RunInfo, number, words};

/// A replay and all that its report quotes.
#[derive(Clone, Copy, Debug)]
pub struct Replayed<'a> {
    /// What was found.
    pub replay: &'a Replay,
    /// Of what.
    pub scenario: &'a Scenario,
    /// How it was run.
    pub run: &'a RunInfo,
}

/// How many of the least expected steps are listed.
const MOST_SURPRISES: usize = 3;

/// The whole report.
#[must_use]
pub fn text(replayed: &Replayed<'_>) -> String {
    let mut out = head(replayed);
    let parts = [
        scores(replayed),
        calibration(replayed),
        steps(replayed),
        surprises(replayed),
        explanations(replayed),
        beliefs(replayed),
        checked(replayed),
        caution(replayed),
    ];
    for part in parts.iter().filter(|p| !p.is_empty()) {
        out.push('\n');
        out.push_str(part);
    }
    out
}

fn head(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, .. } = replayed;
    let mut out = heading(&scenario.title, &scenario.id);
    let absorbed: usize = r.steps.iter().map(|s| s.absorbed.len()).sum();
    let mut parts = vec![
        format!("Replay of {}", number::of(r.acts.n, "observed act")),
        number::of(r.silences.n, "silence"),
    ];
    if r.n_unobserved > 0 {
        parts.push(format!("{} of which nothing is known", number::of(r.n_unobserved, "turn")));
    }
    if absorbed > 0 {
        parts.push(format!("{} absorbed by another of the same turn", number::of(absorbed, "row")));
    }
    if !r.outside.is_empty() {
        let outside = number::of(r.outside.len(), "row");
        parts.push(format!("{outside} outside the time of the game left out"));
    }
    out.push_str(&wrap("", "", &format!("{}.", parts.join(", "))));
    out
}

/// Whom the model beats on observed acts, by log score, and who beats it.
fn comparison(r: &Replay) -> String {
    let ours = r.acts.model.log;
    let pick = |is_better: bool| -> String {
        let pairs = r.baselines.iter().zip(&r.acts.baselines);
        let names = pairs.filter(|(_, s)| (ours > s.log) == is_better).map(|(n, _)| forecaster(n));
        names.collect::<Vec<_>>().join("; ")
    };
    let (beaten, better) = (pick(true), pick(false));
    let part = |words: &str, list: &str| {
        if list.is_empty() { String::new() } else { format!(" {words}: {list}.") }
    };
    format!(
        "Observed acts by log score.{}{}",
        part("Better than", &beaten),
        part("Not better than", &better)
    )
}

/// What people call a forecaster.
fn forecaster(name: &str) -> String {
    match name {
        "uniform" => "every open move alike".to_owned(),
        "persistence" => format!("the last move there again ({} spread)", given(SMOOTHING)),
        "base_rates" => "rungs as often as before".to_owned(),
        "file_values" => "the model at the file's values alone".to_owned(),
        other => other.to_owned(),
    }
}

fn scores(replayed: &Replayed<'_>) -> String {
    let r = replayed.replay;
    let mut out = wrap(
        "SCORES   ",
        "  ",
        "log: natural logarithm of the probability given to what happened, 0 is best. Brier: over \
         all events, 0 is best, 2 worst. Under this model, its numbers as they stand in the file.",
    );
    if r.acts.n > 0 {
        out.push_str(&wrap("  ", "  ", &comparison(r)));
    }
    for (name, tally) in [("observed acts", &r.acts), ("silences", &r.silences)] {
        if tally.n == 0 {
            continue;
        }
        let title = format!("  {} {name}", number::count(tally.n));
        push(
            &mut out,
            &format!("{title:52}{:>9}{:>10}{:>9}{:>10}", "log", "each", "Brier", "each"),
        );
        out.push_str(&line("the model", tally.n, tally.model));
        for (name, sum) in r.baselines.iter().zip(&tally.baselines) {
            out.push_str(&line(&forecaster(name), tally.n, *sum));
        }
        for p in &tally.people {
            let on = format!("{} on {} of them", p.who, number::count(p.n));
            out.push_str(&line(&on, p.n, p.own));
            out.push_str(&line("  the model on the same", p.n, p.model));
        }
    }
    out
}

fn line(name: &str, n: usize, sum: Score) -> String {
    let mean = sum.per(n);
    let [log, brier] =
        [mean.map(|m| m.log), mean.map(|m| m.brier)].map(|x| x.map_or("-".to_owned(), score));
    let mut out = String::new();
    let name = column(name, 48);
    push(
        &mut out,
        &format!("    {name}{:>9}{log:>10}{:>9}{brier:>10}", score(sum.log), score(sum.brier)),
    );
    out
}

fn score(x: f64) -> String {
    if x == f64::NEG_INFINITY { "-inf".to_owned() } else { plain(x) }
}

/// Fewer event forecasts than this are not shown by bin: two or three in a bin say nothing; by feel.
const ENOUGH: f64 = 30.0;

/// Columns from 0 to 1.
const SCALE: usize = 40;

fn calibration(replayed: &Replayed<'_>) -> String {
    let found = &replayed.replay.calibration;
    let Some(parts) = found.parts.filter(|_| found.n >= ENOUGH) else { return String::new() };
    let intro = format!(
        "whether probabilities came true: {} event forecasts of observed acts by size; f is the mean \
         forecast, o the observed share, * both. Mean Brier score {} = reliability {} - resolution {} + \
         uncertainty {} + within bins {}.",
        number::given((found.n * 10.0).round() / 10.0),
        plain(parts.brier),
        plain(parts.reliability),
        plain(parts.resolution),
        plain(parts.uncertainty),
        plain(parts.within),
    );
    let mut out = wrap("CALIBRATION   ", "  ", &intro);
    push(
        &mut out,
        &format!("  {:12}{:>6}{:>10}{:>10}  0{:>SCALE$}", "", "n", "forecast", "observed", 1),
    );
    for bin in &found.bins {
        let mut scale = vec!['.'; SCALE + 1];
        let (mut forecast, mut observed) = ("-".to_owned(), "-".to_owned());
        if let Some((f, o)) = bin.forecast.zip(bin.observed) {
            let at =
                |p: f64| (0..SCALE).take_while(|c| (*c as f64 + 0.5) / SCALE as f64 <= p).count();
            scale[at(f)] = 'f';
            scale[at(o)] = if at(f) == at(o) { '*' } else { 'o' };
            (forecast, observed) = (probability(f), probability(o));
        }
        let scale: String = scale.into_iter().collect();
        push(
            &mut out,
            &format!(
                "  {:.1} to {:.1}  {:>6.1}{forecast:>10}{observed:>10}  {scale}",
                bin.from, bin.to, bin.n
            ),
        );
    }
    out
}

fn steps(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, .. } = replayed;
    if r.steps.is_empty() {
        return String::new();
    }
    let mut out = wrap(
        "STEP BY STEP   ",
        "  ",
        "before each turn the forecast of what then happened, and what else was thought likelier \
         than one in twenty. \"No act\" is a turn without a row, dated by its stage.",
    );
    for step in &r.steps {
        let is_observed = |event: &str| step.accounts.iter().any(|a| a.event == event);
        let who = words::seat_name(scenario, &step.seat);
        let p = step.accounts.first().map_or(0.0, |a| a.probability);
        let mut others: Vec<&(String, f64)> =
            step.forecast.iter().filter(|(e, p)| !is_observed(e) && *p >= 0.05).collect();
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
        let instead: Vec<String> =
            others.iter().map(|(e, p)| format!("{e} {}", probability(*p))).collect();
        let p = if step.accounts.len() > 1 { "disputed".to_owned() } else { probability(p) };
        let first =
            format!("  {} {} {} {p:>8}", step.date, column(who, 14), column(&step.observed, 32));
        out.push_str(&wrap(&format!("{first}  "), &" ".repeat(4), &instead.join(", ")));
        if step.accounts.len() > 1 {
            for a in &step.accounts {
                let name = a.name.as_deref().unwrap_or("no name");
                push(
                    &mut out,
                    &format!(
                        "      {name} (weight {}): {} {}",
                        given(a.weight),
                        a.event,
                        probability(a.probability)
                    ),
                );
            }
        }
        for &at in &step.absorbed {
            if let Some(row) = scenario.history.as_ref().and_then(|h| h.rows.get(at)) {
                push(&mut out, &format!("      absorbed: {} {}", row.date, cell(row, "move")));
            }
        }
    }
    out
}

fn surprises(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, .. } = replayed;
    let mut acts: Vec<&Step> = r.steps.iter().filter(|s| s.row.is_some()).collect();
    acts.sort_by(|a, b| a.score.log.total_cmp(&b.score.log));
    if acts.is_empty() {
        return String::new();
    }
    let mut out = wrap("WHAT SURPRISED MOST   ", "  ", "observed acts with the lowest log score");
    for step in acts.iter().take(MOST_SURPRISES) {
        let likeliest = step.forecast.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let expected = match likeliest {
            Some((event, _)) if *event == step.observed => {
                "it was the likeliest event all the same".to_owned()
            }
            Some((event, p)) => format!("likeliest was {event}, {}", number::chance(*p)),
            None => String::new(),
        };
        out.push_str(&wrap(
            "  ",
            "    ",
            &format!(
                "{}, {}: {} (log {}); {expected}.",
                words::day(&step.date),
                words::seat_name(scenario, &step.seat),
                step.observed,
                score(step.score.log),
            ),
        ));
    }
    out
}

fn explanations(replayed: &Replayed<'_>) -> String {
    let r = replayed.replay;
    if r.hypotheses.is_empty() {
        return String::new();
    }
    let rule = format!(
        "prior and posterior by everything observed. A set is told apart if {} or more of the \
         probability has moved.",
        given(TOLD_APART)
    );
    let mut out = wrap("WHAT CAN BE TOLD APART   ", "  ", &rule);
    for set in &r.hypotheses {
        let (kind, verdict) = (kind(set), verdict(set));
        out.push_str(&wrap(&format!("  {}   ", set.id), "    ", &format!("{verdict} ({kind})")));
        for h in &set.hypotheses {
            let posterior = h.posterior.map_or("-".to_owned(), probability);
            push(
                &mut out,
                &format!("    {}{:>8} -> {posterior:>7}", column(&h.id, 24), probability(h.prior)),
            );
        }
        let mut alike: Vec<Vec<&str>> = Vec::new();
        for h in set.hypotheses.iter().filter(|h| !h.same_as.is_empty()) {
            let mut group: Vec<&str> =
                h.same_as.iter().map(String::as_str).chain([h.id.as_str()]).collect();
            group.sort_unstable();
            if !alike.contains(&group) {
                alike.push(group);
            }
        }
        for group in alike {
            out.push_str(&wrap(
                "    ",
                "    ",
                &format!(
                    "Nothing that can be observed tells apart {}: they fix the same.",
                    group.join(", ")
                ),
            ));
        }
    }
    out
}

fn kind(set: &SetBelief) -> &'static str {
    if set.fixes_parameter {
        "each is another game, solved anew"
    } else {
        "each is a type; the game stays"
    }
}

fn verdict(set: &SetBelief) -> String {
    match (set.told_apart, set.distance) {
        (Some(true), Some(moved)) => {
            format!("told apart in part: {} has moved", probability(moved))
        }
        (Some(false), Some(moved)) => {
            format!("cannot be told apart by what was observed: {} has moved", probability(moved))
        }
        _ => "not computed".to_owned(),
    }
}

fn beliefs(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, .. } = replayed;
    let Some(last) = r.steps.last().filter(|s| !s.beliefs.is_empty()) else { return String::new() };
    let mut out = wrap(
        "WHO BELIEVES WHAT   ",
        "  ",
        "before the first and after the last observation; actors by what could be seen from outside",
    );
    for before in &r.first_beliefs {
        let Some(after) =
            last.beliefs.iter().find(|b| b.by == before.by && b.about == before.about)
        else {
            continue;
        };
        let by = if before.by == "analyst" {
            "the analyst".to_owned()
        } else {
            words::actor_name(scenario, &before.by).to_owned()
        };
        let values: Vec<String> = before
            .values
            .iter()
            .zip(&after.values)
            .map(|((value, a), (_, b))| {
                format!("{value} {} -> {}", probability(*a), probability(*b))
            })
            .collect();
        let first = format!("  {} {} ", column(&by, 20), column(&before.about, 18));
        out.push_str(&wrap(&first, &" ".repeat(42), &values.join(", ")));
    }
    out
}

fn checked(replayed: &Replayed<'_>) -> String {
    let Replayed { replay: r, scenario, run } = replayed;
    let sentence = |c: &quantal::Certificate| {
        format!(
            "log-residual {}, largest regret {} stakes, {}",
            tiny(c.residual),
            plain(c.max_regret),
            words::branch_sentence(c.branch)
        )
    };
    let c = &r.certificate.certificate;
    let mut out = wrap(
        "CHECKED   ",
        "  ",
        &format!("solved at lambda {}: {}.", given(c.lambda.get()), sentence(c)),
    );
    for rival in &r.rivals {
        let names: Vec<String> = rival.holds.iter().map(|(s, h)| format!("{s}.{h}")).collect();
        let text = format!("Under {}: {}.", names.join(", "), sentence(&rival.certificate));
        out.push_str(&wrap("  ", "    ", &text));
    }
    let size = &r.size;
    let overrides: Vec<String> =
        run.overrides.iter().map(|(name, x)| format!("{name} = {}", given(*x))).collect();
    let by_hand = if overrides.is_empty() {
        String::new()
    } else {
        format!(" Set by hand: {}.", overrides.join(", "))
    };
    out.push_str(&wrap(
        "  ",
        "    ",
        &format!(
            "Game: {} nodes, {} edges, {} information sets. Scenario {} sha256 {}. Climbdown {}.{by_hand}",
            number::count(size.nodes),
            number::count(size.edges),
            number::count(size.infosets),
            scenario.id,
            run.sha256.get(..16).unwrap_or(&run.sha256),
            run.version
        ),
    ));
    out
}

fn caution(replayed: &Replayed<'_>) -> String {
    let r = replayed.replay;
    let mut out = wrap(
        "CAUTION   ",
        "  ",
        "! Few steps: a difference of scores may be luck. Whoever writes a scenario after the events \
         knows them; its README says what was tuned to the outcome.",
    );
    for caveat in &r.caveats {
        out.push_str(&wrap("  ! ", "    ", &caveat.text));
    }
    out
}
