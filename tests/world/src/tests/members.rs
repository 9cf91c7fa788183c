//! The constraints on each member, and the answers about what is there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{GROUP, INVALID, STREAM, WRONG_SHAPE, check, check_kind, put, timeless};
use crate::Operation::{
    CreateLogGroup, CreateLogStream, PutLogEvents, PutRetentionPolicy, TagResource,
};
use crate::{ACCOUNT, REGION, World};

fn create_group(name: &str) -> String {
    check_kind(&World::new().logs, CreateLogGroup, &json!({ "logGroupName": name }))
}

#[test]
fn a_group_has_a_name_of_1_to_512_letters_digits_and_five_marks() {
    for good in ["a", "/aws/events/A_b-c.d#9", &"x".repeat(512)] {
        assert_eq!(create_group(good), "done", "{good}");
    }
    for bad in ["", &"x".repeat(513), "a b", "a:b", "a*", "ü", "a\n", "{cluster}", "aws/x"] {
        assert_eq!(create_group(bad), INVALID, "{bad}");
    }
}

#[test]
fn the_name_of_a_group_is_checked_in_every_operation() {
    let world = timeless();
    let bad = "a b";
    let events = json!([{"timestamp": 1, "message": "x"}]);
    let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{bad}");
    let calls = [
        (PutLogEvents, json!({"logGroupName": bad, "logStreamName": "s", "logEvents": events})),
        (CreateLogStream, json!({"logGroupName": bad, "logStreamName": "s"})),
        (PutRetentionPolicy, json!({"logGroupName": bad, "retentionInDays": 1})),
        (TagResource, json!({"resourceArn": arn, "tags": {"a": "b"}})),
    ];
    for (operation, input) in calls {
        assert_eq!(check_kind(&world.logs, operation, &input), INVALID, "{operation:?}");
    }
}

#[test]
fn a_stream_has_a_name_of_1_to_512_characters_without_colon_and_asterisk() {
    let world = timeless();
    let stream = |name: &str| {
        let input = json!({"logGroupName": GROUP, "logStreamName": name});
        check_kind(&world.logs, CreateLogStream, &input)
    };
    for good in ["s", "2026/11/23/[$LATEST]ü", &"x".repeat(512)] {
        assert_eq!(stream(good), "done", "{good}");
    }
    for bad in ["", &"x".repeat(513), "a:b", "a*b"] {
        assert_eq!(stream(bad), INVALID, "{bad}");
    }
    let mut input = put(&[(1, "x")]);
    input["logStreamName"] = json!("a:b");
    assert_eq!(check_kind(&world.logs, PutLogEvents, &input), INVALID);
}

#[test]
fn retention_is_one_of_22_values() {
    let world = timeless();
    let good = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
        2922, 3288, 3653,
    ];
    for days in -1..4000 {
        let input = json!({"logGroupName": GROUP, "retentionInDays": days});
        // One connection for each of thousands would be slow: look at both sides of each value.
        if !good.iter().any(|value| i64::abs(days - value) <= 1) {
            continue;
        }
        let expected = if good.contains(&days) { "done" } else { INVALID };
        assert_eq!(check_kind(&world.logs, PutRetentionPolicy, &input), expected, "{days}");
    }
    assert_eq!(world.logs.group(GROUP).and_then(|group| group.retention_days), Some(3653));
}

#[test]
fn tags_are_1_to_50_of_the_right_length_and_letters() {
    let check = |tags: Value| {
        let input = json!({"logGroupName": GROUP, "tags": tags});
        check_kind(&World::new().logs, CreateLogGroup, &input)
    };
    let many = |count: usize| (0..count).map(|n| (n.to_string(), "v")).collect::<BTreeMap<_, _>>();
    let (key, value) = ("k".repeat(128), "v".repeat(256));
    assert_eq!(check(json!({ &key: value })), "done");
    assert_eq!(check(json!({"Grüße 1_.:/=+-@": ""})), "done");
    assert_eq!(check(json!(many(50))), "done");
    for bad in [
        json!({}),
        json!(many(51)),
        json!({"": "v"}),
        json!({ format!("{key}k"): "v" }),
        json!({"k": format!("{value}v")}),
        json!({"k!": "v"}),
        json!({"k": "v\t"}),
        json!({"aws:k": "v"}),
    ] {
        assert_eq!(check(bad.clone()), INVALID, "{bad}");
    }
    assert_eq!(check(json!({"k": 1})), WRONG_SHAPE);
}

