//! Lists and rules: their problems, and their meaning.

use super::{check, end};

#[test]
fn rules_are_an_array_of_rules() {
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", "[]")]), @r#"
    1 problem in the configuration
      FORWARDER_RULES: an empty array keeps no event; unset the variable or add a rule
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", "{}")]), @r#"
    1 problem in the configuration
      FORWARDER_RULES: it is not a JSON array of objects: invalid type: map, expected a sequence at line 1 column 0
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", "[{\"clusters\":[\"prod\"]}")]), @r#"
    1 problem in the configuration
      FORWARDER_RULES: it is not a JSON array of objects: EOF while parsing a list at line 1 column 22
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", "[\"prod\"]")]), @r#"
    1 problem in the configuration
      FORWARDER_RULES: it is not a JSON array of objects: invalid type: string "prod", expected a map at line 1 column 7
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", r#"[{"clusters":[]},{"cluster":["prod"]}]"#)]), @r#"
    2 problems in the configuration
      FORWARDER_RULES: rule 1, clusters: the value must be an array of at least one string
      FORWARDER_RULES: rule 2 has the unknown key "cluster"; use one of clusters, eventTypes, detailTypes, eventNames, services, taskStatuses
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", r#"[{"clusters":"prod","eventTypes":[1],"services":[" "],"eventNames":null}]"#)]), @r#"
    4 problems in the configuration
      FORWARDER_RULES: rule 1, clusters: the value must be an array of at least one string
      FORWARDER_RULES: rule 1, eventTypes: the value must be an array of at least one string
      FORWARDER_RULES: rule 1, eventNames: the value must be an array of at least one string
      FORWARDER_RULES: rule 1, services: the array has an empty item
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_RULES", r#"[{},{"eventTypes":["WARNING"],"taskStatuses":["!"]}]"#)]), @r#"
    2 problems in the configuration
      FORWARDER_RULES: rule 2, eventTypes: "WARNING" can never match; use INFO, WARN, ERROR or *
      FORWARDER_RULES: rule 2, taskStatuses: "!" excludes nothing; write !name
    "#);
    assert_eq!(check(&[("FORWARDER_RULES", "[{}]")]), "fine");
}

