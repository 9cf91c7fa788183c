//! The work that broken JSON makes, counted in steps and not in seconds.

use super::JsonStream;

/// The bytes that are looked at for each byte of a text, and the values and lines found.
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
