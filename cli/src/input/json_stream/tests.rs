//! Broken JSON: how much work it takes, in steps, and what is still found.

use super::JsonStream;

/// Returns the steps for each byte of a text, the values found, and the skipped lines.
fn work(text: &str) -> (f64, usize, Option<String>) {
    let mut stream = JsonStream::new(text.as_bytes());
    let mut found = 0;
    while stream.next().unwrap().is_some() {
        found += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "texts are short")]
    let steps = stream.steps as f64 / text.len() as f64;
    (steps, found, stream.skipped())
}

#[test]
fn broken_json_takes_time_in_proportion_to_its_length() {
    let event = r#"{"a":1}"#;
    for line in [
        "{\"a\":\n",
        "[\n",
        "{\"a\":[\n",
        "{\n",
        "{\"a\":\"\n",
        "{\"a\":1\n",
        "{\"a\":1}}\n",
        "}\n",
        "[{\"a\":\n",
        "{\"a\":{\"a\":1},\n",
        "  {\n",
        "{\"a\"\n\n",
        "x\n",
        "\"\n",
        "[[1,\n",
        "{]\n",
        "{\"events\":[\n",
        "{\"a\":{\n",
        "tru\n",
        "\"a\":{\n",
        "[1,2\n]]\n",
    ] {
        for end in ["", event, "\n\n", "]}"] {
            let text = line.repeat(8_000) + end;
            let (steps, ..) = work(&text);
            assert!(steps < 3.0, "{line:?} {end:?}: {steps} steps a byte");
        }
    }
}

#[test]
fn each_line_of_broken_json_is_found_failed_or_skipped() {
    let (_, found, skipped) = work(&"{\"a\":\n".repeat(8_000));
    assert_eq!(found, 1);
    let sentence = "skipped 7999 lines without a readable value: 2 to 8000";
    assert_eq!(skipped.as_deref(), Some(sentence));
}

/// Returns the lines on which complete values are found.
fn complete_lines(text: &str) -> Vec<usize> {
    let mut stream = JsonStream::new(text.as_bytes());
    let mut lines = Vec::new();
    while let Some(found) = stream.next().unwrap() {
        lines.extend(found.text.is_ok().then_some(found.line));
    }
    lines
}

#[test]
fn broken_values_cost_no_others_however_many_there_are() {
    const LINES: usize = 7;
    for broken in 0..1_usize << LINES {
        let is_broken = |line: &usize| broken >> (line - 2) & 1 == 1;
        let lines = 2..LINES + 2;
        let expected: Vec<usize> = lines.clone().filter(|line| !is_broken(line)).collect();
        for cut in ["{\"x\":", "{\"x\":,", "{", "{\"x", "{\"x\":{\"y\":[1,", "nonsense,", "{]"] {
            for (before, comma, after) in [("[\n", ",", "]"), ("\n", "", "")] {
                for indent in ["", "  "] {
                    let good = format!("{indent}{{\"a\":1}}{comma}\n");
                    let bad = format!("{indent}{cut}\n");
                    let line = |line| if is_broken(&line) { bad.as_str() } else { &good };
                    let text = before.to_owned() + &lines.clone().map(line).collect::<String>();
                    assert_eq!(complete_lines(&(text.clone() + after)), expected, "{text}");
                }
            }
        }
    }
}
