//! The cluster and the service of each kind of event.

use super::{CALL, TASK, check, forwarder_object, policy};
use serde_json::json;

#[test]
fn the_cluster_comes_from_cluster_arn_or_from_a_resource_in_a_cluster() {
    let arn = |resource: &str| format!("arn:aws:ecs:us-east-1:123456789012:{resource}");
    let of_resources = |resources: &[String]| {
        let facts = forwarder_object(&policy(), "ECS New Kind", &json!(resources), &json!({}));
        facts["cluster"].as_str().unwrap_or("-").to_owned()
    };
    for kind in [
        "service",
        "task",
        "container-instance",
        "service-deployment",
        "service-revision",
        "task-set",
        "container",
        "daemon",
        "daemon-deployment",
        "daemon-revision",
    ] {
        assert_eq!(of_resources(&[arn(&format!("{kind}/prod/x/y"))]), "prod", "{kind}");
        assert_eq!(of_resources(&[arn(&format!("{kind}/prod/x"))]), "prod", "{kind}");
        // An old ARN does not name the cluster.
        assert_eq!(of_resources(&[arn(&format!("{kind}/x"))]), "-", "{kind}");
    }
    for kind in ["task-definition", "capacity-provider", "daemon-task-definition", "new"] {
        assert_eq!(of_resources(&[arn(&format!("{kind}/prod/x"))]), "-", "{kind}");
    }
    assert_eq!(of_resources(&[arn("cluster/prod")]), "prod");
    assert_eq!(
        of_resources(&[arn("task/1"), arn("task-definition/a:1"), arn("task/prod/1")]),
        "prod"
    );
    assert_eq!(of_resources(&["arn:aws:ec2:us-east-1:1:service/prod/x".into(), "x".into()]), "-");
    for partition in ["aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"] {
        let arn = format!("arn:{partition}:ecs:x:123456789012:service/prod/web");
        assert_eq!(of_resources(&[arn]), "prod");
    }
    let both = json!({ "clusterArn": arn("cluster/staging") });
    let found = forwarder_object(&policy(), TASK, &json!([arn("task/prod/1")]), &both);
    assert_eq!(found["cluster"], "staging");
    let null = json!({ "clusterArn": null });
    let found = forwarder_object(&policy(), TASK, &json!([arn("task/prod/1")]), &null);
    assert_eq!(found["cluster"], "prod");
}

#[test]
fn the_cluster_of_a_call_is_the_requested_one() {
    let asked = |cluster: &str| json!({ "requestParameters": { "cluster": cluster } });
    check("cluster", CALL, &asked("prod"), "prod");
    check("cluster", CALL, &asked("arn:aws:ecs:us-east-1:123456789012:cluster/prod"), "prod");
    check("cluster", CALL, &asked("../prod x"), "-");
    check("cluster", CALL, &json!({}), "-");
    check("cluster", "ECS New Kind", &asked("prod"), "-");
}

#[test]
fn a_name_that_no_cluster_can_have_is_not_one() {
    for (name, expected) in [
        ("a", "a"),
        ("A_z-9", "A_z-9"),
        ("", "-"),
        ("a.b", "-"),
        ("..", "-"),
        ("a b", "-"),
        ("prod\n", "-"),
        ("ä", "-"),
        ("{cluster}", "-"),
        ("*", "-"),
    ] {
        let detail = json!({ "clusterArn": format!("arn:aws:ecs:x:1:cluster/{name}") });
        check("cluster", TASK, &detail, expected);
    }
    for (length, is_name) in [(255, true), (256, false)] {
        let name = "a".repeat(length);
        let detail = json!({ "clusterArn": format!("arn:aws:ecs:x:1:cluster/{name}") });
        check("cluster", TASK, &detail, if is_name { &name } else { "-" });
    }
}

#[test]
fn the_service_comes_from_the_group_or_an_arn_or_a_field_that_names_it() {
    let arn = "arn:aws:ecs:us-east-1:123456789012:service/prod/web";
    let old = "arn:aws:ecs:us-east-1:123456789012:service/web";
    let longest = "x".repeat(255);
    for (kind, resources, detail, expected) in [
        (TASK, json!([]), json!({ "group": "service:web" }), "web"),
        (TASK, json!([]), json!({ "group": "service:a service of a test" }), "-"),
        (TASK, json!([]), json!({ "group": (["service:", &longest].concat()) }), &longest),
        (TASK, json!([]), json!({ "group": (["service:x", &longest].concat()) }), "-"),
        (TASK, json!([]), json!({ "group": "service:" }), "-"),
        (TASK, json!([]), json!({ "group": "family:web" }), "-"),
        (TASK, json!([]), json!({ "group": "web" }), "-"),
        (TASK, json!([]), json!({ "group": null }), "-"),
        ("ECS Service Action", json!([arn]), json!({}), "web"),
        ("ECS Service Action", json!([old]), json!({}), "web"),
        ("ECS Service Action", json!([1, null, arn]), json!({ "serviceName": "other" }), "web"),
        ("ECS Service Action", json!([]), json!({ "serviceName": "web" }), "web"),
        ("ECS New Kind", json!([]), json!({ "service": "web" }), "web"),
        // The forwarder object is never redacted, so it takes nothing from a URL with a secret.
        ("ECS New Kind", json!([]), json!({ "service": "https://h/x?token=y" }), "-"),
        ("ECS New Kind", json!([]), json!({ "service": "user:password@host" }), "-"),
        ("ECS New Kind", json!([]), json!({ "service": "https%3A%2F%2Fu%3Ap%40h" }), "-"),
        ("ECS New Kind", json!(["arn:aws:ecs:x:1:service-deployment/prod/web/1"]), json!({}), "-"),
    ] {
        let found = forwarder_object(&policy(), kind, &resources, &detail);
        assert_eq!(
            found["service"].as_str().unwrap_or("-"),
            expected,
            "{kind} {resources} {detail}"
        );
    }
}
