//! `cargo xtask bench`: the speed table of docs/benchmarks.md, in one run against pygambit.

use std::fs::File;
use std::process::Stdio;

use crate::step::{Broken, run, run_openly};
use crate::{Outcome, oracle, refuse_arguments, workspace};

mod study;

/// Help of `cargo xtask bench`.
pub const HELP: &str = "\
Usage: cargo xtask bench [--try]

Measures the solver's speed table, pygambit and quantal in turn on the same files, then sweeps beside
EMA Workbench, and writes docs/benchmarks.md. With --try only the sweeps, on tiny sizes, printed and not
written, to see that they run. Takes some minutes; pygambit is in a virtual environment under target/.
Other work on the machine spoils it.";

const PAGE: &str = "docs/benchmarks.md";

/// Measures everything and writes the page.
pub fn bench(arguments: &[String]) -> Outcome {
    if arguments == ["--try"] {
        let tried = oracle::environment(run_openly).and_then(|p| study::section(&p, study::TINY));
        return match tried {
            Ok(section) => {
                println!("{section}");
                Outcome::Done
            }
            Err(broken) => {
                eprintln!("{broken}");
                Outcome::Wanting
            }
        };
    }
    if let Err(misused) = refuse_arguments(arguments) {
        return misused;
    }
    match measure() {
        Ok(()) => {
            oracle::show_changes(PAGE);
            Outcome::Done
        }
        Err(broken) => {
            eprintln!("{broken}");
            Outcome::Wanting
        }
    }
}

fn measure() -> Result<(), Broken> {
    let python = oracle::environment(run_openly)?;
    let target = workspace::target();
    let fault = |path: &std::path::Path| {
        let path = path.to_path_buf();
        move |error| Broken::File(path, error)
    };
    let flagship = target.join("benchmarks-flagship.md");
    let file = File::create(&flagship).map_err(fault(&flagship))?;
    let bench = |package: &str, name: &str| {
        workspace::cargo(["bench", "--quiet", "--package", package, "--bench", name, "--"])
    };
    run(bench("climbdown-study", "scenarios"), Stdio::from(file), Stdio::inherit())?;
    // Half a page should not replace a whole one.
    let draft = target.join("benchmarks.md");
    let file = File::create(&draft).map_err(fault(&draft))?;
    let mut command = bench("quantal", "table");
    command.arg("--python").arg(&python).arg("--flagship").arg(&flagship);
    run(command, Stdio::from(file), Stdio::inherit())?;
    let section = study::section(&python, study::FULL)?;
    let mut whole = std::fs::read_to_string(&draft).map_err(fault(&draft))?;
    whole.push_str(&section);
    std::fs::write(&draft, whole).map_err(fault(&draft))?;
    let page = workspace::root().join(PAGE);
    std::fs::copy(&draft, &page).map_err(fault(&page))?;
    Ok(())
}
