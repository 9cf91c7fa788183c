//! What is there after what was done.

use std::collections::BTreeMap;

use serde_json::json;

use super::{GROUP, STREAM, call, check, messages, put, send, timeless};
use crate::Operation::{CreateLogGroup, CreateLogStream, PutLogEvents, PutRetentionPolicy};
use crate::{LogGroup, Outcome, World};

#[test]
fn a_group_is_what_its_makers_said() {
    let world = World::new();
    let input = json!({
        "logGroupName": GROUP,
        "logGroupClass": "INFREQUENT_ACCESS",
        "kmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/1",
        "tags": {"ClusterName": "prod"}
    });
    assert_eq!(check(&world.logs, CreateLogGroup, &input), "done");
    let days = json!({"logGroupName": GROUP, "retentionInDays": 7});
    assert_eq!(check(&world.logs, PutRetentionPolicy, &days), "done");
    for stream in ["b", "a"] {
        let input = json!({"logGroupName": GROUP, "logStreamName": stream});
        assert_eq!(check(&world.logs, CreateLogStream, &input), "done");
    }
    let expected = LogGroup {
        name: GROUP.to_owned(),
        retention_days: Some(7),
        class: "INFREQUENT_ACCESS".to_owned(),
        kms_key_id: Some("arn:aws:kms:eu-west-1:123456789012:key/1".to_owned()),
        tags: BTreeMap::from([("ClusterName".to_owned(), "prod".to_owned())]),
        streams: vec!["a".to_owned(), "b".to_owned()],
    };
    assert_eq!(world.logs.groups(), [expected]);
}

#[test]
fn a_group_without_more_is_standard_and_keeps_for_ever() {
    let world = World::new();
    check(&world.logs, CreateLogGroup, &json!({"logGroupName": GROUP}));
    let group = world.logs.group(GROUP).expect("it was made");
    assert_eq!(
        (group.class.as_str(), group.retention_days, group.kms_key_id),
        ("STANDARD", None, None)
    );
}

#[test]
fn events_are_kept_as_they_came() {
    let world = timeless();
    let odd = "{\"a\":\"\\u0000 ü \u{1F600} \\\" \n\"}";
    send(&world.logs, &[(5, odd), (6, "b")]).expect("an answer");
    send(&world.logs, &[(1, "c")]).expect("an answer");
    let expected = [(5, odd.to_owned()), (6, "b".to_owned()), (1, "c".to_owned())];
    assert_eq!(world.logs.stored(GROUP, STREAM), expected);
    assert!(world.logs.stored(GROUP, "other").is_empty());
    assert!(world.logs.stored("/other", STREAM).is_empty());
}

#[test]
fn what_is_deleted_is_gone_and_what_is_made_again_is_empty() {
    let world = timeless();
    send(&world.logs, &[(1, "a")]).expect("an answer");
    world.logs.delete_group(GROUP);
    let no_group = "ResourceNotFoundException: The specified log group does not exist.";
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "b")])), no_group);
    world.logs.create_stream(GROUP, STREAM);
    send(&world.logs, &[(1, "c")]).expect("an answer");
    assert_eq!(messages(&world.logs), ["c"]);
    world.logs.delete_stream(GROUP, STREAM);
    let no_stream = "ResourceNotFoundException: The specified log stream does not exist.";
    assert_eq!(check(&world.logs, PutLogEvents, &put(&[(1, "d")])), no_stream);
    let ever: Vec<_> =
        world.logs.ever_stored().into_iter().map(|event| (event.message, event.call)).collect();
    assert_eq!(ever, [("a".to_owned(), 0), ("c".to_owned(), 2)]);
}

#[test]
fn a_soak_need_not_keep_whole_messages() {
    let world = timeless();
    world.logs.keep_only(|message| message.chars().take(1).collect());
    send(&world.logs, &[(1, "abc"), (2, "def")]).expect("an answer");
    assert_eq!(messages(&world.logs), ["a", "d"]);
}

#[test]
fn every_call_is_written_down() {
    let world = timeless();
    send(&world.logs, &[(1, "ab"), (4, "c")]).expect("an answer");
    check(&world.logs, CreateLogGroup, &json!({"logGroupName": GROUP}));
    world.logs.wait_for_calls(PutLogEvents, 1);
    let put = call(&world.logs, 0);
    assert_eq!(
        (put.operation, put.group.as_str(), put.stream.as_str()),
        (PutLogEvents, GROUP, STREAM)
    );
    assert_eq!((put.events, put.bytes, put.span_ms, put.rejected), (2, 3 + 2 * 26, 3, 0));
    assert_eq!((put.outcome, put.fault, put.is_answer_lost), (Outcome::Done, None, false));
    let create = call(&world.logs, 1);
    assert_eq!(create.outcome, Outcome::Refused("ResourceAlreadyExistsException"));
    assert!(create.at >= put.at);
    assert_eq!(world.logs.calls_of(CreateLogGroup).len(), 1);
}
