//! The sections of the text report after the answer.

pub mod crossed;
pub mod ladder;
pub mod study;
pub mod why;

use climbdown_lang::scenario::Scenario;
use climbdown_study::findings::{Change, Findings, Reply};

use crate::layout::{cell, push, wrap};
use crate::number::{change, given, of, plain, probability, tiny};
use crate::{Answer, number, words};

/// The three readings of the effect side by side, and what each actor gains or loses.
pub fn readings(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let what = words::measure(scenario, scenario.question.measure);
    let mut out = wrap("THREE READINGS   ", "  ", &format!("chance of {what}"));
    push(&mut out, &format!("{:58}{:>10}{:>9}{:>11}", "", "without", "with", "change"));
    let line = |name: &str, c: Option<&Change>| {
        let [without, with, delta] = c
            .map_or(["-".to_owned(), "-".to_owned(), "-".to_owned()], |c| {
                [probability(c.reference), probability(c.focal), change(c.change())]
            });
        format!("  {}{without:>10}{with:>9}{delta:>11}", cell(name, 56))
    };
    let e = &f.effect;
    push(
        &mut out,
        &line(
            "if they do it (and we learn who does)",
            e.if_they_do_it.as_ref().map(|r| &r.measure),
        ),
    );
    push(&mut out, &line("if you do it (and nothing is learnt)", Some(&e.if_you_do_it.measure)));
    push(&mut out, &line("as a policy (known to all): the headline", Some(&e.as_policy.measure)));
    push(
        &mut out,
        &format!("  Both moves are open in {} of cases at that turn.", probability(e.p_available)),
    );
    let peak = &e.as_policy.expected_peak;
    push(
        &mut out,
        &format!(
            "  {}{:>10}{:>9}{:>11}",
            cell("highest rung on average, as a policy", 56),
            plain(peak.reference),
            plain(peak.focal),
            change(peak.change())
        ),
    );
    for (actor, analyst, own) in &e.as_policy.payoffs {
        let name = format!("change of payoff, {}", words::actor_name(scenario, actor));
        push(
            &mut out,
            &format!(
                "  {}{:>11}  by own beliefs {}",
                cell(&name, 49),
                change(analyst.change()),
                change(own.change())
            ),
        );
    }
    out
}

/// How others' behaviour changes.
pub fn behaviour(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let r = &f.rules_change;
    let total = match r.total {
        Some(x) => format!("share of others' choices that change: {}", probability(x)),
        None => "no other seat decides anything".to_owned(),
    };
    let mut out = wrap("OTHER PEOPLE'S BEHAVIOUR   ", "  ", &total);
    if !r.by_seat.is_empty() {
        push(
            &mut out,
            &format!(
                "{:38}{:>10}{:>18}{:>22}",
                "", "of moves", "of kinds of act", "new options alone"
            ),
        );
    }
    for seat in &r.by_seat {
        push(
            &mut out,
            &format!(
                "  {}{:>10}{:>18}{:>22}",
                cell(words::seat_name(scenario, &seat.seat), 36),
                probability(seat.value),
                probability(seat.on_codes),
                probability(seat.by_availability)
            ),
        );
    }
    out
}

/// Reprisals.
pub fn spiral(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, .. } = answer;
    let s = &f.spiral;
    let or_dash = |x: Option<f64>| x.map_or("-".to_owned(), plain);
    let words = match s.ratio {
        None => "not measured: it needs at least two stages.".to_owned(),
        Some(r) => {
            let fate = match r {
                r if r >= 0.9 => "nearly every act is answered",
                r if r >= 0.5 => "reprisals go on for some rounds",
                r if r > 0.0 => "it dies out",
                _ => "no act draws another",
            };
            format!(
                "each escalatory act (rung {} or higher) draws {} more: {fate}. With the move {}, \
                 without it {}; by what is open alone (lambda 0) {}.",
                s.escalatory_rung,
                plain(r),
                or_dash(s.focal),
                or_dash(s.reference),
                or_dash(s.ratio_at_lambda_0)
            )
        }
    };
    let mut out = wrap("SPIRAL   ", "  ", &words);
    out.push_str(&wrap(
        "  ",
        "  ",
        &format!(
            "Weighted by rung: {}. Escalatory acts expected within the horizon: {}. P(the highest \
             rung): {}.",
            or_dash(s.severity_ratio),
            plain(s.expected_acts),
            probability(s.p_ceiling)
        ),
    ));
    out.push_str(&runs_on(answer));
    let mut strongest: Vec<&Reply> = s.replies.iter().filter(|r| r.direct != 0.0).collect();
    strongest.sort_by(|a, b| b.direct.abs().total_cmp(&a.direct.abs()));
    for r in strongest.iter().take(4) {
        let verb = if r.direct > 0.0 { "answers" } else { "is held back by" };
        let who = format!(
            "{} {verb} {}",
            turn_name(scenario, r.to.0, &r.to.1),
            turn_name(scenario, r.from.0, &r.from.1)
        );
        push(
            &mut out,
            &format!(
                "  {}directly {:>8}  in all {:>8}",
                cell(&who, 52),
                change(r.direct),
                change(r.total)
            ),
        );
    }
    out
}

