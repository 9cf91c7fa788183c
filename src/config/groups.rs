//! Log groups: their names, retention, key and tags.

use super::reader::Reader;
use super::var::{self, Variable};
use crate::log::{CLUSTER_TAG, limit};
use crate::route::{Part, Template};

impl Reader {
    /// A log group's name, with no places in it.
    pub(super) fn log_group_name(&mut self, variable: Variable) -> String {
        let name = self.value(variable);
        if name.contains(['{', '}']) {
            self.problem(variable.name, format!("{name:?} has a place in braces; it is one name"));
        } else {
            self.check_literal(variable, &name);
            self.check_bytes(variable, name.len());
        }
        name
    }

    /// A log group's name with `{cluster}`, `{account}` and `{region}`.
    pub(super) fn template(&mut self) -> Template {
        let variable = var::LOG_GROUP;
        let text = self.value(variable);
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((literal, place_on)) = rest.split_once('{') {
            let Some((place, after)) = place_on.split_once('}') else {
                self.problem(variable.name, format!("{text:?} has a brace that is not closed"));
                break;
            };
            parts.extend((!literal.is_empty()).then(|| Part::Literal(literal.to_owned())));
            match place {
                "cluster" => parts.push(Part::Cluster),
                "account" => parts.push(Part::Account),
                "region" => parts.push(Part::Region),
                _ => {
                    let known = "places are {cluster}, {account} and {region}";
                    self.problem(variable.name, format!("{{{place}}} is not known; {known}"));
                }
            }
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Literal(rest.to_owned())));
        if !matches!(parts.first(), Some(Part::Literal(_))) {
            let text = "it must begin with literal text, which the function's role is confined to";
            self.problem(variable.name, text.to_owned());
        }
        for part in &parts {
            if let Part::Literal(literal) = part {
                self.check_literal(variable, literal);
            }
        }
        self.check_bytes(variable, parts.iter().map(Part::most_bytes).sum());
        Template { parts }
    }

    fn check_literal(&mut self, variable: Variable, literal: &str) {
        // See https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
        if let Some(odd) = literal.chars().find(|c| !is_allowed(*c)) {
            let allowed = "names have letters, digits and _ - / . #";
            self.problem(variable.name, format!("{odd:?} cannot stand in a log group; {allowed}"));
        }
        if literal.starts_with("aws/") {
            let text = "log groups cannot begin with aws/; perhaps /aws/ is meant";
            self.problem(variable.name, text.to_owned());
        }
    }

    fn check_bytes(&mut self, variable: Variable, bytes: usize) {
        let most = limit::NAME_BYTES;
        if bytes > most {
            let text =
                format!("the name can have {bytes} characters; CloudWatch Logs takes {most}");
            self.problem(variable.name, text);
        }
    }

    pub(super) fn retention_days(&mut self) -> i32 {
        let value = self.value(var::RETENTION_DAYS);
        let days = value.parse().ok().filter(|days| limit::RETENTION_DAYS.contains(days));
        days.unwrap_or_else(|| {
            let known = limit::RETENTION_DAYS.map(|days| days.to_string()).join(", ");
            let text = format!(
                "{value:?} is not a retention that CloudWatch Logs has; it is one of {known}"
            );
            self.problem(var::RETENTION_DAYS.name, text);
            0
        })
    }

    pub(super) fn kms_key_arn(&mut self) -> Option<String> {
        let value = self.value(var::KMS_KEY_ARN);
        if value.is_empty() {
            return None;
        }
        let parts: Vec<_> = value.split(':').collect();
        let is_key = matches!(parts.as_slice(),
            ["arn", _, "kms", _, _, key] if key.starts_with("key/") && value.len() <= 256);
        if !is_key {
            let right = "it is like arn:aws:kms:eu-west-1:123456789012:key/ID";
            self.problem(
                var::KMS_KEY_ARN.name,
                format!("{value:?} is not the ARN of a key; {right}"),
            );
        }
        Some(value)
    }

    pub(super) fn tags(&mut self) -> Vec<(String, String)> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for item in self.items(var::TAGS) {
            let Some((key, value)) = item.split_once('=') else {
                self.problem(var::TAGS.name, format!("{item:?} is not key=value"));
                continue;
            };
            let wrong = if key == CLUSTER_TAG {
                Some("is always set by the forwarder")
            } else if tags.iter().any(|(known, _)| known == key) {
                Some("is given twice")
            } else {
                wrong_tag(key, value)
            };
            if let Some(wrong) = wrong {
                self.problem(var::TAGS.name, format!("the tag {key:?} {wrong}"));
            }
            tags.push((key.to_owned(), value.to_owned()));
        }
        if tags.len() >= limit::TAGS {
            let most = limit::TAGS - 1;
            let text =
                format!("{} tags; CloudWatch Logs takes {most} beside {CLUSTER_TAG}", tags.len());
            self.problem(var::TAGS.name, text);
        }
        tags
    }
}

/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
fn wrong_tag(key: &str, value: &str) -> Option<&'static str> {
    let is_allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if key.is_empty() || key.chars().count() > 128 {
        Some("has a key that is empty or longer than 128 characters")
    } else if value.chars().count() > 256 {
        Some("has a value longer than 256 characters")
    } else if key.starts_with("aws:") {
        Some("begins with aws:, which is AWS's own")
    } else if !key.chars().chain(value.chars()).all(is_allowed) {
        Some("has characters other than letters, digits, spaces and _ . : / = + - @")
    } else {
        None
    }
}
