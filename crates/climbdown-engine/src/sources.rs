//! Where the texts of a scenario are looked for.

use climbdown_lang::check::Sources;
use climbdown_lang::source::{SourceFile, SourceMap};
use sha2::{Digest, Sha256};

use crate::stop::Stop;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many folders upwards `ladders/` is looked for.
const MOST_PARENTS: usize = 24;

/// Whatever files can be read from: a disk, an archive, a test.
pub trait World {
    /// The bytes of the file at `path`, with `/` between folders.
    ///
    /// # Errors
    /// [`ReadProblem`]; [`ReadProblem::TooLarge`] for more than [`MAX_BYTES`], without reading them.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadProblem>;

    /// Where results in many files are kept; `None` where there is no such place.
    fn results(&self) -> Option<&dyn Results> {
        None
    }
}

/// Folders of results: lists, reads, and writes a file whole or not at all. Errors are in words.
pub trait Results {
    /// Names of the files in `folder`; `None` if there is no such folder.
    ///
    /// # Errors
    /// It is no folder, or cannot be read.
    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, String>;

    /// Makes `folder` and those above it.
    ///
    /// # Errors
    /// It cannot be made.
    fn make(&self, folder: &str) -> Result<(), String>;

    /// The file `name` of `folder`, however large.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, folder: &str, name: &str) -> Result<Vec<u8>, String>;

    /// Writes the file `name` of `folder`: whoever looks finds all of it or nothing, even after a crash.
    ///
    /// # Errors
    /// It cannot be written.
    fn write(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), String>;
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadProblem {
    /// There is none.
    NotFound,
    /// It has this many bytes.
    TooLarge(u64),
    /// Something else, in words.
    Other(String),
}

/// Whether `file` is a game rather than a scenario.
pub fn is_game_file(file: &str) -> bool {
    file.ends_with(".efg") || file.ends_with(".nfg")
}

/// The text of a file that must be there.
pub fn text(world: &dyn World, path: &str) -> Result<SourceFile, Stop> {
    let bytes = world.read(path).map_err(|problem| Stop::unreadable(path, &problem))?;
    as_text(path, &bytes)
}

fn as_text(path: &str, bytes: &[u8]) -> Result<SourceFile, Stop> {
    climbdown_lang::text(path, bytes).map_err(|d| Stop::file(path, d.code, d.message, d.help))
}

/// The text of a file that need not be there.
fn optional(world: &dyn World, path: &str) -> Result<Option<SourceFile>, Stop> {
    match world.read(path) {
        Ok(bytes) => as_text(path, &bytes).map(Some),
        Err(ReadProblem::TooLarge(bytes)) => {
            Err(Stop::unreadable(path, &ReadProblem::TooLarge(bytes)))
        }
        Err(_) => Ok(None),
    }
}

/// The scenario's own text: `file` is its folder or its `.toml`.
pub fn scenario(world: &dyn World, file: &str) -> Result<SourceFile, Stop> {
    if is_game_file(file) {
        return Err(Stop::Usage(format!(
            "`{file}` is a game: it can be solved and exported, nothing else"
        )));
    }
    if file.ends_with(".toml") {
        return text(world, file);
    }
    text(world, &join(file, "scenario.toml"))
}

/// The scenario, its ladders and its history.
pub fn gather(world: &dyn World, file: &str) -> Result<Sources, Stop> {
    let scenario = scenario(world, file)?;
    let needs = climbdown_lang::needs(&scenario);
    let folder = scenario.name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let mut ladders = Vec::new();
    for name in needs.ladders.iter().filter(|name| is_plain(name)) {
        ladders.extend(find_ladder(world, &folder, name)?);
    }
    let history = match needs.history.filter(|name| is_plain(name)) {
        Some(name) => optional(world, &join(&folder, &name))?,
        None => None,
    };
    Ok(Sources { scenario, ladders, history })
}

/// A ladder file: in the scenario's folder, then in `ladders/` of each folder above it.
fn find_ladder(world: &dyn World, folder: &str, name: &str) -> Result<Option<SourceFile>, Stop> {
    let file = format!("{name}.toml");
    let mut places = vec![join(folder, &file)];
    let mut above = Some(folder.to_owned());
    for _ in 0..MOST_PARENTS {
        let Some(here) = above else { break };
        places.push(join(&here, &format!("ladders/{file}")));
        above = parent(&here);
    }
    for place in places {
        if let Some(found) = optional(world, &place)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The folder above, as far as it can be said without looking; nothing is above the root.
fn parent(folder: &str) -> Option<String> {
    if folder == "/" {
        return None;
    }
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    match folder.rsplit_once('/') {
        _ if folder.is_empty() || folder == "." => Some("..".to_owned()),
        _ if folder == ".." || folder.ends_with("/..") => Some(format!("{folder}/..")),
        Some(("", _)) => Some("/".to_owned()),
        Some((above, _)) => Some(above.to_owned()),
        None => Some(String::new()),
    }
}

/// Whether a name written in a file stays in the folder it is looked for in.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\', '\0', ':']) && !name.starts_with('.')
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{}/{name}", folder.trim_end_matches('/'))
    }
}

/// SHA-256 of the scenario's text, in hexadecimal.
pub fn fingerprint(map: &SourceMap) -> String {
    let text = map.files.first().map_or("", |f| f.text.as_str());
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
