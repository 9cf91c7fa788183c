//! Numbers and versions that stand in several documents are the same.

use super::{assert_says, document};

#[test]
fn the_readme_has_the_numbers_of_the_pages() {
    for (fleet, column) in [("| large EC2", 5), ("| large EC2", 6)] {
        let dollars: f64 = cell("docs/cost.md", fleet, column).parse().unwrap();
        assert_says("README.md", &format!("${dollars:.2}"));
    }
    let cents: f64 = cell("docs/cost.md", "| small Fargate", 6).parse().unwrap();
    assert_says("README.md", &format!("{:.0} cents", cents * 100.0));
    assert_says("README.md", &format!("alarms ${}", cell("docs/cost.md", "| ten alarms", 3)));
    let percent = cell("docs/filter.md", "| `lifecycle` | `lean`", 6);
    assert_says("README.md", &format!("{percent} of the bytes"));
    let faults = document("docs/faults-events.md");
    let (_, soak) = faults.split_once("\nsoak: ").unwrap();
    let words: Vec<_> = soak.split([' ', ',']).collect();
    for count in ["offered", "injected"] {
        let place = words.iter().position(|word| *word == count).unwrap();
        let number: String = words[place - 2].to_owned();
        let (thousands, units) = number.split_at(number.len() - 3);
        assert_says("README.md", &format!("{thousands},{units} "));
    }
    let cold: f64 = milliseconds(2);
    assert_says("README.md", &format!("takes {cold:.0} ms"));
    assert_says("README.md", &format!("beside {:.0} ms for Python", milliseconds(5)));
}

/// A number in the performance page's row of cold starts.
fn milliseconds(column: usize) -> f64 {
    let cell = cell("docs/performance.md", "| process start to first answer", column);
    cell.trim_end_matches(" ms").parse().unwrap()
}

/// A cell of the row that begins so, without its sign.
fn cell(page: &str, row: &str, number: usize) -> String {
    let text = document(page);
    let line = text.lines().find(|line| line.starts_with(row)).expect(row);
    let cell = line.split('|').nth(number).expect(row);
    cell.trim().trim_start_matches('$').to_owned()
}

#[test]
fn documents_name_the_supported_compiler() {
    let cargo = document("Cargo.toml");
    let (_, after) = cargo.split_once("rust-version = \"").unwrap();
    let (version, _) = after.split_once('"').unwrap();
    assert_says("README.md", &format!("[Rust](https://rustup.rs) {version}"));
    assert_says("docs/deploy.md", &format!("Rust {version} or newer"));
    assert_says("CONTRIBUTING.md", &format!("the `rust-version` in `Cargo.toml`, {version},"));
    assert_says(".github/workflows/ci.yml", "s/^rust-version = ");
    assert_says(
        ".github/workflows/ci.yml",
        "cargo \"+$version\" check --locked --workspace --all-targets",
    );
}
