//! Signing in as the AWS CLI does, with files of profiles.

use super::{Desk, compact};
use world::{ACCESS_KEY_ID, Clock, SECRET_ACCESS_KEY, SESSION_TOKEN, World};

/// The file that `aws login` keeps for this session, named by its SHA-256.
const LOGIN_SESSION: &str = "arn:aws:iam::123456789012:user/me";
const LOGIN_FILE: &str =
    ".aws/login/cache/286187707741fc2ccb93cf9e56dbd0ee0a16208feed5fbc8ae1baa86d44c283f.json";
/// The file that `aws sso login` keeps for the session `corp`, named by its SHA-1.
const SSO_FILE: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

/// A home with these profiles, and an event to store.
fn home(config: &str) -> Desk {
    let desk = Desk::empty().set("AWS_EC2_METADATA_DISABLED", "true");
    let home = desk.folder.path().to_str().unwrap().to_owned();
    let desk = desk.set("HOME", &home);
    desk.put(".aws/config", config);
    desk.put("event.jsonl", compact("service-steady-state"));
    desk
}

fn keys() -> String {
    format!(
        "aws_access_key_id = {ACCESS_KEY_ID}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n\
         aws_session_token = {SESSION_TOKEN}\n"
    )
}

fn timeless() -> World {
    let world = World::new();
    world.logs.set_clock(Clock::Timeless);
    world
}

const FORWARD: &str = "forward -q event.jsonl --to cloudwatch";

#[test]
fn the_endpoint_of_a_services_section_is_used_as_the_aws_cli_spells_it() {
    for name in ["cloudwatch_logs", "cloudwatch-logs"] {
        let world = timeless();
        let endpoint = world.logs.endpoint();
        let desk = home(&format!(
            "[profile mine]\nregion = eu-west-1\nservices = local\n{}\
             [services local]\n{name} =\n  endpoint_url = {endpoint}\n",
            keys()
        ));
        let ran = desk.set("AWS_PROFILE", "mine").run(FORWARD);
        assert_eq!(ran.code, Some(0), "{name}: {ran}");
        assert_eq!(world.logs.ever_stored().len(), 1, "{name}");
    }
}

#[test]
fn a_variable_wins_over_a_section_and_a_section_over_the_profile() {
    let world = timeless();
    let endpoint = world.logs.endpoint();
    let nowhere = "http://127.0.0.1:9";
    let config = |section: &str, profile: &str| {
        format!(
            "[default]\nregion = eu-west-1\nservices = s\nendpoint_url = {profile}\n{}\
             [services s]\ncloudwatch_logs =\n  endpoint_url = {section}\n",
            keys()
        )
    };
    let section = home(&config(&endpoint, nowhere));
    assert_eq!(section.run(FORWARD).code, Some(0));
    let variable = home(&config(nowhere, nowhere));
    let variable = variable.set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &endpoint);
    assert_eq!(variable.set("AWS_ENDPOINT_URL", nowhere).run(FORWARD).code, Some(0));
    assert_eq!(world.logs.ever_stored().len(), 2);
}

#[test]
fn an_endpoint_that_is_not_a_url_is_named_by_its_setting() {
    let desk = home(&format!(
        "[default]\nregion = eu-west-1\nservices = s\n{}\
         [services s]\ncloudwatch_logs =\n  endpoint_url = logs.local\n",
        keys()
    ));
    insta::assert_snapshot!(desk.run(FORWARD).stderr, @"error: endpoint_url of cloudwatch_logs in [services s] is not the URL of a server: write https://HOST or http://HOST");
}

#[test]
fn settings_that_the_sdk_does_not_know_are_no_obstacle_and_bring_no_debug_text() {
    let world = timeless();
    let keys = keys();
    let profile = |line: &str| home(&format!("[default]\nregion = eu-west-1\n{line}\n{keys}"));
    let variable = |name: &str, value: &str| profile("").set(name, value);
    let desks = [
        // The AWS CLI's own default mode is one that the SDK does not have.
        profile("retry_mode = legacy"),
        profile("retry_mode = loud"),
        profile("max_attempts = 0"),
        profile("max_attempts = many"),
        profile("defaults_mode = loud"),
        profile("sdk_ua_app_id = has spaces"),
        profile("request_min_compression_size_bytes = many"),
        variable("AWS_RETRY_MODE", "legacy"),
        variable("AWS_RETRY_MODE", "adaptive"),
        variable("AWS_MAX_ATTEMPTS", "many"),
        variable("AWS_MAX_ATTEMPTS", "0"),
        variable("AWS_DEFAULTS_MODE", "loud"),
        variable("AWS_ACCOUNT_ID_ENDPOINT_MODE", "loud"),
        variable("AWS_RESPONSE_CHECKSUM_VALIDATION", "loud"),
        variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "loud"),
        variable("AWS_SDK_UA_APP_ID", "has spaces"),
    ];
    let count = desks.len();
    for desk in desks {
        let shown = std::fs::read_to_string(desk.path(".aws/config")).unwrap();
        let shown = format!("{shown}{:?}", desk.variables);
        let desk = desk.set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &world.logs.endpoint());
        let ran = desk.run("forward event.jsonl --to cloudwatch");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shown}");
    }
    assert_eq!(world.logs.ever_stored().len(), count);
    let ran = variable("AWS_ENDPOINT_URL", "foo").run("forward event.jsonl --to cloudwatch");
    insta::assert_snapshot!(ran.stderr, @"error: AWS_ENDPOINT_URL is not the URL of a server: write https://HOST or http://HOST");
}

