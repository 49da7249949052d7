//! The files of the workspace, as git sees them (or as they lie there, without git).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::manifest::Manifest;
use crate::markdown;

/// Every file that is tracked or about to be, by its path from the root, with `/`.
pub struct Tree {
    root: PathBuf,
    files: BTreeSet<String>,
}

impl Tree {
    /// Lists the files of the workspace.
    pub fn read() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().expect("xtask is a folder of the workspace").to_path_buf();
        let listed = listed_by_git(&root).unwrap_or_else(|| walked(&root));
        // git also lists what has been deleted and not yet committed
        let files = listed.into_iter().filter(|path| root.join(path).is_file()).collect();
        Tree { root, files }
    }

    /// All paths, sorted.
    pub fn files(&self) -> impl Iterator<Item = &String> {
        self.files.iter()
    }

    /// The text of a file that must be there and be text.
    pub fn text(&self, path: &str) -> String {
        self.text_if_any(path).unwrap_or_else(|| panic!("{path} is missing or not text"))
    }

    /// The text of a file, if it is text.
    pub fn text_if_any(&self, path: &str) -> Option<String> {
        String::from_utf8(fs::read(self.root.join(path)).ok()?)
            .ok()
            .filter(|text| !text.contains('\0'))
    }

    /// Names of all crates: the folders of crates/, and xtask.
    pub fn crates(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::from(["xtask".to_owned()]);
        for path in &self.files {
            if let Some(name) =
                path.strip_prefix("crates/").and_then(|rest| rest.strip_suffix("/Cargo.toml"))
            {
                names.insert(name.to_owned());
            }
        }
        names
    }

    /// The manifest of a crate.
    pub fn manifest(&self, name: &str) -> Manifest {
        Manifest::parse(&self.text(&format!("{}/Cargo.toml", folder(name))))
    }

    /// Rust files under src/ of a crate, without those that hold only tests.
    pub fn sources(&self, name: &str) -> Vec<String> {
        let start = format!("{}/src/", folder(name));
        let is_source = |path: &&String| {
            let Some(rest) = path.strip_prefix(&start) else { return false };
            rest.ends_with(".rs")
                && !rest.split('/').any(|part| part == "tests" || part == "tests.rs")
        };
        self.files.iter().filter(is_source).cloned().collect()
    }

    /// Top modules of a crate: files and folders in src/, without the root files.
    pub fn modules(&self, name: &str) -> BTreeSet<String> {
        let start = format!("{}/src/", folder(name));
        let mut modules = BTreeSet::new();
        for path in self.sources(name) {
            let rest = &path[start.len()..];
            let first = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
            if !["lib", "main", "bin"].contains(&first) {
                modules.insert(first.to_owned());
            }
        }
        modules
    }

    /// Why `link`, written in `file`, leads nowhere; `None` if it leads somewhere or out of the project.
    pub fn broken_link(&self, file: &str, link: &str) -> Option<String> {
        if link.contains("://") || link.starts_with("mailto:") {
            return None;
        }
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let mut parts: Vec<&str> = file.split('/').collect();
        if !path.is_empty() {
            parts.pop();
        }
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return Some("it leaves the project".to_owned()),
                ".." => {}
                part => parts.push(part),
            }
        }
        let target = parts.join("/").replace("%20", " ");
        if path.starts_with('/') {
            return Some("write it relative to the file".to_owned());
        }
        let is_folder = || self.files.iter().any(|file| file.starts_with(&format!("{target}/")));
        if !self.files.contains(&target) {
            return (!target.is_empty() && !is_folder()).then(|| "no such file".to_owned());
        }
        if anchor.is_empty() || !target.ends_with(".md") {
            return None;
        }
        let anchors = markdown::anchors(&self.text(&target));
        (!anchors.contains(anchor)).then(|| format!("no such heading in {target}"))
    }
}

fn folder(name: &str) -> String {
    if name == "xtask" { name.to_owned() } else { format!("crates/{name}") }
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let paths = String::from_utf8(output.stdout).ok()?;
    let paths: Vec<String> =
        paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    (!paths.is_empty()).then_some(paths)
}

fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = BTreeMap::from([(String::new(), root.to_path_buf())]);
    while let Some((start, folder)) = folders.pop_first() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{start}{name}");
            if !entry.path().is_dir() {
                found.push(path);
            } else if !["target", ".git", "node_modules"].contains(&name.as_str()) {
                folders.insert(format!("{path}/"), entry.path());
            }
        }
    }
    found
}
