//! `sam build` and `cargo build -p ecs-event-forwarder` build the same function.

#![expect(
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect has failed"
)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Features by package and target.
type Units = BTreeMap<String, Vec<String>>;

/// The packages in the binary, with their features. Macros and build scripts only run during the build.
fn linked(arguments: &[&str]) -> Units {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", &host(), "--unit-graph"])
        .args(["-Zunstable-options", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .args(arguments)
        // Cargo prints its unit graph only if unstable options are allowed.
        .env("RUSTC_BOOTSTRAP", "1")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let graph: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let units = graph["units"].as_array().expect("an array").iter();
    let linked = units.filter(|unit| unit["platform"].is_string() && unit["mode"] == "build");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    linked
        .map(|unit| {
            let features = unit["features"].as_array().expect("an array").iter().map(text);
            let target = text(&unit["target"]["name"]);
            (format!("{} {target}", text(&unit["pkg_id"])), features.collect())
        })
        .collect()
}

/// The machine's own target, such as `x86_64-unknown-linux-gnu`.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host").to_owned()
}

#[test]
fn sam_builds_the_same_packages_with_the_same_features_as_cargo_does_for_the_function_alone() {
    let by_sam = linked(&["--bin", "ecs-event-forwarder"]);
    let alone = linked(&["-p", "ecs-event-forwarder", "--bin", "ecs-event-forwarder"]);
    assert!(by_sam.len() > 50, "{by_sam:?}");
    let only = |some: &Units, others: &Units| -> Vec<String> {
        let is_new = |unit: &(&String, &Vec<String>)| others.get(unit.0) != Some(unit.1);
        some.iter().filter(is_new).map(|(name, features)| format!("{name} {features:?}")).collect()
    };
    assert_eq!(only(&by_sam, &alone), only(&alone, &by_sam));
}

#[test]
fn the_function_is_compiled_without_the_command_lines_dependencies() {
    let alone = linked(&["-p", "ecs-event-forwarder", "--bin", "ecs-event-forwarder"]);
    for name in [
        "clap",
        "maud",
        "comfy-table",
        "indicatif",
        "toml",
        "flate2",
        "aws-config",
        "aws-sdk-lambda",
    ] {
        let found: Vec<_> =
            alone.keys().filter(|unit| unit.contains(&format!("#{name}@"))).collect();
        assert_eq!(found, Vec::<&String>::new());
    }
}
