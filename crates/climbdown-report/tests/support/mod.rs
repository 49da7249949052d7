//! A small answer made up by hand, to test how answers are written, not what they are.

use climbdown_lang::expr::Expr;
use climbdown_lang::hybrid::{Axis, AxisSet};
use climbdown_lang::scenario::*;
use climbdown_lang::source::Span;
use climbdown_report::RunInfo;
use climbdown_study::findings::{
    Attribution, BandPoint, Caveat, Change, Crossing, Degree, Effect, Findings, FirebreakChange,
    First, GameSize, IsFirst, Kind, LineTouched, NamedCertificate, Outcome, Precedent,
    QuestionAsked, Reading, Reply, RulesChange, RungProbability, SeatChange, Share, Sign, Spiral,
    Verdict,
};
use quantal::{Branch, Certificate, Lambda, PlayerCertificate};

const HERE: Span = Span { file: 0, start: 0, end: 1 };

fn thresholds() -> Thresholds {
    Thresholds {
        major: 0.1,
        minor: 0.02,
        ratio: 2.0,
        stated_line_is_major: false,
        source: "judgement".to_owned(),
    }
}

fn ladder() -> Ladder {
    let names = ["Rivalry", "Local war", "Sanctuary erosion", "Strategic coercion of a long name"];
    Ladder {
        id: "short".to_owned(),
        title: "A short ladder".to_owned(),
        source: "judgement".to_owned(),
        roles: vec!["patron".to_owned(), "adversary".to_owned()],
        attributes: Vec::new(),
        rungs: names
            .iter()
            .zip(0u8..)
            .map(|(name, rung)| Rung {
                rung,
                name: (*name).to_owned(),
                when: Expr::Number(1.0),
                mappings: Vec::new(),
            })
            .collect(),
        firebreaks: vec![
            firebreak("F1", "organised violence", 0),
            firebreak("F2", "patron's weapons on a homeland", 1),
            firebreak("F3", "strategic means", 2),
        ],
        thresholds: thresholds(),
    }
}

fn firebreak(id: &str, name: &str, below: u8) -> Firebreak {
    Firebreak { id: id.to_owned(), name: name.to_owned(), below, above: below + 1 }
}

fn actor(id: &str, name: &str, role: u16) -> Actor {
    Actor {
        id: id.to_owned(),
        name: name.to_owned(),
        role,
        discount: Expr::Number(1.0),
        stake: Expr::Number(1.0),
        stake_source: "judgement".to_owned(),
        ladder: LadderId(0),
        span: HERE,
    }
}

fn a_move(id: &str, text: &str) -> Move {
    Move {
        id: id.to_owned(),
        text: Some(text.to_owned()),
        menus: vec![MenuId(0)],
        when: None,
        attributes: Vec::new(),
        perceived: Vec::new(),
        set: Vec::new(),
        pays: Vec::new(),
        hidden: None,
        signal: None,
        variant_of: None,
        source: None,
        span: HERE,
    }
}

/// A scenario with everything that reports quote.
pub fn scenario() -> Scenario {
    Scenario {
        id: "made-up".to_owned(),
        title: "Permission to strike across a border".to_owned(),
        summary: None,
        ladders: vec![ladder()],
        start_rung: 1,
        start_rung_source: "a source".to_owned(),
        memory: Memory::Situation,
        lambda: 5.0,
        time: Time { start: jiff::civil::date(2030, 3, 4), stage_hours: 168, horizon: 3 },
        slots: vec![
            Slot { seat: SeatId(0), menu: MenuId(0), group: 0, span: HERE },
            Slot { seat: SeatId(1), menu: MenuId(1), group: 1, span: HERE },
        ],
        menus: vec!["permission".to_owned(), "reply".to_owned()],
        actors: vec![actor("north", "North", 0), actor("south", "South", 1)],
        seats: ["capital", "palace"]
            .iter()
            .map(|id| Seat {
                id: (*id).to_owned(),
                name: format!("The {id}"),
                occupant: VariableId(0),
                span: HERE,
            })
            .collect(),
        variables: Vec::new(),
        peak: VariableId(0),
        peak_seen: Vec::new(),
        draws: Vec::new(),
        calendar: Vec::new(),
        moves: vec![a_move("grant", "grant it"), a_move("keep", "keep the ban")],
        red_lines: Vec::new(),
        norms: Vec::new(),
        hazards: Vec::new(),
        ends: Vec::new(),
        horizon_pays: Vec::new(),
        upkeep: Vec::new(),
        parameters: ["judgement", "Author 1990"]
            .iter()
            .map(|source| Parameter {
                name: format!("p_{}", source.len()),
                value: 0.5,
                range: Some((0.0, 1.0)),
                distribution: Distribution::Uniform,
                unit: "probability".to_owned(),
                source: (*source).to_owned(),
                span: HERE,
            })
            .collect(),
        correlations: Vec::new(),
        quantities: Vec::new(),
        assumptions: Vec::new(),
        hypothesis_sets: Vec::new(),
        levers: Vec::new(),
        claims: Vec::new(),
        question: Question {
            seat: SeatId(0),
            stage: 0,
            slot: SlotId(0),
            focal: MoveId(0),
            reference: MoveId(1),
            until: Until::Tenure,
            focal_act: MoveId(0),
            reference_act: MoveId(1),
            measure: Measure::Rung(3),
            escalatory_rung: None,
            impossible: Vec::new(),
            thresholds: thresholds(),
            span: HERE,
        },
        history: None,
        forecasts: Vec::new(),
    }
}

