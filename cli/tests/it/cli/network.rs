//! The authorities that the command line trusts, and the proxies on its way.

use super::{Desk, Ran, compact};
use world::{Authority, Clock, Operation, Proxy, Tls, World};

const GROUP: &str = "/aws/events/ecs/containerinsights/prod/performance";
const REPLAY: &str = "replay event.jsonl --to cloudwatch";

fn desk(world: &World) -> Desk {
    world.logs.set_clock(Clock::Timeless);
    world.logs.create_stream(GROUP, "service-action");
    let desk = Desk::empty().set("AWS_EC2_METADATA_DISABLED", "true");
    let home = desk.folder.path().to_str().unwrap().to_owned();
    let desk = desk.set("HOME", &home);
    desk.put("event.jsonl", compact("service-steady-state"));
    world.aws_environment().iter().fold(desk, |desk, (name, value)| desk.set(name, value))
}

/// A world behind TLS whose certificate a company signed.
fn behind_tls() -> (World, Tls, Authority, Desk) {
    let (world, company) = (World::new(), Authority::new("Company"));
    let tls = Tls::before(world.logs.address(), company.certify("localhost"));
    let desk = desk(&world).set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &tls.endpoint());
    desk.put("company.pem", company.pem());
    (world, tls, company, desk)
}

/// Nothing was sent, and a later run sends the event.
fn assert_unsent(world: &World, ran: &Ran, sentence: &str) {
    assert!(ran.stderr.contains(sentence), "{sentence}: {ran}");
    assert!(
        ran.stdout.contains("failed              1         Forwarder.Undelivered 1\n"),
        "{ran}"
    );
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(world.logs.calls_of(Operation::PutLogEvents).is_empty(), "{ran}");
}

#[test]
fn a_bundle_of_the_environment_or_the_profile_is_trusted() {
    for is_of_profile in [false, true] {
        let (world, tls, _company, desk) = behind_tls();
        let ran = desk.run(REPLAY);
        assert_unsent(&world, &ran, "no trusted authority signed the certificate of localhost:");
        let bundle = desk.path("company.pem").to_str().unwrap().to_owned();
        let desk = if is_of_profile {
            desk.put(".aws/config", format!("[default]\nca_bundle = {bundle}\n"));
            desk
        } else {
            // The environment wins.
            desk.put(".aws/config", "[default]\nca_bundle = /nothing\n");
            desk.set("AWS_CA_BUNDLE", &bundle)
        };
        tls.handshakes();
        let ran = desk.run(REPLAY);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!(tls.handshakes(), [true], "the bundle is trusted at once and alone");
        assert_eq!(world.logs.ever_stored().len(), 1);
    }
}

#[test]
fn a_bundle_that_cannot_be_read_is_named_by_its_setting() {
    let (_world, _tls, _company, desk) = behind_tls();
    desk.put(".aws/config", "[default]\nca_bundle = /nothing.pem\n");
    insta::assert_snapshot!(desk.run(REPLAY).stderr, @"error: ca_bundle of the profile: cannot read /nothing.pem: No such file or directory (os error 2)");
    let desk = desk.set("AWS_CA_BUNDLE", "/missing.pem");
    let ran = desk.run(REPLAY);
    insta::assert_snapshot!(ran.stderr, @"error: AWS_CA_BUNDLE: cannot read /missing.pem: No such file or directory (os error 2)");
    assert_eq!(ran.code, Some(2));
}

#[test]
fn requests_go_through_the_proxy_unless_no_proxy_names_the_host() {
    let world = World::new();
    let plain = desk(&world);
    let proxy = Proxy::new();
    let url = format!("http://{}", proxy.address());
    let through = plain.copy().set("HTTP_PROXY", &url);
    assert_eq!(through.run(REPLAY).code, Some(0));
    let asked = proxy.asked();
    assert_eq!(asked, [format!("POST {}/ HTTP/1.1", world.logs.endpoint())]);
    let around = through.copy().set("NO_PROXY", "127.0.0.1");
    assert_eq!(around.run(&format!("{REPLAY} --journal other")).code, Some(0));
    assert_eq!(proxy.asked(), asked);
    assert_eq!(world.logs.ever_stored().len(), 2);

    let (_world, tls, _company, desk) = behind_tls();
    let bundle = desk.path("company.pem").to_str().unwrap().to_owned();
    let desk = desk.set("AWS_CA_BUNDLE", &bundle);
    let proxy = Proxy::new();
    let desk = desk.set("HTTPS_PROXY", &format!("http://{}", proxy.address()));
    assert_eq!(desk.run(REPLAY).code, Some(0));
    let target = tls.endpoint().replace("https://", "");
    assert_eq!(proxy.asked(), [format!("CONNECT {target} HTTP/1.1")]);
}

