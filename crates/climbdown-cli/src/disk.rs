//! The world the engine reads from is the disk.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use climbdown_engine::{MAX_BYTES, NewFile, ReadProblem, Results, World};

/// Files of this machine.
pub struct Disk;

impl World for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadProblem> {
        let problem = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadProblem::NotFound,
            _ => ReadProblem::Other(error.to_string()),
        };
        let file = fs::File::open(path).map_err(problem)?;
        let about = file.metadata().map_err(problem)?;
        if about.is_dir() {
            return Err(ReadProblem::Other("it is a folder".to_owned()));
        }
        if about.len() > MAX_BYTES as u64 {
            return Err(ReadProblem::TooLarge(about.len()));
        }
        // A device may claim to be empty, so the limit holds while reading too.
        let mut bytes = Vec::new();
        file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(problem)?;
        if bytes.len() > MAX_BYTES {
            return Err(ReadProblem::TooLarge(bytes.len() as u64));
        }
        Ok(bytes)
    }

    fn results(&self) -> Option<&dyn Results> {
        Some(self)
    }
}

impl Results for Disk {
    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, String> {
        let problem = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotADirectory => {
                format!("`{folder}` is no folder; results need one of their own")
            }
            _ => format!("the folder `{folder}` cannot be read: {error}"),
        };
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|error| problem(&error))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(|error| problem(&error))?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(Some(names))
    }

    fn make(&self, folder: &str) -> Result<(), String> {
        fs::create_dir_all(folder)
            .map_err(|error| format!("the folder `{folder}` cannot be made: {error}"))
    }

    fn read(&self, folder: &str, name: &str) -> Result<Vec<u8>, String> {
        fs::read(Path::new(folder).join(name))
            .map_err(|error| format!("`{folder}/{name}` cannot be read: {error}"))
    }

    fn write(&self, folder: &str, name: &str, bytes: &[u8]) -> Result<(), String> {
        let problem = |error: io::Error| format!("`{folder}/{name}` could not be written: {error}");
        let folder_path = Path::new(folder);
        let begins = format!(".{name}.");
        let own = folder_path.join(format!("{begins}{}.tmp", std::process::id()));
        let mut file = fs::File::create(&own).map_err(problem)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        drop(file);
        if let Err(error) = written.and_then(|()| fs::rename(&own, folder_path.join(name))) {
            // The disk may be full; what is left of the file should not fill it further.
            let _ = fs::remove_file(&own);
            return Err(problem(error));
        }
        // What an earlier run that was killed left of the same file.
        for left in fs::read_dir(folder_path).into_iter().flatten().flatten() {
            let left_name = left.file_name();
            let left_name = left_name.to_string_lossy();
            if left_name.starts_with(&begins) && left_name.ends_with(".tmp") {
                let _ = fs::remove_file(left.path());
            }
        }
        Ok(())
    }
}

/// Writes files into new folders; overwrites nothing.
pub fn write_new(files: &[NewFile]) -> Result<(), String> {
    let Some(first) = files.first() else { return Ok(()) };
    let folder = Path::new(&first.path).parent().unwrap_or(Path::new("."));
    fs::create_dir(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("`{}` exists already; nothing was written", folder.display())
        }
        _ => format!("`{}` cannot be made: {error}", folder.display()),
    })?;
    for file in files {
        let mut out = fs::File::create_new(&file.path)
            .map_err(|error| format!("`{}` cannot be made: {error}", file.path))?;
        out.write_all(file.text.as_bytes())
            .map_err(|error| format!("`{}` could not be written: {error}", file.path))?;
    }
    Ok(())
}

/// Writes one file, replacing what is there; it appears whole or not at all.
pub fn write_file(path: &str, bytes: &[u8]) -> Result<(), String> {
    let target = Path::new(path);
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, target));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        format!("`{path}` could not be written: {error}")
    })
}
