//! The imports between the files of a package, and the cycles among them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::code;

/// The path of a module: `config::lists` for `config/lists.rs`.
pub(super) fn module_of(path: &Path) -> String {
    let parts = path.with_extension("");
    let parts = parts.iter().map(|part| part.to_string_lossy());
    parts.filter(|part| part != "mod").collect::<Vec<_>>().join("::")
}

/// The files that import each other, directly or not. A `mod` line is not an import.
pub(super) fn cycles(modules: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let imports: BTreeMap<&str, BTreeSet<String>> = modules
        .iter()
        .map(|(module, text)| (module.as_str(), imports(module, text, modules)))
        .collect();
    let reaches = |from: &str| {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<&str> = imports[from].iter().map(String::as_str).collect();
        while let Some(module) = waiting.pop() {
            if found.insert(module.to_owned()) {
                waiting.extend(imports[module].iter().map(String::as_str));
            }
        }
        found
    };
    let beyond: BTreeMap<&str, BTreeSet<String>> =
        modules.keys().map(|module| (module.as_str(), reaches(module))).collect();
    let circle = |module: &str| -> Vec<String> {
        let others = beyond[module].iter().filter(|other| beyond[other.as_str()].contains(module));
        others.cloned().collect()
    };
    let circles: BTreeSet<Vec<String>> = modules.keys().map(|module| circle(module)).collect();
    circles.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// The modules of the package that a file names in its paths.
fn imports(module: &str, text: &str, modules: &BTreeMap<String, String>) -> BTreeSet<String> {
    let text = code(text);
    let children = text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub ")).unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    let children: BTreeSet<&str> = children.collect();
    // A single word can be any name.
    let found = paths(&text).into_iter().filter(|path| path.contains("::")).filter_map(|path| {
        let mut parts: Vec<&str> = path.split("::").collect();
        let mut base: Vec<&str> = module.split("::").collect();
        match parts.first().copied() {
            Some("crate") => {
                base.clear();
                parts.remove(0);
            }
            Some("self") => drop(parts.remove(0)),
            Some("super") => {
                while parts.first() == Some(&"super") {
                    parts.remove(0);
                    base.pop();
                }
            }
            Some(child) if children.contains(child) => {}
            _ => return None,
        }
        base.extend(parts);
        // The longest beginning of the path that is a file; the rest is an item in it.
        (1..=base.len())
            .rev()
            .map(|count| base[..count].join("::"))
            .find(|it| modules.contains_key(it))
    });
    found.filter(|other| other != module).collect()
}

/// Every path in a text. `use a::{b, c::d};` has two, `a::b` and `a::c::d`.
fn paths(text: &str) -> Vec<String> {
    let is_of_path = |char: char| char.is_ascii_alphanumeric() || "_:".contains(char);
    let mut paths = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|char: char| char.is_ascii_alphabetic() || char == '_') {
        rest = &rest[start..];
        let end = rest.find(|char: char| !is_of_path(char)).unwrap_or(rest.len());
        let (path, after) = rest.split_at(end);
        rest = after;
        if let (Some(prefix), Some(group)) = (path.strip_suffix("::"), after.strip_prefix('{')) {
            let end = closing(group);
            paths.extend(
                self::paths(&group[..end]).iter().map(|inner| format!("{prefix}::{inner}")),
            );
            rest = &group[end..];
        } else {
            paths.push(path.trim_end_matches(':').to_owned());
        }
    }
    paths
}

/// The position of the brace that closes a group, counted from behind the opening one.
fn closing(group: &str) -> usize {
    let mut level = 0;
    for (at, char) in group.char_indices() {
        match char {
            '{' => level += 1,
            '}' if level == 0 => return at,
            '}' => level -= 1,
            _ => {}
        }
    }
    group.len()
}

#[test]
fn files_that_import_each_other_are_found() {
    let check = |files: &[(&str, &str)]| {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        cycles(&files.collect())
    };
    let none: Vec<Vec<String>> = Vec::new();
    assert_eq!(check(&[("a", "mod b;\nuse b::X;"), ("a::b", "use crate::c::Y;"), ("c", "")]), none);
    assert_eq!(check(&[("a", "mod b;"), ("a::b", "use super::Y;")]), none);
    let circle = vec![vec!["a".to_owned(), "a::b".to_owned()]];
    assert_eq!(check(&[("a", "mod b;\nuse b::X;"), ("a::b", "use super::Y;")]), circle);
    assert_eq!(
        check(&[("a", "mod b;\nfn f() { b::g() }"), ("a::b", "use crate::{a::Y};")]),
        circle
    );
    let long = check(&[
        ("a", "use crate::b;"),
        ("b", "use crate::{x, c::{d, E}};"),
        ("c", "use crate::a::F;"),
    ]);
    assert_eq!(long, [["a", "b", "c"]]);
}
