//! `ecs-events pattern`.

use super::Desk;
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::pattern::pattern;

#[test]
fn the_pattern_goes_to_standard_output_and_notes_go_to_standard_error() {
    insta::assert_snapshot!(Desk::empty().run("pattern --clusters prod --event-types INFO,ERROR --detail-types ECS*"), @r#"
    {
      "$or": [
        {
          "detail": {
            "clusterArn": [
              {
                "suffix": ":cluster/prod"
              }
            ]
          }
        },
        {
          "detail": {
            "clusterArn": [
              {
                "exists": false
              },
              null
            ]
          },
          "resources": [
            {
              "wildcard": "*/prod/*"
            },
            {
              "suffix": ":cluster/prod"
            }
          ]
        }
      ],
      "detail": {
        "eventType": [
          {
            "exists": false
          },
          null,
          {
            "anything-but": [
              "WARN",
              "WARNING"
            ]
          }
        ]
      },
      "detail-type": [
        {
          "prefix": "ECS"
        }
      ],
      "source": [
        "aws.ecs"
      ]
    }
    --- stderr ---
    316 bytes of 2,048
    expressed only in part, so the function decides the rest: event types
    --- exit 0 ---
    "#);
}

#[test]
fn a_compact_pattern_is_one_line() {
    insta::assert_snapshot!(Desk::empty().run("pattern --detail-types * --compact"), @r#"
    {"source":["aws.ecs"]}
    --- stderr ---
    22 bytes of 2,048
    the pattern expresses the whole policy
    --- exit 0 ---
    "#);
}

#[test]
fn the_pattern_equals_the_library_s_for_the_given_size() {
    let settings = [("FORWARDER_CLUSTERS", "prod,!prod-*"), ("FORWARDER_SERVICES", "web")];
    let desk = settings.iter().fold(Desk::empty(), |desk, (name, value)| desk.set(name, value));
    let given = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let policy = config(given).unwrap().policy;
    for most_bytes in [4096, 2048, 400, 150] {
        let ran = desk.run(&format!("pattern --compact --max-bytes {most_bytes}"));
        assert_eq!(ran.stdout.trim_end(), pattern(&policy, most_bytes).text);
        assert!(ran.stdout.len() <= most_bytes + 1);
        let short = ran.stderr.contains("left out");
        assert_eq!(short, !pattern(&policy, most_bytes).given_up.is_empty(), "{ran}");
        assert_eq!(ran.code, Some(0));
    }
}

#[test]
fn a_pattern_that_cannot_be_short_enough_is_bad_use() {
    insta::assert_snapshot!(Desk::empty().run("pattern --max-bytes 10"), @"
    --- stderr ---
    error: the shortest pattern has 22 bytes
    --- exit 2 ---
    ");
    let ran = Desk::empty().run("pattern --max-bytes 5000");
    assert_eq!(ran.code, Some(2), "{ran}");
    let ran = Desk::empty().run("pattern --trim less");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran}");
}
