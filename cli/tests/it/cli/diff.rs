//! `ecs-events diff`.

use super::{Desk, THREE};

fn desk(before: &str, after: &str) -> Desk {
    let desk = Desk::with(&THREE);
    desk.put("before.toml", before);
    desk.put("after.toml", after);
    desk
}

const WORDS: &str =
    "diff --before before.toml --after after.toml events --events-per-month 1000000";

#[test]
fn changed_events_fields_and_dollars_are_shown() {
    let after = "event_types = [\"ERROR\"]\ntrim = \"minimal\"";
    insta::assert_snapshot!(desk("", after).run(WORDS), @"
    SETTING                BEFORE           AFTER
    FORWARDER_EVENT_TYPES  INFO,WARN,ERROR  ERROR
    FORWARDER_TRIM         lean             minimal

    events/deployment-of-unknown-cluster.json: kept in /aws/events/ecs/containerinsights/_unresolved/performance → dropped by eventType: ECS Deployment State Change INFO SERVICE_DEPLOYMENT_IN_PROGRESS (legacy)

    EVENTS  CHANGE
         1  kept in /aws/events/ecs/containerinsights/_unresolved/performance → dropped by eventType

    EVENTS  BYTES            FIELD
         1     22  vanishes  detail.attributes[].name
         1      8  vanishes  detail.attributes[].value
         1     12  vanishes  detail.availabilityZone
         1     11  vanishes  detail.connectivity
         1    119  vanishes  detail.containers[].image
         1     13  vanishes  detail.containers[].networkInterfaces[].privateIpv4Address
         1      5  vanishes  detail.cpu
         1      5  vanishes  detail.enableExecuteCommand
         1      5  vanishes  detail.memory
         1      7  vanishes  detail.platformVersion

                     BEFORE   AFTER
    kept events           2       1
    stored bytes      2,623   1,596
    dollars a month  0.6330  0.4732
    --- exit 1 ---
    ");
}

#[test]
fn the_same_policy_changes_nothing() {
    insta::assert_snapshot!(desk("trim = \"lean\"", "").run(WORDS), @"
                     BEFORE   AFTER
    kept events           2       2
    stored bytes      2,623   2,623
    dollars a month  0.6330  0.6330

    nothing changes
    --- exit 0 ---
    ");
    let same = desk("", "services = [\"*\", \"x\"]").run(WORDS);
    assert_eq!(same.code, Some(0), "{same}");
    assert!(same.stdout.ends_with("the settings differ, but nothing changes for these events\n"));
}

#[test]
fn another_retention_or_place_is_a_change() {
    let ran = desk("", "retention_days = 365").run(WORDS);
    assert_eq!(ran.code, Some(1), "{ran}");
    let ran = desk("", "log_group = \"/ecs/{cluster}\"").run(&format!("{WORDS} --summary"));
    insta::assert_snapshot!(ran, @"
    SETTING              BEFORE                                                   AFTER
    FORWARDER_LOG_GROUP  /aws/events/ecs/containerinsights/{cluster}/performance  /ecs/{cluster}

    EVENTS  CHANGE
         1  kept in /aws/events/ecs/containerinsights/prod/performance → kept in /ecs/prod

                     BEFORE   AFTER
    kept events           2       2
    stored bytes      2,623   2,623
    dollars a month  0.6330  0.6330
    --- exit 1 ---
    ");
}

#[test]
fn a_bad_policy_or_none_is_bad_use() {
    insta::assert_snapshot!(desk("", "trim = \"less\"").run(WORDS), @r#"
    --- stderr ---
    error: --after: 1 problem in the configuration
      FORWARDER_TRIM: "less" is unknown; use one of full, lean, minimal
    --- exit 2 ---
    "#);
    let ran = Desk::with(&THREE).run("diff events --before missing.toml --after missing.toml");
    assert_eq!(ran.code, Some(2), "{ran}");
    assert_eq!(desk("", "").run("diff --before before.toml --after after.toml").code, Some(2));
    let ran = desk("", "").run("diff --before before.toml --after after.toml missing.json");
    assert_eq!(ran.code, Some(1), "{ran}");
}
