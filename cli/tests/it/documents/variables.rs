//! Each variable and parameter stands in the documents and in the template.

use super::{assert_says, document};
use ecs_event_forwarder::config::var;
use std::collections::BTreeSet;

#[test]
fn documents_have_a_row_for_each_variable_and_no_other() {
    let page = document("docs/configuration.md");
    for variable in var::ALL {
        let default = match variable.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        assert_says(
            "docs/configuration.md",
            &format!("| `{}` | {default} | {} |", variable.name, variable.meaning),
        );
    }
    let named = page.lines().filter(|line| line.starts_with("| `FORWARDER_")).count();
    assert_eq!(named, var::ALL.len());
}

/// The sources quote each name, except `NO_PROXY`, which a library reads.
#[test]
fn documents_have_every_standard_variable_that_the_code_reads() {
    let files = ["src/deliver/client.rs", "src/deliver/network.rs", "src/deliver/trust.rs"];
    let sources: String =
        [&files[..], &["cli/src/sign_in.rs"]].concat().into_iter().map(document).collect();
    let is_standard = |word: &&str| {
        let prefixes = ["AWS_", "SSL_", "HTTPS_", "HTTP_", "ALL_"];
        prefixes.iter().any(|prefix| word.starts_with(prefix)) && !word.contains(' ')
    };
    let read: BTreeSet<_> = sources.split('"').filter(is_standard).collect();
    assert!(read.len() > 12, "{read:?}");
    for variable in read {
        assert_says("docs/configuration.md", &format!("`{variable}`"));
    }
}

#[test]
fn the_template_has_a_parameter_for_each_variable_with_its_default() {
    let template = document("template.yaml");
    for variable in var::ALL {
        assert_says("template.yaml", &format!("          {}: ", variable.name));
        let words = variable.name.trim_start_matches(var::PREFIX).split('_');
        let parameter: String = words.map(capitalized).collect();
        let (_, after) = template.split_once(&format!("\n  {parameter}:\n")).expect(&parameter);
        let block: Vec<_> = after.lines().take_while(|it| it.starts_with("    ")).collect();
        let default =
            block.iter().find_map(|line| line.strip_prefix("    Default: ")).expect(&parameter);
        assert_eq!(default.trim_matches('"'), variable.default, "{parameter}");
    }
}

#[test]
fn documents_have_a_row_for_each_parameter_that_is_no_variable() {
    let page = document("docs/configuration.md");
    let is_variable = |name: &str| {
        var::ALL.iter().any(|variable| {
            let words = variable.name.trim_start_matches(var::PREFIX).split('_');
            words.map(capitalized).collect::<String>() == name
        })
    };
    for (name, default) in parameters().iter().filter(|(name, _)| !is_variable(name)) {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        assert!(page.contains(&format!("\n| `{name}` | {default} | ")), "{name} {default}");
    }
}

/// The names of the template's parameters, and their defaults.
fn parameters() -> Vec<(String, String)> {
    let template = document("template.yaml");
    let (_, after) = template.split_once("\nParameters:\n").unwrap();
    let (parameters, _) = after.split_once("\nConditions:\n").unwrap();
    let mut named = Vec::new();
    for line in parameters.lines() {
        if let Some(default) = line.strip_prefix("    Default: ") {
            let (_, found): &mut (String, String) = named.last_mut().unwrap();
            default.trim_matches('"').clone_into(found);
        } else if let Some(name) = line.strip_prefix("  ").and_then(|it| it.strip_suffix(':'))
            && !name.starts_with(' ')
        {
            named.push((name.to_owned(), String::new()));
        }
    }
    named
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{first}{}", rest.to_lowercase())
}