#[test]
fn a_list_that_can_never_match_is_a_problem() {
    insta::assert_snapshot!(check(&[("FORWARDER_DETAIL_TYPES", "ECS")]), @r#"
    1 problem in the configuration
      FORWARDER_DETAIL_TYPES: "ECS" can never match; detail-types have more words, such as "ECS Task State Change"; in a shell, quote them: 'ECS *'
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_CLUSTERS", "!*")]), @r#"
    1 problem in the configuration
      FORWARDER_CLUSTERS: "!*" excludes everything
    "#);
    insta::assert_snapshot!(check(&[("FORWARDER_SERVICES", "web-*,api,!api,!web*")]), @r#"
    1 problem in the configuration
      FORWARDER_SERVICES: the list keeps nothing: exclusions such as "!web*" cover every name in it
    "#);
    for fine in ["prod-*,!prod-a*", "a,b,!a", "!a,!b", "*,!a"] {
        assert_eq!(check(&[("FORWARDER_CLUSTERS", fine)]), "fine", "{fine}");
    }
    for fine in ["ECS *", "ECS*", "ECS Task State Change", "My Own Kind"] {
        assert_eq!(check(&[("FORWARDER_DETAIL_TYPES", fine)]), "fine", "{fine}");
    }
}

#[test]
fn rules_and_lists_exclude_each_other() {
    insta::assert_snapshot!(
        check(&[
            ("FORWARDER_RULES", "[{}]"),
            ("FORWARDER_SERVICES", "web"),
            ("FORWARDER_CLUSTERS", "*"),
            ("FORWARDER_EVENT_TYPES", ""),
        ]),
        @r#"
    1 problem in the configuration
      FORWARDER_RULES: it cannot be combined with FORWARDER_CLUSTERS, FORWARDER_SERVICES; unset one or the other
    "#
    );
}

const PROD: &str = "/aws/events/ecs/containerinsights/prod/performance";
const UNRESOLVED: &str = "/aws/events/ecs/containerinsights/_unresolved/performance";

const TASK: &str = r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod","group":"service:web","lastStatus":"RUNNING","desiredStatus":"RUNNING"}}"#;
const RUN_TASK: &str = r#"{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":{"clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/prod","group":"family:migrate"}}"#;
const SERVICE: &str = r#"{"detail-type":"ECS Service Action","source":"aws.ecs","resources":["arn:aws:ecs:us-east-1:123456789012:service/prod/web"],"detail":{"eventType":"WARN","eventName":"SERVICE_TASK_START_IMPAIRED"}}"#;
const NAMELESS: &str = r#"{"detail-type":"ECS Service Action","source":"aws.ecs","resources":["arn:aws:ecs:us-east-1:123456789012:service/prod/web"],"detail":{"eventType":"WARN"}}"#;
const NOWHERE: &str = r#"{"detail-type":"ECS Deployment State Change","source":"aws.ecs","resources":["arn:aws:ecs:us-east-1:123456789012:service/web"],"detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED"}}"#;
const NEW: &str = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","resources":["arn:aws:ecs:us-east-1:123456789012:cluster/prod"],"detail":{"lastStatus":"STOPPED"}}"#;
const NEW_NAMED: &str = r#"{"detail-type":"ECS New Kind","source":"aws.ecs","resources":["arn:aws:ecs:us-east-1:123456789012:cluster/prod"],"detail":{"eventName":"NEW"}}"#;
const CALL: &str = r#"{"detail-type":"AWS API Call via CloudTrail","source":"aws.ecs","detail":{"eventName":"UpdateService","requestParameters":{"cluster":"prod","service":"web"}}}"#;

#[test]
fn each_list_keeps_and_drops_by_its_own_field() {
    const CLUSTERS: &str = "FORWARDER_CLUSTERS";
    const EVENT_TYPES: &str = "FORWARDER_EVENT_TYPES";
    const DETAIL_TYPES: &str = "FORWARDER_DETAIL_TYPES";
    const EVENT_NAMES: &str = "FORWARDER_EVENT_NAMES";
    const SERVICES: &str = "FORWARDER_SERVICES";
    const TASK_STATUSES: &str = "FORWARDER_TASK_STATUSES";
    let table = [
        // A list with only exclusions keeps everything else.
        (CLUSTERS, "!prod", TASK, "dropped cluster"),
        (CLUSTERS, "!staging", TASK, PROD),
        (CLUSTERS, "prod*,!prod-test", TASK, PROD),
        (CLUSTERS, "*,!p*d", TASK, "dropped cluster"),
        (CLUSTERS, "Prod", TASK, "dropped cluster"),
        // An absent field passes * and exclusions, and nothing else.
        (CLUSTERS, "*", NOWHERE, UNRESOLVED),
        (CLUSTERS, "!prod", NOWHERE, UNRESOLVED),
        (CLUSTERS, "*,!prod", NOWHERE, UNRESOLVED),
        (CLUSTERS, "prod,*", NOWHERE, UNRESOLVED),
        (CLUSTERS, "prod", NOWHERE, "dropped cluster"),
        (CLUSTERS, "p*", NOWHERE, "dropped cluster"),
        (CLUSTERS, "p*,!prod", NOWHERE, "dropped cluster"),
        (SERVICES, "web", TASK, PROD),
        (SERVICES, "web", RUN_TASK, "dropped service"),
        (SERVICES, "!web", RUN_TASK, PROD),
        (SERVICES, "*", RUN_TASK, PROD),
        (SERVICES, "!web", SERVICE, "dropped service"),
        (SERVICES, "web", NEW, "dropped service"),
        // The event type, set by ECS or derived.
        (EVENT_TYPES, "WARN,ERROR", TASK, "dropped eventType"),
        (EVENT_TYPES, "!INFO", TASK, "dropped eventType"),
        (EVENT_TYPES, "!INFO", SERVICE, PROD),
        (EVENT_TYPES, "*", NEW, PROD),
        (EVENT_TYPES, "W*", SERVICE, PROD),
        // The default drops events that are not ECS's.
        (DETAIL_TYPES, "", CALL, "dropped detailType"),
        (DETAIL_TYPES, "", NEW, PROD),
        (DETAIL_TYPES, "*", CALL, PROD),
        (DETAIL_TYPES, "ECS Task *", SERVICE, "dropped detailType"),
        (DETAIL_TYPES, "!ECS Task State Change", CALL, PROD),
        // Event names are a condition on the kinds that have one.
        (EVENT_NAMES, "SERVICE_STEADY_STATE", TASK, PROD),
        (EVENT_NAMES, "SERVICE_STEADY_STATE", SERVICE, "dropped eventName"),
        (EVENT_NAMES, "SERVICE_TASK_*", SERVICE, PROD),
        (EVENT_NAMES, "!SERVICE_STEADY_STATE", SERVICE, PROD),
        (EVENT_NAMES, "!SERVICE_*", SERVICE, "dropped eventName"),
        (EVENT_NAMES, "SERVICE_STEADY_STATE", NAMELESS, "dropped eventName"),
        (EVENT_NAMES, "!SERVICE_STEADY_STATE", NAMELESS, PROD),
        (EVENT_NAMES, "SERVICE_STEADY_STATE", NEW, PROD),
        (EVENT_NAMES, "SERVICE_STEADY_STATE", NEW_NAMED, "dropped eventName"),
        // Task statuses are a condition on tasks.
        (TASK_STATUSES, "STOPPED", TASK, "dropped taskStatus"),
        (TASK_STATUSES, "RUNNING,STOPPED", TASK, PROD),
        (TASK_STATUSES, "STOPPED", SERVICE, PROD),
        (TASK_STATUSES, "RUNNING", NEW, PROD),
        (TASK_STATUSES, "STOPPED", RUN_TASK, "dropped taskStatus"),
        (TASK_STATUSES, "!RUNNING", RUN_TASK, PROD),
    ];
    for (variable, value, event, expected) in table {
        assert_eq!(end(&[(variable, value)], event), expected, "{variable}={value} {event}");
    }
}

#[test]
fn an_event_is_kept_if_any_rule_keeps_it() {
    let rules = |rules| [("FORWARDER_RULES", rules)];
    let table = [
        ("[{}]", TASK, PROD),
        ("[{}]", NOWHERE, UNRESOLVED),
        // A missing key has the variable's default: CloudTrail calls are dropped.
        ("[{}]", CALL, "dropped detailType"),
        (r#"[{"clusters":["prod"]}]"#, CALL, "dropped detailType"),
        (r#"[{"detailTypes":["*"]}]"#, CALL, PROD),
        // One rule is enough, and all of its conditions must hold.
        (r#"[{"clusters":["staging"]},{"services":["web"]}]"#, TASK, PROD),
        (r#"[{"clusters":["staging"],"services":["web"]}]"#, TASK, "dropped cluster"),
        (
            r#"[{"eventTypes":["ERROR"]},{"clusters":["prod"],"taskStatuses":["STOPPED"]}]"#,
            NOWHERE,
            UNRESOLVED,
        ),
        // The reason is that of all rules, if they share one.
        (r#"[{"clusters":["staging"]},{"clusters":["test"]}]"#, TASK, "dropped cluster"),
        (r#"[{"clusters":["staging"]},{"services":["api"]}]"#, TASK, "dropped rules"),
        (r#"[{"clusters":["*","!p*"]},{"eventTypes":["!INFO"]}]"#, TASK, "dropped rules"),
        (r#" [ { "clusters" : [ " prod " ] } ] "#, TASK, PROD),
    ];
    for (value, event, expected) in table {
        assert_eq!(end(&rules(value), event), expected, "{value} {event}");
    }
}

#[test]
fn a_template_takes_only_valid_values_from_the_event() {
    let event = |account: &str, region: &str, cluster: &str| {
        format!(
            r#"{{"detail-type":"ECS New Kind","source":"aws.ecs","account":"{account}","region":"{region}","detail":{{"clusterArn":"arn:aws:ecs:x:1:cluster/{cluster}"}}}}"#
        )
    };
    let to = |template: &str, event: &str| {
        end(&[("FORWARDER_LOG_GROUP", template), ("FORWARDER_FALLBACK_LOG_GROUP", "/back")], event)
    };
    let usual = event("123456789012", "eu-west-1", "prod");
    assert_eq!(to("/e/{account}.{region}/{cluster}", &usual), "/e/123456789012.eu-west-1/prod");
    assert_eq!(to("/e/{cluster}/{region}", &usual), "/e/prod/eu-west-1");
    assert_eq!(to("/e", &usual), "/e");
    let all = "/e/{account}/{region}/{cluster}";
    for odd in [
        event("12345678901", "eu-west-1", "prod"),
        event("../../../../x", "eu-west-1", "prod"),
        event("123456789012", "../x", "prod"),
        event("123456789012", "", "prod"),
        event("123456789012", "eu-west-1", ".."),
        event("123456789012", "eu-west-1", ""),
    ] {
        assert_eq!(to(all, &odd), "/back", "{odd}");
    }
    // Without a known cluster, an event goes to the fallback group, whatever the template needs.
    assert_eq!(to("/e", NOWHERE), "/back");
}

#[test]
fn accepted_sources_are_globs_too() {
    let own = TASK.replace("aws.ecs", "my.ecs");
    assert_eq!(end(&[("FORWARDER_SOURCES", "aws.ecs,my.*")], &own), PROD);
    assert_eq!(end(&[("FORWARDER_SOURCES", "*,!my.ecs")], &own), "Forwarder.ForeignSource");
    assert_eq!(end(&[], &own), "Forwarder.ForeignSource");
    assert_eq!(end(&[("FORWARDER_SOURCES", "my.ecs")], TASK), "Forwarder.ForeignSource");
    assert_eq!(end(&[], &TASK.replace("aws.ecs", "AWS.ECS")), "Forwarder.ForeignSource");
}