#[test]
fn a_profile_that_does_not_exist_is_named() {
    let desk = home("[profile other]\nregion = eu-west-1\n").set("AWS_PROFILE", "mine");
    let ran = desk.set("AWS_REGION", "eu-west-1").run(FORWARD);
    insta::assert_snapshot!(ran.stderr, @"error: AWS_PROFILE names the profile mine, which neither the AWS configuration nor the credentials file has");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn an_empty_region_counts_as_unset() {
    let world = timeless();
    let config = format!("[default]\nregion = eu-west-1\n{}", keys());
    let endpoint = ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", world.logs.endpoint());
    let desk = home(&config).set(endpoint.0, &endpoint.1).set("AWS_REGION", "");
    assert_eq!(desk.run(FORWARD).code, Some(0));
    assert_eq!(world.logs.ever_stored().len(), 1);
    let nowhere = home(&format!("[default]\n{}", keys())).set("AWS_REGION", "");
    insta::assert_snapshot!(nowhere.run(FORWARD).stderr, @"error: AWS_REGION is empty, and no other setting names the AWS Region");
}

fn login(expires: &str) -> Desk {
    let desk =
        home(&format!("[profile me]\nregion = eu-west-1\nlogin_session = {LOGIN_SESSION}\n"));
    let token = serde_json::json!({
        "accessToken": {
            "accessKeyId": ACCESS_KEY_ID,
            "secretAccessKey": SECRET_ACCESS_KEY,
            "sessionToken": SESSION_TOKEN,
            "accountId": "123456789012",
            "expiresAt": expires,
        },
        "tokenType": "aws_sigv4",
        "refreshToken": "refresh",
        "idToken": "identity",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n",
    });
    desk.put(LOGIN_FILE, token.to_string());
    desk.set("AWS_PROFILE", "me")
}

#[test]
fn a_profile_of_aws_login_signs_in() {
    let world = timeless();
    let desk = login("2099-01-01T00:00:00Z");
    let desk = desk.set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &world.logs.endpoint());
    assert_eq!(desk.run(FORWARD).code, Some(0));
    assert_eq!(world.logs.ever_stored().len(), 1);
}

#[test]
fn an_expired_session_is_named_with_the_command_that_renews_it() {
    let never =
        home(&format!("[profile me]\nregion = eu-west-1\nlogin_session = {LOGIN_SESSION}\n"));
    let ran = never.set("AWS_PROFILE", "me").run(FORWARD);
    assert!(ran.stderr.ends_with(": sign in again with aws login --profile me\n"), "{ran}");
    assert_eq!(ran.code, Some(2));
    let sso = home(
        "[profile corp]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 123456789012\n\
         sso_role_name = Reader\n[sso-session corp]\nsso_region = eu-west-1\n\
         sso_start_url = https://corp.awsapps.com/start\n",
    );
    let token = r#"{"accessToken":"t","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}"#;
    sso.put(SSO_FILE, token);
    insta::assert_snapshot!(sso.set("AWS_PROFILE", "corp").run(FORWARD).stderr, @"error: there are no AWS credentials (an error occurred while loading credentials: an error occurred while loading an access token: the SSO token has expired and cannot be refreshed): sign in again with aws sso login --profile corp");
}

#[test]
fn an_unreadable_configuration_is_named() {
    let ran = home("[default\nregion = eu-west-1\n").run(FORWARD);
    assert!(ran.stderr.starts_with("error: the AWS configuration cannot be read: "), "{ran}");
    assert!(ran.stderr.contains("Profile definition must end with ']'"), "{ran}");
}

#[test]
fn a_fips_or_dual_stack_variable_that_counts_for_nothing_is_refused() {
    for name in ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"] {
        let desk = home(&format!("[default]\nregion = eu-west-1\n{}", keys())).set(name, "1");
        let ran = desk.run(FORWARD);
        let sentence = format!("error: {name} is 1: set it to true or false\n");
        assert_eq!((ran.code, ran.stderr), (Some(2), sentence));
    }
}