/// A turn by its seat and, where the seat decides more than once in a stage, its menu.
fn turn_name(scenario: &Scenario, position: usize, seat: &str) -> String {
    let name = words::seat_name(scenario, seat);
    let Some(slot) = scenario.slots.get(position) else { return name.to_owned() };
    let times = scenario.slots.iter().filter(|s| s.seat == slot.seat).count();
    match scenario.menus.get(slot.menu.index()) {
        Some(menu) if times > 1 => format!("{name} ({menu})"),
        _ => name.to_owned(),
    }
}

/// Most rounds of an exchange that the text lists; the JSON has all.
const ROUNDS_SHOWN: usize = 4;

/// How long an exchange that starts with the move, or with its alternative, runs on.
fn runs_on(answer: &Answer<'_>) -> String {
    let Answer { findings: f, .. } = answer;
    let rounds = match &f.spiral.p_rounds {
        Some(rounds) if !rounds.is_empty() => rounds,
        _ => return String::new(),
    };
    let shown = rounds.iter().enumerate().take(ROUNDS_SHOWN).map(|(n, p)| {
        let (with, without) = (probability(p.focal), probability(p.reference));
        format!("{} {with} ({without})", of(n + 1, "round"))
    });
    let text = format!(
        "P(an exchange that \"{}\" starts runs on for at least so many rounds; in brackets one that \
         \"{}\" starts): {}.",
        f.question.focal,
        f.question.reference,
        shown.collect::<Vec<_>>().join(", ")
    );
    wrap("  ", "  ", &text)
}

/// The headline at other Λ.
pub fn band(answer: &Answer<'_>) -> String {
    let f = answer.findings;
    if f.band.is_empty() {
        return String::new();
    }
    let mut out = wrap(
        "BAND   ",
        "  ",
        "the same question at other precisions of choice (lambda: 0 a coin toss, large a best reply)",
    );
    push(
        &mut out,
        &format!("  {:>8}{:>10}{:>9}{:>11}   {}", "lambda", "without", "with", "change", "degree"),
    );
    for b in &f.band {
        let lambda = given(b.lambda);
        let line = match (&b.measure, b.degree) {
            (Some(m), Some(degree)) => format!(
                "  {lambda:>8}{:>10}{:>9}{:>11}   {}{}",
                probability(m.reference),
                probability(m.focal),
                change(m.change()),
                words::degree(degree),
                if b.traced { "" } else { "   (not followed from lambda 0)" }
            ),
            _ => format!("  {lambda:>8}   not solved"),
        };
        push(&mut out, &line);
    }
    out
}

