//! Text from events, without the characters that a terminal would interpret as commands.

use std::fmt::Write;

/// Replaces the characters that a terminal would interpret as commands.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if is_invisible(c) { '\u{FFFD}' } else { c }).collect()
}

/// Escapes those characters as JSON does, so that the strings in a JSON text stay the same.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) && !c.is_ascii_whitespace() {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        } else {
            text.push(c);
        }
    }
    text
}

/// True for control characters and for those that change the text direction.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{escaped, visible};

    #[test]
    fn a_control_character_of_an_event_is_no_command_and_its_json_means_the_same() {
        let hostile = "a\u{9b}31m\u{7f}\u{202e}é";
        assert_eq!(visible(hostile), "a\u{fffd}31m\u{fffd}\u{fffd}é");
        let json = serde_json::json!({ "eventName": hostile }).to_string();
        let shown = escaped(&json);
        assert_eq!(shown, r#"{"eventName":"a\u009b31m\u007f\u202eé"}"#);
        let same: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
        assert_eq!(same["eventName"], hostile);
    }
}
