//! As much of a Cargo.toml as the tests ask for, comments included (a TOML parser drops them).

/// The lines of the dependency tables of a Cargo.toml.
pub struct Manifest {
    entries: Vec<Dependency>,
}

/// One dependency.
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// What is written behind `#`.
    pub comment: String,
    table: String,
    value: String,
}

impl Dependency {
    /// Whether a feature turns it on.
    pub fn is_optional(&self) -> bool {
        self.value.replace(' ', "").contains("optional=true")
    }

    /// The floor this guest may not go below; `None` if it is for tests only.
    pub fn lowest_floor(&self) -> Option<u32> {
        let digits = self.comment.strip_prefix("floor ")?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }
}

impl Manifest {
    /// Reads the dependency tables.
    pub fn parse(text: &str) -> Self {
        let mut entries: Vec<Dependency> = Vec::new();
        let mut table = String::new();
        let mut depth = 0usize;
        for line in text.lines() {
            let (code, comment) = line.split_once('#').unwrap_or((line, ""));
            let code = code.trim();
            if depth == 0 && code.starts_with('[') {
                table = code.trim_matches(['[', ']']).to_owned();
                if let Some((before, name)) = named_table(&table) {
                    entries.push(Dependency {
                        name: name.to_owned(),
                        comment: comment.trim().to_owned(),
                        table: before.to_owned(),
                        value: String::new(),
                    });
                }
                continue;
            }
            let is_inside = depth > 0;
            depth = (depth + count(code, "[{")).saturating_sub(count(code, "]}"));
            if is_inside || named_table(&table).is_some() {
                if let Some(last) = entries.last_mut() {
                    last.value.push_str(code);
                }
                continue;
            }
            let Some((key, value)) = code.split_once('=') else { continue };
            let (name, rest) = key.trim().split_once('.').unwrap_or((key.trim(), ""));
            entries.push(Dependency {
                name: name.trim_matches('"').to_owned(),
                comment: comment.trim().to_owned(),
                table: table.clone(),
                value: format!("{rest}={value}"),
            });
        }
        entries.retain(|entry| entry.table.ends_with("dependencies"));
        Manifest { entries }
    }

    /// What the crate itself needs: not what only its tests need.
    pub fn dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.entries.iter().filter(|entry| !entry.table.ends_with("dev-dependencies"))
    }

    /// The table all crates take their versions from.
    pub fn workspace_dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.entries.iter().filter(|entry| entry.table == "workspace.dependencies")
    }
}

/// Splits `dependencies.toml` into table and name.
fn named_table(table: &str) -> Option<(&str, &str)> {
    table.rsplit_once('.').filter(|(before, _)| before.ends_with("dependencies"))
}

fn count(text: &str, characters: &str) -> usize {
    text.chars().filter(|c| characters.contains(*c)).count()
}

#[test]
fn dependencies_are_read_in_every_spelling() {
    let manifest = Manifest::parse(
        "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = { version = \"1\", optional = true } # floor 2: why\n\
         [dependencies.c]\nversion = \"1\"\noptional = true\n[target.'cfg(unix)'.dependencies]\nd = \"1\"\n\
         [dev-dependencies]\ne = { features = [\n  \"f\",\n] }\n[features]\ndefault = []\n",
    );
    let names: Vec<&str> = manifest.dependencies().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
    let optional: Vec<bool> = manifest.dependencies().map(Dependency::is_optional).collect();
    assert_eq!(optional, [false, true, true, false]);
    assert_eq!(manifest.entries[1].lowest_floor(), Some(2));
    assert_eq!(manifest.entries[0].lowest_floor(), None);
}
