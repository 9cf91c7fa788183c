//! The floors: a module uses only what `src/lib.rs` declares above it, and no step uses another.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "it reads the sources; a test that meets what it does not expect has failed"
)]

mod imports;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module at the root of a package, and its floor: the comment above it in `lib.rs`.
struct Module {
    name: String,
    floor: String,
}

fn modules(lib: &str) -> Vec<Module> {
    let mut floor = String::new();
    let mut modules = Vec::new();
    for line in lib.lines().map(str::trim) {
        if let Some(comment) = line.strip_prefix("// ") {
            let words = comment.split([';', '.']).next().unwrap_or_default();
            words.clone_into(&mut floor);
        }
        let declared = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "));
        if let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) {
            modules.push(Module { name: name.to_owned(), floor: floor.clone() });
        }
    }
    modules
}

/// The text without comments, so that a link in a comment does not count as a use.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules at the root that a text names: behind `crate::`, in `crate::{…}`, and, in a file at the
/// root, behind `super::`.
fn used(text: &str, is_at_root: bool) -> BTreeSet<String> {
    let text = code(text);
    let roots = if is_at_root { &["crate::", "super::"][..] } else { &["crate::"] };
    let mut used = BTreeSet::new();
    for root in roots {
        for (at, _) in text.match_indices(root) {
            let rest = &text[at + root.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                used.extend(group_of(group));
            } else {
                used.insert(first_name(rest));
            }
        }
    }
    used.remove("");
    used
}

/// The first names of `a, b::c, d::{e, f}}`.
fn group_of(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut level = 0;
    let mut start = 0;
    for (at, char) in group.char_indices() {
        match char {
            '{' => level += 1,
            '}' if level == 0 => {
                names.push(first_name(group[start..at].trim_start()));
                return names;
            }
            '}' => level -= 1,
            ',' if level == 0 => {
                names.push(first_name(group[start..at].trim_start()));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn first_name(text: &str) -> String {
    let is_of_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    text.chars().take_while(|char| is_of_name(*char)).collect()
}

/// A sentence for each use that the floors forbid.
fn violations(lib: &str, files: &[(PathBuf, String)]) -> Vec<String> {
    let modules = modules(lib);
    let position = |name: &str| modules.iter().position(|module| module.name == name);
    let mut violations = Vec::new();
    for (path, text) in files {
        let top = path.iter().next().expect("a path").to_string_lossy();
        let name = top.trim_end_matches(".rs");
        let is_at_root = path.components().count() == 1;
        let Some(user) = position(name) else {
            violations.push(format!("{name} is not declared"));
            continue;
        };
        for used in used(text, is_at_root) {
            // A macro or an item at the root has no floor.
            let Some(other) = position(&used) else { continue };
            let is_step = |at: usize| ["Steps", "Commands"].contains(&modules[at].floor.as_str());
            let are_steps = is_step(user) && is_step(other);
            if other > user {
                violations.push(format!("{name} uses {used}, which is declared below it"));
            } else if other < user && are_steps {
                violations.push(format!(
                    "{name} uses {used}, and both are {}",
                    modules[user].floor.to_lowercase()
                ));
            }
        }
    }
    violations
}

/// The source files of a package, without its root file and the library's binaries.
fn source_files(package: &Package) -> Vec<(PathBuf, String)> {
    let root = package.sources();
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let inside = path.strip_prefix(&root).unwrap().to_owned();
            if path.is_dir() && inside != Path::new("bin") {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && inside != Path::new(package.root)
            {
                files.push((inside, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// A package of the workspace.
struct Package {
    folder: &'static str,
    root: &'static str,
}

const LIBRARY: Package = Package { folder: "src", root: "lib.rs" };
const COMMAND_LINE: Package = Package { folder: "cli/src", root: "main.rs" };

impl Package {
    fn sources(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.folder)
    }

    fn root_text(&self) -> String {
        std::fs::read_to_string(self.sources().join(self.root)).unwrap()
    }
}

fn lib() -> String {
    LIBRARY.root_text()
}

#[test]
fn a_module_uses_only_what_is_declared_above_it_and_no_step_uses_another() {
    for package in [LIBRARY, COMMAND_LINE] {
        let files = source_files(&package);
        assert!(files.len() > 20, "{} files", files.len());
        assert_eq!(violations(&package.root_text(), &files), [""; 0], "{}", package.folder);
    }
}

#[test]
fn no_two_files_of_a_package_import_each_other() {
    for package in [LIBRARY, COMMAND_LINE] {
        let files = source_files(&package).into_iter();
        let modules = files.map(|(path, text)| (imports::module_of(&path), text)).collect();
        assert_eq!(imports::cycles(&modules), Vec::<Vec<String>>::new(), "{}", package.folder);
    }
}

#[test]
fn the_floors_are_read_from_the_front_page() {
    let mut floors: Vec<_> = modules(&lib()).into_iter().map(|module| module.floor).collect();
    floors.dedup();
    assert_eq!(floors, ["Words", "Steps", "The line", "Edges"]);
}

#[test]
fn the_front_page_lists_the_modules_in_the_order_of_their_floors() {
    let lib = lib();
    let (_, list) = lib.split_once("//! # Modules\n").unwrap();
    let list: String = list.lines().take_while(|line| line.starts_with("//!")).collect();
    let names = list.split("[`").skip(1).map(|link| link.split('`').next().unwrap());
    let declared: Vec<_> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")).collect();
    let declared = declared.iter().map(|name| name.trim_end_matches(';'));
    assert_eq!(names.collect::<Vec<_>>(), declared.collect::<Vec<_>>());
}

#[test]
fn violations_of_the_floors_are_found() {
    let lib = "// Words.\npub mod a;\n// Steps; more.\npub mod b;\nmod c;\n// Edges.\n#[cfg(x)]\npub mod d;";
    let found = |path: &str, text: &str| violations(lib, &[(path.into(), text.to_owned())]);
    for (path, text) in [
        ("b.rs", "use crate::a::X;"),
        ("d.rs", "use crate::{a, b::{Y, c}, c};"),
        ("b.rs", "//! See [`crate::d`].\nfn f() { crate::b::g() } // crate::c"),
        ("b/inner.rs", "use super::c::X; use crate::a;"),
    ] {
        assert_eq!(found(path, text), [""; 0], "{text}");
    }
    for (path, text, expected) in [
        ("a.rs", "use crate::d::X;", "a uses d, which is declared below it"),
        ("b.rs", "fn f() { crate::d::g() }", "b uses d, which is declared below it"),
        ("b/inner.rs", "use crate::{a::{X, Y}, d};", "b uses d, which is declared below it"),
        ("b.rs", "use super::d;", "b uses d, which is declared below it"),
        ("c.rs", "use crate::b::b;", "c uses b, and both are steps"),
        ("e.rs", "", "e is not declared"),
    ] {
        assert_eq!(found(path, text), [expected], "{text}");
    }
}