/// How the numbers were checked, and what is needed to repeat them.
pub fn checked(answer: &Answer<'_>) -> String {
    let Answer { findings: f, scenario, run } = answer;
    let c = &f.certificate.certificate;
    let sentence = |c: &quantal::Certificate| {
        format!(
            "log-residual {}, largest regret {} stakes, {}",
            tiny(c.residual),
            plain(c.max_regret),
            words::branch_sentence(c.branch)
        )
    };
    let stakes: Vec<String> = f
        .certificate
        .actors
        .iter()
        .zip(&c.players)
        .map(|(actor, player)| format!("{actor} {}", given(player.unit)))
        .collect();
    let mut out = wrap(
        "CHECKED   ",
        "  ",
        &format!("solved at lambda {}: {}.", given(c.lambda.get()), sentence(c)),
    );
    for (name, c) in ["with", "without"].iter().zip(&f.policy_certificates) {
        out.push_str(&wrap("  ", "    ", &format!("Policy game {name}: {}.", sentence(c))));
    }
    out.push_str(&wrap("  ", "    ", &format!("Stakes: {}.", stakes.join(", "))));
    if !c.excluded.is_empty() {
        let n = number::of(c.excluded.len(), "information set");
        out.push_str(&wrap(
            "  ",
            "    ",
            &format!("Held impossible by their owners, and left out of residual and regret: {n}."),
        ));
    }
    let size = &f.game;
    out.push_str(&wrap(
        "  ",
        "    ",
        &format!(
            "Game: {} nodes, {} edges, {} information sets, {}. Memory: {}.",
            number::count(size.nodes),
            number::count(size.edges),
            number::count(size.infosets),
            number::of(size.seats, "seat"),
            match run.memory {
                climbdown_lang::scenario::Memory::Situation => "situation",
                climbdown_lang::scenario::Memory::History => "history",
            }
        ),
    ));
    if let Some(study) = &f.study {
        out.push_str(&study::checked(study));
    }
    let overrides = if run.overrides.is_empty() {
        String::new()
    } else {
        let list: Vec<String> =
            run.overrides.iter().map(|(name, x)| format!("{name} = {}", given(*x))).collect();
        format!(" Set by hand: {}.", list.join(", "))
    };
    out.push_str(&wrap(
        "  ",
        "    ",
        &format!(
            "Seed {}. Scenario {} sha256 {}. Climbdown {}.{overrides}",
            run.seed,
            scenario.id,
            run.sha256.get(..16).unwrap_or(&run.sha256),
            run.version
        ),
    ));
    out
}

/// What to be careful about.
pub fn caution(answer: &Answer<'_>) -> String {
    let (judgement, all) = judged(answer.scenario);
    let mut out = wrap(
        "CAUTION   ",
        "  ",
        &format!(
            "! {judgement} of {all} numbers are judgement. Every number: climbdown explain {} --why NAME",
            answer.scenario.id
        ),
    );
    for caveat in &answer.findings.caveats {
        out.push_str(&wrap("  ! ", "    ", &caveat.text));
    }
    let not_there = not_computed(answer.findings);
    if !not_there.is_empty() {
        out.push_str(&wrap("  ", "  ", &format!("Not computed: {}.", not_there.join("; "))));
    }
    out
}

/// What a reader might look for in this answer and does not find, in words. What has no value here for a
/// reason of its own has its place in the report say so.
fn not_computed(f: &Findings) -> Vec<&'static str> {
    let mut all = Vec::new();
    let has_caveat = |about: &str| f.caveats.iter().any(|c| c.about.as_deref() == Some(about));
    if f.attribution.is_none() && !has_caveat("attribution") {
        all.push("what each part of the act does (left out by --quick)");
    }
    match &f.study {
        None => all.push(
            "how far the answer holds over the ranges of the numbers, what carries it, rival explanations, the \
             text claim by claim, ways back down (a study makes them; this answer was made without one)",
        ),
        Some(study) => {
            if study.bands.is_empty() {
                all.push("intervals: no draw has an answer");
            }
            if study.influences.is_none() {
                all.push("the share of each number in the variance: the draws do not tell");
            }
            if f.off_ramps.is_none() && !has_caveat("off_ramps") {
                all.push("ways back down");
            }
            if f.off_ramps.as_ref().is_some_and(|o| !o.options.is_empty() && o.draws == 0) {
                all.push("in how many draws a way back down is enough (offramps tries that)");
            }
        }
    }
    all.push("other equilibria (solve --equilibria N searches for them)");
    all.push("regions of the ranges in which the move backfires (study looks for them)");
    all
}

/// How many numbers of the file rest on judgement first, of how many: parameters, stakes, the start rung
/// and the thresholds of the verdict.
pub fn judged(scenario: &Scenario) -> (usize, usize) {
    let is_judgement = |source: &str| source.trim_start().to_lowercase().starts_with("judgement");
    let flags: Vec<bool> = scenario
        .parameters
        .iter()
        .map(climbdown_lang::scenario::Parameter::is_judgement)
        .chain(scenario.actors.iter().map(|a| is_judgement(&a.stake_source)))
        .chain([
            is_judgement(&scenario.start_rung_source),
            is_judgement(&scenario.question.thresholds.source),
        ])
        .collect();
    (flags.iter().filter(|&&j| j).count(), flags.len())
}
