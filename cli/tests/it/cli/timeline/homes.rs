//! Clusters and accounts are worlds of their own, even where one repeats the ids of another.

use super::scenes;
use serde_json::Value;

/// The same events in another cluster or account: all ids but the events' own stay.
fn moved(lines: &[String], from: &str, to: &str) -> Vec<String> {
    let moved = |line: &String| line.replace(from, to).replace("\"id\":\"", "\"id\":\"~");
    lines.iter().map(moved).collect()
}

/// The parts of a story, each as text, in an order that does not depend on the story.
fn parts(stories: &[Value], names: &[&str]) -> Vec<String> {
    let all = names.iter().flat_map(|name| {
        stories.iter().flat_map(move |story| story[*name].as_array().unwrap().iter())
    });
    let mut parts: Vec<_> = all.map(Value::to_string).collect();
    parts.sort();
    parts
}

#[test]
fn two_clusters_never_mix() {
    let names = ["deployments", "jobs", "instances", "course"];
    for mut lines in scenes::all() {
        lines.retain(|line| line.contains("/prod"));
        let other = moved(&lines, "/prod", "/other");
        let alone = [scenes::story(&lines), scenes::story(&other)];
        let both = scenes::story(&[lines, other].concat());
        assert_eq!(parts(&[both], &names), parts(&alone, &names));
    }
}

#[test]
fn two_accounts_never_mix() {
    let names = ["deployments", "instances"];
    for lines in scenes::all() {
        let other = moved(&lines, ":123456789012:", ":210987654321:");
        let alone = [scenes::story(&lines), scenes::story(&other)];
        let both = scenes::story(&[lines, other].concat());
        assert_eq!(parts(&[both], &names), parts(&alone, &names));
    }
}

#[test]
fn an_instance_is_chosen_without_its_namesake_in_another_cluster() {
    let lines = scenes::all().swap_remove(6);
    let (id, arn) = lines
        .iter()
        .find_map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            let arn = event.pointer("/detail/containerInstanceArn")?.as_str()?.to_owned();
            Some((arn.rsplit('/').next()?.to_owned(), arn))
        })
        .unwrap();
    let both = [lines.clone(), moved(&lines, "/prod", "/other")].concat();
    let count = |id: &str| {
        let text = scenes::run(&both, &format!("timeline --json --instance {id} -"));
        serde_json::from_str::<Value>(&text).unwrap()["events"].as_u64().unwrap()
    };
    assert_eq!(count(&id), 2 * count(&arn));
    assert_eq!(count(&arn), lines.len() as u64);
}
