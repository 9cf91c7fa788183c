//! The variables for log groups: names, retention, key and tags.

use super::reader::Reader;
use super::var::{self, Variable};
use crate::log::{CLUSTER_TAG, limit};
use crate::policy::Retention;
use crate::route::{GroupName, GroupTemplate};

impl Reader {
    /// The group of events whose cluster is unknown.
    pub(super) fn fallback_log_group(&mut self) -> GroupName {
        self.parsed(var::FALLBACK_LOG_GROUP, GroupName::parse)
    }

    /// The group of a cluster's events.
    pub(super) fn log_group(&mut self) -> GroupTemplate {
        self.parsed(var::LOG_GROUP, GroupTemplate::parse)
    }

    /// The parsed value of the variable, or its default after a problem.
    fn parsed<T>(
        &mut self,
        variable: Variable,
        parse: impl Fn(&str) -> Result<T, Vec<String>>,
    ) -> T {
        let problems = match parse(&self.value(variable)) {
            Ok(parsed) => return parsed,
            Err(problems) => problems,
        };
        for text in problems {
            self.problem(variable.name, text);
        }
        parse(variable.default).expect("the default has no problem")
    }

    pub(super) fn retention(&mut self) -> Retention {
        self.parsed(var::RETENTION_DAYS, |value| {
            let offered = value.parse().ok().and_then(Retention::of_days);
            offered.ok_or_else(|| {
                let known = limit::RETENTION_DAYS.map(|days| days.to_string()).join(", ");
                vec![format!(
                    "{value:?} is not a number of days that CloudWatch Logs offers; use one of {known}"
                )]
            })
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
            let example = "arn:aws:kms:eu-west-1:123456789012:key/ID";
            self.problem(
                var::KMS_KEY_ARN.name,
                format!("{value:?} is not the ARN of a KMS key, such as {example}"),
            );
        }
        Some(value)
    }

    pub(super) fn tags(&mut self) -> Vec<(String, String)> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for item in self.items(var::TAGS) {
            let Some((key, value)) = item.split_once('=') else {
                self.problem(var::TAGS.name, format!("{item:?} has no value; write key=value"));
                continue;
            };
            let wrong = if key == CLUSTER_TAG {
                Some("comes from the forwarder itself; remove it")
            } else if tags.iter().any(|(known, _)| known == key) {
                Some("appears twice")
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
            let text = format!(
                "{} tags are too many; CloudWatch Logs allows {most} in addition to {CLUSTER_TAG}",
                tags.len()
            );
            self.problem(var::TAGS.name, text);
        }
        tags
    }
}

/// Returns the problem with a tag, if there is one.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
fn wrong_tag(key: &str, value: &str) -> Option<&'static str> {
    let is_allowed = |c: char| c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c);
    if key.is_empty() || key.chars().count() > 128 {
        Some("has a key that is empty or longer than 128 characters")
    } else if value.chars().count() > 256 {
        Some("has a value longer than 256 characters")
    } else if key.starts_with("aws:") {
        Some("begins with aws:, which AWS reserves for itself")
    } else if !key.chars().chain(value.chars()).all(is_allowed) {
        Some("may hold only letters, digits, spaces and _ . : / = + - @")
    } else {
        None
    }
}
