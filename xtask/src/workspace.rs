//! Where things are: the root of the workspace, cargo, and the folder for what may be deleted.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is a folder of the workspace").to_path_buf()
}

/// The folder cargo builds into, which also holds logs and the virtual environment.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder), // `join` keeps an absolute folder as it is
        None => root().join("target"),
    }
}

/// Where long output goes.
pub fn logs() -> PathBuf {
    target().join("xtask-logs")
}

/// The cargo that started this program, at the root, without colour, and without the variables that
/// cargo set for xtask itself (other crates would take them for their own).
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).env("CARGO_TERM_COLOR", "never");
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

/// Whether `command` can be started and ends well; its output is thrown away.
pub fn works(mut command: Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The first line a command prints, if it ends well.
pub fn first_line(mut command: Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(|line| line.trim().to_owned())
}
