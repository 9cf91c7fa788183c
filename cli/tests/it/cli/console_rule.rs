//! `ecs-events console-rule`.

use super::Desk;

/// Computed with another SHA-256 and another base58.
#[test]
fn the_rule_is_named_by_the_cluster_and_a_hash_of_its_arn() {
    let rules = [
        (
            "arn:aws:ecs:us-east-1:123456789012:cluster/prod",
            "EventsToLogs-prod-3sua5jXUmNwN4nx3fA1HjhjyLSh4d6rUh996j9m6bQhq",
        ),
        (
            "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/production_2-a",
            "EventsToLogs-produc-GU9pYeoVPpL9Jo4U33C6cGEB5XPc9KS2b2LYhhLasXVA",
        ),
        (
            "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/x",
            "EventsToLogs-x-AF7jE9xQ46vT6hEMq61C51fdXxRh9gumiucxyZrdxPtE",
        ),
    ];
    for (arn, rule) in rules {
        let ran = Desk::empty().run(&format!("console-rule {arn}"));
        assert_eq!((ran.code, ran.stdout), (Some(0), format!("{rule}\n")));
    }
}

#[test]
fn an_argument_that_is_not_a_cluster_arn_is_bad_use() {
    let bad = [
        "prod",
        "arn:aws:ecs:us-east-1:123456789012:service/prod/web",
        "arn:aws:ecs:us-east-1:123456789012:cluster/",
        "arn:aws:ecs:us-east-1:123456789012:cluster/a/b",
        "arn:aws:ecs:us-east-1:12345:cluster/prod",
        "arn:aws:ecs::123456789012:cluster/prod",
        "arn:aws:logs:us-east-1:123456789012:cluster/prod",
    ];
    for arn in bad {
        let ran = Desk::empty().run(&format!("console-rule {arn}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arn}");
        assert!(ran.stderr.contains("is not the ARN of a cluster, such as arn:aws:ecs:"), "{ran}");
    }
    assert_eq!(Desk::empty().run("console-rule").code, Some(2));
}