fn certificate() -> Certificate {
    Certificate {
        lambda: Lambda::new(5.0).expect("5 is a precision"),
        players: vec![
            PlayerCertificate { unit: 1.0, lambda_raw: 5.0, max_regret: 0.01 },
            PlayerCertificate { unit: 2.0, lambda_raw: 2.5, max_regret: 0.02 },
        ],
        residual: 3e-11,
        max_regret: 0.02,
        mean_regret: 0.005,
        steps: 120,
        branch: Branch::Traced,
        converged: true,
        distance_to_singular: None,
        excluded: Vec::new(),
    }
}

fn reading() -> Reading {
    let c = |focal, reference| Change { focal, reference };
    Reading {
        measure: c(0.46, 0.24),
        expected_peak: c(1.9, 1.4),
        rungs: vec![(0, c(1.0, 1.0)), (1, c(1.0, 1.0)), (2, c(0.93, 0.35)), (3, c(0.46, 0.24))],
        firebreaks: [("F1", 0.0), ("F2", 0.9), ("F3", 0.46)]
            .iter()
            .map(|&(id, p)| FirebreakChange {
                id: id.to_owned(),
                p_cross: c(p, p / 2.0),
                deliberate: c(p, p / 2.0),
                inadvertent: c(0.0, 0.0),
                accidental: c(0.0, 0.0),
            })
            .collect(),
        by_stage: vec![(0, vec![(3, c(0.1, 0.05))])],
        payoffs: vec![("north".to_owned(), c(0.5, 0.4), c(0.45, 0.4))],
    }
}