#[test]
fn a_group_takes_a_known_class_and_a_key_of_at_most_256_characters() {
    let check = |member: &str, value: &str| {
        let input = json!({"logGroupName": GROUP, member: value});
        check_kind(&World::new().logs, CreateLogGroup, &input)
    };
    for class in ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"] {
        assert_eq!(check("logGroupClass", class), "done");
    }
    assert_eq!(check("logGroupClass", "standard"), INVALID);
    assert_eq!(check("kmsKeyId", &"k".repeat(256)), "done");
    assert_eq!(check("kmsKeyId", &"k".repeat(257)), INVALID);
}

#[test]
fn a_tagged_group_is_named_by_its_arn_without_a_star_and_has_50_tags_in_all() {
    let world = timeless();
    let tag = |arn: &str, count: usize, offset: usize| {
        let tags: BTreeMap<_, _> = (0..count).map(|n| ((n + offset).to_string(), "v")).collect();
        check_kind(&world.logs, TagResource, &json!({"resourceArn": arn, "tags": tags}))
    };
    let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}");
    assert_eq!(tag(&arn, 50, 0), "done");
    assert_eq!(tag(&arn, 50, 0), "done");
    assert_eq!(tag(&arn, 1, 50), "violation: TooManyTags");
    assert_eq!(tag(GROUP, 1, 0), INVALID);
    assert_eq!(tag(&format!("{arn}:*"), 1, 0), INVALID);
    assert_eq!(tag(&format!("{arn}x"), 1, 0), "ResourceNotFound");
    assert_eq!(world.logs.group(GROUP).map(|group| group.tags.len()), Some(50));
}

#[test]
fn every_member_has_its_type_and_no_other_is_taken() {
    let world = timeless();
    let mut wrong = vec![
        (CreateLogGroup, json!({})),
        (CreateLogGroup, json!({"logGroupName": 1})),
        (CreateLogGroup, json!({"logGroupName": "a", "retentionInDays": 7})),
        (CreateLogGroup, json!({"logGroupName": "a", "kmsKeyId": null})),
        (CreateLogGroup, json!({"logGroupName": "a", "tags": []})),
        (CreateLogStream, json!({"logGroupName": GROUP})),
        (PutRetentionPolicy, json!({"logGroupName": GROUP})),
        (PutRetentionPolicy, json!({"logGroupName": GROUP, "retentionInDays": "7"})),
        (PutLogEvents, json!({"logGroupName": GROUP, "logStreamName": STREAM})),
        (PutLogEvents, json!({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": "x"})),
    ];
    for event in [
        json!("x"),
        json!({"message": "x"}),
        json!({"timestamp": 1}),
        json!({"timestamp": 1.5, "message": "x"}),
        json!({"timestamp": "1", "message": "x"}),
        json!({"timestamp": 1, "message": {}}),
        json!({"timestamp": 1, "message": "x", "level": "INFO"}),
    ] {
        let events = json!([event]);
        let input = json!({"logGroupName": GROUP, "logStreamName": STREAM, "logEvents": events});
        wrong.push((PutLogEvents, input));
    }
    for (operation, input) in wrong {
        assert_eq!(check_kind(&world.logs, operation, &input), WRONG_SHAPE, "{input}");
    }
    assert!(world.logs.calls().is_empty(), "what cannot be read is no call");
}

#[test]
fn what_is_missing_and_what_is_there_already_is_said_in_aws_words() {
    let world = World::new();
    let (group, stream) =
        (json!({"logGroupName": GROUP}), json!({"logGroupName": GROUP, "logStreamName": STREAM}));
    let days = json!({"logGroupName": GROUP, "retentionInDays": 7});
    let no_group = "ResourceNotFoundException: The specified log group does not exist.";
    let no_stream = "ResourceNotFoundException: The specified log stream does not exist.";
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "a")])), no_group);
    assert_eq!(check(&world.logs, CreateLogStream, &stream), no_group);
    assert_eq!(check(&world.logs, PutRetentionPolicy, &days), no_group);
    assert_eq!(check(&world.logs, CreateLogGroup, &group), "done");
    assert_eq!(
        check(&world.logs, CreateLogGroup, &group),
        "ResourceAlreadyExistsException: The specified log group already exists"
    );
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "a")])), no_stream);
    assert_eq!(check(&world.logs, CreateLogStream, &stream), "done");
    assert_eq!(
        check(&world.logs, CreateLogStream, &stream),
        "ResourceAlreadyExistsException: The specified log stream already exists"
    );
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "a")])), "done");
}
