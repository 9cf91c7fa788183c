//! A list of an enum's variants, such as `DropReason::ALL`, has all of them.
//!
//! The compiler asks for a new variant in every `match`, but not in a list. What reads the list would
//! then pass over the variant in silence, so this test reads the sources.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "it reads the sources; a test that meets what it does not expect has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The packages that have enums.
const FOLDERS: [&str; 3] = ["src", "cli/src", "tests/world/src"];

/// A list in the `impl` of an enum: `const ALL: [Self; 3] = […]`.
#[derive(Debug, PartialEq, Eq)]
struct List {
    /// Its name, such as `DropReason::ALL`.
    name: String,
    /// The enum.
    of: String,
    variants: BTreeSet<String>,
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect()
}

/// The enums of a source file, each with its variants that hold no data.
fn enums(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut enums = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((_, name)) = line.split_once("enum ") else { continue };
        let is_item = line.starts_with("enum ") || line.starts_with("pub");
        if is_item && line.ends_with('{') {
            let body = lines.by_ref().take_while(|line| *line != "}");
            let unit = body.filter_map(|line| line.strip_prefix("    ")?.strip_suffix(','));
            let unit = unit.filter(|name| !name.is_empty() && first_name(name) == **name);
            enums.insert(first_name(name), unit.map(str::to_owned).collect());
        }
    }
    enums
}

/// The lists of variants in a source file.
fn lists(text: &str) -> Vec<List> {
    let mut lists = Vec::new();
    let mut of = String::new();
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if let Some(header) = line.strip_prefix("impl") {
            // A lifetime of the `impl` stands before the name of the type.
            let header =
                if header.starts_with('<') { header.split_once("> ") } else { Some(("", header)) };
            of = first_name(header.unwrap().1.trim_start());
        }
        let list =
            line.trim_start().split_once("const ").filter(|(_, it)| it.contains(": [Self; "));
        let Some((_, list)) = list else { continue };
        let (_, values) = list.split_once("= [").unwrap();
        let from_values = format!("{values}\n{after}");
        let (values, _) = from_values.split_once("];").unwrap();
        let variants = values.split("Self::").skip(1).map(first_name).collect();
        lists.push(List { name: format!("{of}::{}", first_name(list)), of: of.clone(), variants });
    }
    lists
}

/// The texts of all source files.
fn sources() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                texts.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    texts
}

#[test]
fn a_list_of_variants_has_every_variant() {
    let mut found = BTreeSet::new();
    for text in sources() {
        let enums = enums(&text);
        for list in lists(&text) {
            let variants = enums.get(&list.of);
            assert_eq!(variants, Some(&list.variants), "{} lacks a variant", list.name);
            found.insert(list.name);
        }
    }
    for name in ["DropReason::ALL", "EventKind::KNOWN", "EventType::ALL", "Placeholder::ALL"] {
        assert!(found.contains(name), "{name} is not among {found:?}");
    }
}

#[test]
fn the_variants_and_lists_of_a_source_file_are_read() {
    let text = "\
/// Colours.
#[derive(Debug)]
pub(super) enum Colour<'a> {
    /// Red.
    Red,
    #[default]
    Green,
    Mixed(Cow<'a, str>),
    Named { name: String },
}

impl<'a> Colour<'a> {
    /// Not a list of all: `enum Other {`.
    const ONE: [Self; 1] = [Self::Red];
    pub(super) const PLAIN: [Self; 2] = [
        Self::Red,
        Self::Green,
    ];
    const LENGTHS: [usize; 2] = [1, 2];
}
";
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(enums(text), BTreeMap::from([("Colour".to_owned(), names(&["Red", "Green"]))]));
    let list = |name: &str, variants: &[&str]| List {
        name: format!("Colour::{name}"),
        of: "Colour".to_owned(),
        variants: names(variants),
    };
    assert_eq!(lists(text), [list("ONE", &["Red"]), list("PLAIN", &["Red", "Green"])]);
}
