//! The scenario that `new` writes: commented, and it runs as it is.

use crate::NewFile;
use crate::stop::Stop;

/// The files of a starter scenario called `name`.
pub fn files(name: &str) -> Result<Vec<NewFile>, Stop> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && name.len() <= 64;
    if !is_name {
        return Err(Stop::Usage(format!(
            "`{name}` is no name: letters, digits, - and _, beginning with a letter"
        )));
    }
    let file = |path: &str, text: &str| NewFile {
        path: format!("{name}/{path}"),
        text: text.replace("NAME", name),
    };
    Ok(vec![
        file("scenario.toml", include_str!("../starter/scenario.toml")),
        file("ladder.toml", include_str!("../starter/ladder.toml")),
    ])
}

/// What is said once they are written.
pub fn greeting(name: &str) -> String {
    format!(
        "Wrote {name}/scenario.toml and {name}/ladder.toml. Next:\n  \
         climbdown check {name}\n  climbdown assess {name}\n"
    )
}
