//! Running one step of a chore: its output goes to a log, its failure comes back as a value.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::workspace;

/// Why a step did not end well.
#[derive(Debug)]
pub enum Broken {
    /// A file of the step could not be read or written.
    File(PathBuf, io::Error),
    /// The program could not be started.
    NotStarted(String, io::Error),
    /// The program ran and said no.
    Refused(String, ExitStatus),
    /// Something is missing that the step needs; the words say what and how to get it.
    Missing(String),
    /// The program ended well, but its output does not show that it ran any test.
    NoTests,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::File(path, error) => write!(f, "{}: {error}", path.display()),
            Broken::NotStarted(program, error) => {
                write!(f, "{program} could not be started ({error}); try `cargo xtask doctor`")
            }
            Broken::Refused(program, status) => write!(f, "{program} ended with {status}"),
            Broken::Missing(words) => f.write_str(words),
            Broken::NoTests => f.write_str("the output shows no test that ran"),
        }
    }
}

/// Where the output of a step's commands is collected.
pub struct Log {
    path: PathBuf,
}

impl Log {
    /// An empty log for the step `name`; the log of an earlier run is overwritten.
    pub fn new(name: &str) -> Result<Self, Broken> {
        let folder = workspace::logs();
        fs::create_dir_all(&folder).map_err(|error| Broken::File(folder.clone(), error))?;
        let path = folder.join(format!("{name}.log"));
        fs::write(&path, "").map_err(|error| Broken::File(path.clone(), error))?;
        Ok(Log { path })
    }

    /// Runs `command` without standard input; both its outputs are added to the log, in order.
    pub fn run(&self, command: Command) -> Result<(), Broken> {
        let mut file = self.append()?;
        writeln!(file, "$ {}", words(&command)).map_err(|error| self.fault(error))?;
        let errors = file.try_clone().map_err(|error| self.fault(error))?;
        run(command, Stdio::from(file), Stdio::from(errors))
    }

    /// All that has been logged.
    pub fn text(&self) -> Result<String, Broken> {
        let bytes = fs::read(&self.path).map_err(|error| self.fault(error))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn append(&self) -> Result<File, Broken> {
        File::options().append(true).open(&self.path).map_err(|error| self.fault(error))
    }

    fn fault(&self, error: io::Error) -> Broken {
        Broken::File(self.path.clone(), error)
    }
}

/// Runs `command` with its output on the terminal.
pub fn run_openly(command: Command) -> Result<(), Broken> {
    run(command, Stdio::inherit(), Stdio::inherit())
}

/// The last `n` lines of `text`.
pub fn tail(text: &str, n: usize) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(n)..].to_vec()
}

/// Runs `command` without standard input, its outputs going where they are told.
pub fn run(mut command: Command, output: Stdio, errors: Stdio) -> Result<(), Broken> {
    let program = words(&command);
    match command.stdin(Stdio::null()).stdout(output).stderr(errors).status() {
        Err(error) => Err(Broken::NotStarted(program, error)),
        Ok(status) if !status.success() => Err(Broken::Refused(program, status)),
        Ok(_) => Ok(()),
    }
}

/// The command as a person would type it: file name of the program, then the arguments.
fn words(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn a_tail_is_the_end_of_a_text_or_all_of_a_short_one() {
        assert_eq!(tail("a\nb\nc\n", 2), ["b", "c"]);
        assert_eq!(tail("a\n", 2), ["a"]);
        assert!(tail("", 2).is_empty());
    }
}