#[test]
fn a_proxy_in_the_way_is_named_and_the_next_run_sends_the_event() {
    let (world, _tls, _company, desk) = behind_tls();
    let bundle = desk.path("company.pem").to_str().unwrap().to_owned();
    let desk = desk.set("AWS_CA_BUNDLE", &bundle);
    let password = Proxy::that_refuses("407 Proxy Authentication Required");
    let refusing = Proxy::that_refuses("403 Forbidden");
    for (proxy, sentence) in [
        (password.address().to_string(), "requires a user and a password to connect to localhost:"),
        (refusing.address().to_string(), "does not connect to localhost:"),
    ] {
        let behind =
            desk.copy().set("HTTPS_PROXY", &format!("http://user:not-a-real-secret@{proxy}"));
        assert_unsent(&world, &behind.run(REPLAY), sentence);
    }
    assert_eq!(password.asked().len(), 1, "what does not get better is not tried again");
    assert_eq!(refusing.asked().len(), 2, "one attempt, and one question for the status");
    assert_eq!(desk.run(REPLAY).code, Some(0));
    assert_eq!(world.logs.ever_stored().len(), 1);
}

#[test]
fn a_proxy_that_is_not_a_url_is_an_error_that_does_not_show_it() {
    let world = World::new();
    let plain = desk(&world);
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    {
        for url in ["::not-a-real-secret", "http://", "ftp://proxy:1", "/proxy"] {
            let ran = plain.copy().set(name, url).run(REPLAY);
            let sentence = format!(
                "error: {name} is not the URL of a proxy, such as http://proxy.example:3128\n"
            );
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(2), sentence.as_str()), "{url}");
        }
    }
    let fine = plain.copy().set("HTTPS_PROXY", "proxy.example:3128").set("HTTP_PROXY", "");
    assert_eq!(fine.run(REPLAY).code, Some(0));
}

#[test]
fn a_log_group_behind_a_proxy_fails_in_words() {
    let (_world, _tls, _company, desk) = behind_tls();
    let password = Proxy::that_refuses("407 Proxy Authentication Required");
    let desk = desk.set("HTTPS_PROXY", &format!("http://{}", password.address()));
    let ran = desk.run(&format!("preview --from-log-group {GROUP}"));
    let sentence = format!(
        "error: cannot read {GROUP}: FilterLogEvents failed: the proxy {} requires a user and a \
         password to connect to localhost:",
        password.address()
    );
    assert!(ran.stderr.starts_with(&sentence), "{ran}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
    for debug in ["DispatchFailure", "source:", "{", "Some(", "Error("] {
        assert!(!ran.stderr.contains(debug), "{debug}: {ran}");
    }
}

#[test]
fn a_command_that_reads_a_log_group_warns_of_another_authority_unless_it_is_quiet() {
    let (_world, tls, _company, desk) = behind_tls();
    let host = tls.endpoint().replace("https://", "");
    let warning = format!("WARN Amazon did not sign the certificate of {host}");
    for command in ["preview", "timeline", "cost", "timeline --follow", "report"] {
        let ran = desk.run(&format!("{command} --from-log-group {GROUP}"));
        assert_eq!(ran.stderr.matches(&warning).count(), 1, "{command}: {ran}");
        assert!(ran.stderr.contains("no trusted authority signed the certificate of "), "{ran}");
    }
    for command in
        ["report --quiet --force", "forward --quiet", "replay --to cloudwatch --quiet --dry-run"]
    {
        let ran = desk.run(&format!("{command} --from-log-group {GROUP}"));
        assert!(!ran.stderr.contains("WARN"), "{command}: {ran}");
        assert!(ran.stderr.contains("no trusted authority signed the certificate of "), "{ran}");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_an_error_that_does_not_show_it() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;
    let world = World::new();
    let desk = desk(&world);
    // The variable counts before the profile.
    desk.put(".aws/config", "[default]\nca_bundle = /nothing\n");
    for name in ["AWS_CA_BUNDLE", "HTTPS_PROXY", "no_proxy"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-events"));
        command.args(REPLAY.split(' ')).current_dir(desk.folder.path()).env_clear();
        command.envs(desk.variables.iter().map(|(name, value)| (name, value)));
        command.env(name, OsStr::from_bytes(b"not-a-real-secret\xff"));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, format!("error: the value of {name} is not valid Unicode\n"));
        assert_eq!(output.status.code(), Some(2));
    }
}
