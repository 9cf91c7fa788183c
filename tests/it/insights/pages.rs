//! The evaluator gives the results of the examples on AWS's pages, and refuses what they do not specify.

use super::order::natural;
use super::{Stored, run};

/// The rows of a query on messages with timestamps one second apart.
fn check(query: &str, messages: &[&str]) -> String {
    let stored = |(at, message): (i64, &&str)| Stored {
        log_group: "group".to_owned(),
        log_stream: "stream".to_owned(),
        timestamp_ms: at * 1000,
        message: (*message).to_owned(),
    };
    let logs: Vec<_> = (1..).zip(messages).map(stored).collect();
    match run(query, &logs) {
        Ok(table) => table.rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join("\n"),
        Err(why) => format!("refused: {why}"),
    }
}

fn refusal(query: &str) -> String {
    check(query, &[r#"{"a":1,"b":"x","no":null,"is":true}"#, r#"{"a":2}"#])
}

#[test]
fn values_sort_as_on_the_page_about_sort() {
    // As on the page: runs of digits are compared by length, so 0 comes before 01.
    let page = [
        "!:",
        "#",
        "*%04",
        "0#",
        "5A",
        "111A",
        "2345_",
        "@",
        "@_",
        "A",
        "A9876fghj",
        "a12345hfh",
        "0",
        "01",
    ];
    let mut sorted = page;
    sorted.reverse();
    sorted.sort_by(|one, other| natural(one, other));
    assert_eq!(sorted, page);
}

#[test]
fn nested_fields_and_elements_are_named_with_dots() {
    let message = r#"{"userIdentity":{"type":"IAMUser"},"items":[{"instanceId":"i-abcde123"}]}"#;
    let query = "fields userIdentity.type | filter items.0.instanceId=\"i-abcde123\"";
    assert_eq!(check(query, &[message]), "IAMUser");
}

#[test]
fn a_second_stats_works_on_the_result_of_the_first() {
    let messages = [r#"{"s":"a","p":"x"}"#, r#"{"s":"a","p":"x"}"#, r#"{"s":"b","p":"x"}"#];
    let query = "STATS count(*) AS requests BY s, p | FILTER requests > 1 \
                 | STATS count(*) AS sessions, sum(requests) / count(*) AS average BY p";
    assert_eq!(check(query, &messages), "x 1 2");
}

#[test]
fn dedup_keeps_the_first_of_equal_rows_and_every_null() {
    let messages = [r#"{"s":"a","n":1}"#, r#"{"n":2}"#, r#"{"s":"a","n":3}"#, r#"{"n":4}"#];
    let query = "fields n | sort @timestamp desc | dedup s";
    assert_eq!(check(query, &messages), "4\n3\n2");
}

#[test]
fn parse_keeps_rows_that_do_not_match() {
    let messages = [r#"{"m":"user=ann, method:get, latency := 7, or so"}"#, r#"{"m":"else"}"#];
    let query = "parse m 'user=*, method:*, latency := *' as user, method, latency \
                 | display user, method, latency | sort @timestamp asc";
    assert_eq!(check(query, &messages), "ann get 7, or so\n  ");
}

#[test]
fn percentiles_ignore_rows_without_the_field() {
    let messages = [r#"{"n":10}"#, r#"{"n":30}"#, r#"{"n":20}"#, "{}"];
    let query = "stats pct(n, 50), pct(n, 95), min(n), max(n), count(n), count(*) by bin(2s)";
    assert_eq!(
        check(query, &messages),
        "1970-01-01 00:00:00.000 10 10 10 10 1 1\n\
        1970-01-01 00:00:02.000 20 30 20 30 2 2\n1970-01-01 00:00:04.000     0 1"
    );
}

#[test]
fn only_the_first_200_fields_are_seen() {
    let field = |n: usize| format!("\"f{n}\":{n}");
    let message = format!("{{{}}}", (1..=201).map(field).collect::<Vec<_>>().join(","));
    let query = "fields f199, f200, f201";
    assert_eq!(check(query, &[&message]), "199 200 ");
}

#[test]
fn source_names_the_log_groups() {
    assert_eq!(check("SOURCE 'group' | SOURCE 'other' | fields n", &[r#"{"n":1}"#]), "1");
    assert_eq!(check("SOURCE 'other' | fields n", &[r#"{"n":1}"#]), "");
}

#[test]
fn queries_that_the_pages_do_not_specify_are_refused() {
    let queries = [
        "feilds a",
        "fields md5(b)",
        "fields detail-type",
        "fields last_one",
        "filter b like /x/",
        "filter b != 'x'",
        "filter not b = 'x'",
        "filter b not in ['x']",
        "filter b > 'a'",
        "filter a = 'x'",
        "filter ispresent(no)",
        "filter a",
        "fields is",
        "fields coalesce(b, 'x')",
        "fields concat('!', b)",
        "stats count(*) by b",
        "stats latest(b)",
        "stats a by a",
        "stats max(a) as m | fields b",
        "stats count(*) by bin(90s)",
        "stats max(b)",
        "stats max(a) as m by b | stats max(m) | stats count(*)",
        "sort a asc | stats count(*)",
        "fields a | sort b asc",
        "fields a | sort a",
        "fields a | dedup b",
        "fields a | sort a asc | dedup a | display a",
        "fields a | parse b 'x*' as c",
        "parse b 'x*y*' as c | display c",
        "fields a | SOURCE 'group'",
        "fields a | limit 0",
        "fields a b",
        "fields (a",
        "fields 'it\\'s'",
    ];
    let told = |query: &str| format!("{query}\n    {}\n", refusal(query));
    let all: String = queries.map(told).concat();
    assert!(all.lines().skip(1).step_by(2).all(|line| line.starts_with("    refused")), "{all}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("refused", all);
    });
}
