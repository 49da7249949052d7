//! Laws of the findings on every scenario in the repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use climbdown_lang::source::SourceFile;
use climbdown_lang::template::{Assignment, CompileOptions, Template};
use climbdown_lang::{Sources, check, compile, needs};
use climbdown_study::findings::{Change, Findings, Reading};
use climbdown_study::verdict::{degree, margin_of_major};
use climbdown_study::{AssessOptions, assess};

fn file(path: &Path) -> SourceFile {
    let text = std::fs::read_to_string(path).expect("the repository's files can be read");
    SourceFile { name: path.display().to_string(), text }
}

fn template(folder: &Path) -> Template {
    let scenario = file(&folder.join("scenario.toml"));
    let asks = needs(&scenario);
    let beside = |name: &str| folder.join(format!("{name}.toml"));
    let above = |name: &str| folder.join("../../ladders").join(format!("{name}.toml"));
    let ladders = asks
        .ladders
        .iter()
        .filter_map(|name| [beside(name), above(name)].into_iter().find(|path| path.exists()))
        .map(|path| file(&path))
        .collect();
    let history = asks.history.map(|name| file(&folder.join(name)));
    let checked = check(&Sources { scenario, ladders, history });
    let scenario =
        Arc::new(checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.diagnostics)));
    let options = CompileOptions { memory: scenario.memory, budget_nodes: 500_000 };
    compile(&scenario, &options).expect("the repository's scenarios are within the budget")
}

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(all)
        .expect("there is a folder of scenarios")
        .map(|entry| entry.expect("its entries can be read").path())
        .filter(|path| path.join("scenario.toml").exists())
        .collect();
    folders.sort();
    folders
}

fn assert_parts_add_up(reading: &Reading) {
    for f in &reading.firebreaks {
        for value in [(|c: &Change| c.focal) as fn(&Change) -> f64, |c| c.reference, Change::change]
        {
            let sum = value(&f.deliberate) + value(&f.inadvertent) + value(&f.accidental);
            assert!((sum - value(&f.p_cross)).abs() < 1e-9, "{f:?}");
        }
    }
    for (_, change) in &reading.rungs {
        assert!((0.0..=1.0).contains(&change.focal) && (0.0..=1.0).contains(&change.reference));
        assert_eq!(change.focal - change.reference, change.change());
    }
}

fn assert_laws(template: &Template, found: &Findings) {
    for crossing in &found.outcome.firebreaks {
        let sum = crossing.deliberate + crossing.inadvertent + crossing.accidental;
        assert!((sum - crossing.p_cross).abs() < 1e-9, "{crossing:?}");
    }
    let falls = found
        .outcome
        .rungs
        .windows(2)
        .all(|w| w[1].p_peak_at_least <= w[0].p_peak_at_least + 1e-12);
    assert!(falls, "a higher rung is never likelier: {:?}", found.outcome.rungs);
    let start = template.scenario.start_rung;
    let prevailing = found.effect.as_policy.rungs.iter().filter(|(rung, _)| *rung <= start);
    prevailing.for_each(|(_, change)| assert_eq!((change.focal, change.reference), (1.0, 1.0)));
    assert_parts_add_up(&found.effect.if_you_do_it);
    assert_parts_add_up(&found.effect.as_policy);
    found.effect.if_they_do_it.iter().for_each(assert_parts_add_up);
    let thresholds = &template.scenario.question.thresholds;
    let measure = found.effect.as_policy.measure;
    assert_eq!(found.verdict.margin, margin_of_major(thresholds, measure));
    assert_eq!(found.verdict.degree, degree(thresholds, measure));
    let spiral = &found.spiral;
    for ratio in [spiral.ratio, spiral.ratio_at_lambda_0, spiral.focal, spiral.reference] {
        assert!(ratio.is_none_or(|r| r.is_finite() && r >= 0.0));
    }
    for reply in &spiral.replies {
        assert!(reply.total.abs() <= 1.0 + 1e-12, "a change of a probability: {reply:?}");
    }
    for seat in &found.rules_change.by_seat {
        for share in [seat.value, seat.on_codes, seat.by_availability] {
            assert!((0.0..=1.0 + 1e-12).contains(&share), "{seat:?}");
        }
    }
}

#[test]
fn parts_add_up_on_every_scenario() {
    let folders = folders();
    assert!(!folders.is_empty());
    for folder in folders {
        let template = template(&folder);
        let options = AssessOptions {
            lambda: template.scenario.lambda,
            tolerance: 1e-10,
            band: vec![1.0],
            attribution: false,
        };
        let point = Assignment::point(&template.scenario);
        let found = assess(&template, &point, &options, &mut |_, _| true)
            .unwrap_or_else(|why| panic!("{}: {why:?}", folder.display()));
        assert_laws(&template, &found);
    }
}