/// Findings that agree with [`scenario`].
pub fn findings() -> Findings {
    let rung = |(rung, p): (u8, f64)| RungProbability {
        rung,
        name: format!("rung {rung}"),
        p_peak_at_least: p,
    };
    let rungs: Vec<_> = [(0, 1.0), (1, 1.0), (2, 0.5), (3, 0.3)].map(rung).into();
    let reply = |from: usize, to: usize, direct: f64| Reply {
        from: (from, ["capital", "palace"][from].to_owned()),
        to: (to, ["capital", "palace"][to].to_owned()),
        total: direct,
        direct,
    };
    Findings {
        game: GameSize {
            nodes: 21_664,
            edges: 60_000,
            infosets: 300,
            actors: 2,
            seats: 2,
            stages: 3,
        },
        certificate: NamedCertificate {
            actors: vec!["north".to_owned(), "south".to_owned()],
            certificate: certificate(),
        },
        policy_certificates: [certificate(), certificate()],
        question: QuestionAsked {
            seat: "capital".to_owned(),
            stage: 0,
            date: "2030-03-04".to_owned(),
            focal: "grant".to_owned(),
            reference: "keep".to_owned(),
            until: "tenure".to_owned(),
            focal_act: "grant".to_owned(),
            reference_act: "keep".to_owned(),
            measure: "rungs.3".to_owned(),
        },
        as_of: None,
        outcome: Outcome {
            start_rung: 1,
            expected_peak: 1.6,
            rungs: rungs.clone(),
            by_stage: vec![(0, "2030-03-04".to_owned(), rungs)],
            firebreaks: ["F1", "F2", "F3"]
                .iter()
                .enumerate()
                .map(|(i, id)| Crossing {
                    id: (*id).to_owned(),
                    name: ladder().firebreaks[i].name.clone(),
                    already_crossed: i == 0,
                    p_cross: 0.3,
                    deliberate: 0.2,
                    inadvertent: 0.06,
                    accidental: 0.04,
                    seen_by: vec![("south".to_owned(), 0.01)],
                })
                .collect(),
        },
        effect: Effect {
            p_available: 1.0,
            if_they_do_it: None,
            if_you_do_it: reading(),
            as_policy: reading(),
        },
        firsts: Some(vec![First {
            key: "F2".to_owned(),
            answer: IsFirst::Disputed,
            precedents: vec![Precedent {
                date: "2029-06-01".to_owned(),
                seat: "northport".to_owned(),
                actor: String::new(),
                made: String::new(),
                account: "press".to_owned(),
                is_agreed: false,
                source: "s".to_owned(),
            }],
        }]),
        kind: Kind {
            firebreaks: vec!["F2".to_owned()],
            red_lines: vec![LineTouched {
                id: "border".to_owned(),
                owner: "south".to_owned(),
                stated: true,
                actual: true,
            }],
            norms: vec![("homeland".to_owned(), "intact".to_owned())],
            treaties: Vec::new(),
        },
        rules_change: RulesChange {
            total: Some(0.2),
            by_seat: vec![SeatChange {
                seat: "palace".to_owned(),
                value: 0.2,
                on_codes: 0.15,
                by_availability: 0.0,
            }],
        },
        attribution: Some(Attribution {
            values: vec![(AxisSet::ALL, 0.5)],
            total: 0.18,
            shares: [
                (Axis::Means, 0.07, Some(0.03), Some(0.1), false),
                (Axis::Ends, 0.0, Some(0.0), Some(0.0), true),
                (Axis::Involvement, 0.12, Some(0.1), Some(0.14), false),
                (Axis::Norms, -0.02, None, Some(-0.02), false),
                (Axis::Rest, 0.01, Some(0.01), None, false),
            ]
            .map(|(axis, value, first_in, last_out, is_same)| Share {
                axis,
                value,
                first_in,
                last_out,
                is_same,
            })
            .into(),
            remainder: 0.04,
            games: 12,
        }),
        spiral: Spiral {
            escalatory_rung: 2,
            replies: vec![reply(0, 1, 0.34), reply(1, 0, -0.1)],
            ratio: Some(0.3),
            ratio_at_lambda_0: Some(0.0),
            severity_ratio: Some(0.4),
            p_rounds: Some(vec![
                Change { focal: 0.5, reference: 0.2 },
                Change { focal: 0.25, reference: 0.04 },
                Change { focal: 0.0004, reference: 0.0 },
            ]),
            inhibition: vec![reply(1, 0, -0.1)],
            focal: Some(0.34),
            reference: None,
            expected_acts: 1.2,
            p_ceiling: 1e-5,
        },
        band: [1.0, 2.0, 5.0, 10.0, 20.0]
            .iter()
            .map(|&lambda| BandPoint {
                lambda,
                measure: (lambda < 20.0).then_some(Change { focal: 0.46, reference: 0.24 }),
                degree: (lambda < 20.0).then_some(Degree::Major),
                traced: lambda < 10.0,
            })
            .collect(),
        verdict: Verdict {
            kind: Degree::Major,
            degree: Degree::Major,
            sign: Sign::Raises,
            margin: 0.12,
            rule:
                "major if the chance changes by 10 in 100, or by 2 in 100 and twofold (judgement)."
                    .to_owned(),
        },
        study: None,
        off_ramps: None,
        caveats: vec![Caveat { about: None, text: "Coded by one coder.".to_owned() }],
    }
}

/// A run that could have made them.
pub fn run() -> RunInfo {
    RunInfo {
        version: "0.0.0".to_owned(),
        sha256: "0123456789abcdef".repeat(4),
        seed: 1,
        memory: Memory::Situation,
        tolerance: 1e-10,
        overrides: vec![("p_9".to_owned(), 0.7)],
        as_of: None,
    }
}
