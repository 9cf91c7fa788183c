//! Proxies between the function and CloudWatch Logs.

use std::ffi::OsString;
use std::time::Duration;

use ecs_event_forwarder::deliver::{Trust, from_environment};
use insta::assert_snapshot;

use super::{HOST, bundle, check, tls};
use crate::harness::{Event, Harness};
use tempfile::TempDir;
use world::{Authority, Proxy, Tls};

/// Stores an event with the URL of a proxy in the variable `name`. Returns the requests to the proxy,
/// and the host of the endpoint.
fn asked(name: &str, others: &[(&str, &str)]) -> (Vec<String>, String) {
    let company = Authority::new("Company");
    let folder = TempDir::new().expect("a folder");
    let bundle = bundle(&folder, &company);
    let (_world, tls) = tls(&company);
    let proxy = Proxy::new();
    let url = format!("http://{}", proxy.address());
    let variables = [&[("AWS_CA_BUNDLE", bundle.as_str()), (name, &url)], others].concat();
    assert_eq!(check(&tls, &variables), "= stored 1\n");
    (proxy.asked(), tls.endpoint().replace("https://", ""))
}

#[test]
fn a_proxy_is_used_for_https_and_not_for_the_runtime_api() {
    for name in ["HTTPS_PROXY", "https_proxy"] {
        // The Runtime API speaks HTTP, so this proxy would break it if the function used it there.
        let (asked, host) = asked(name, &[("HTTP_PROXY", "http://127.0.0.1:9")]);
        assert_eq!(asked, [format!("CONNECT {host} HTTP/1.1")]);
    }
}

#[test]
fn no_proxy_is_respected() {
    for name in ["NO_PROXY", "no_proxy"] {
        let (asked, _) = asked("HTTPS_PROXY", &[(name, HOST)]);
        assert_eq!(asked, [""; 0]);
    }
}

#[test]
fn a_proxy_that_requires_a_password_is_named_without_the_password() {
    let company = Authority::new("Company");
    let (_world, tls) = tls(&company);
    let check =
        |url: &str, shown: &str| check(&tls, &[("HTTPS_PROXY", url)]).replace(shown, "PROXY");
    let proxy = Proxy::that_refuses("407 Proxy Authentication Required");
    let address = proxy.address().to_string();
    let url = format!("http://user:planted-secret@{address}");
    assert_snapshot!(check(&url, &address), @"
    = Forwarder.Undelivered: PutLogEvents failed: the proxy PROXY requires a user and a password to connect to localhost:PORT
    WARN event failed: PutLogEvents failed: the proxy PROXY requires a user and a password to connect to localhost:PORT [1]
    ");
    assert_eq!(tls.handshakes(), [false; 0]);
}

/// The answer of a function behind a proxy that answers `CONNECT` with this status, and the number of
/// requests to the proxy.
fn behind(status: &'static str) -> (String, usize) {
    let company = Authority::new("Company");
    let (_world, tls) = tls(&company);
    let proxy = Proxy::that_refuses(status);
    let address = proxy.address().to_string();
    let endpoint = tls.endpoint();
    let url = format!("http://user:planted-secret@{address}");
    let harness =
        Harness::with(&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", &endpoint), ("HTTPS_PROXY", &url)]);
    let answer = harness.answer_within(Duration::from_secs(3), Event::task(1));
    let answer = answer.replace(&endpoint.replace("https://", ""), "ENDPOINT");
    assert_eq!(tls.handshakes(), [false; 0]);
    (answer.replace(&address, "PROXY"), proxy.asked().len())
}

#[test]
fn a_proxy_that_refuses_for_good_is_named_and_not_tried_again() {
    // One attempt at start and one for the event. After each, the function asks for the status.
    let (said, asked) = behind("403 Forbidden");
    assert_snapshot!(said, @"= Forwarder.Undelivered: PutLogEvents failed: the proxy PROXY does not connect to ENDPOINT (HTTP status 403)");
    assert_eq!(asked, 4);
    // The HTTP client recognises this status, so the function does not ask again.
    let (said, asked) = behind("407 Proxy Authentication Required");
    assert_snapshot!(said, @"= Forwarder.Undelivered: PutLogEvents failed: the proxy PROXY requires a user and a password to connect to ENDPOINT");
    assert_eq!(asked, 2);
    for status in ["302 Found", "400 Bad Request", "404 Not Found", "405 Method Not Allowed"] {
        let (said, asked) = behind(status);
        assert!(said.starts_with("= Forwarder.Undelivered: "), "{said}");
        assert_eq!(asked, 4, "{status}");
    }
    let (said, asked) = behind("no status");
    assert_snapshot!(said, @"= Forwarder.Undelivered: PutLogEvents failed: the proxy PROXY does not answer like a proxy: check its port");
    assert_eq!(asked, 4);
}

#[test]
fn a_proxy_that_is_busy_or_cannot_reach_the_endpoint_is_tried_again() {
    let (said, asked) = behind("503 Service Unavailable");
    assert_snapshot!(said, @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: the proxy PROXY does not connect to ENDPOINT (HTTP status 503)");
    assert!(asked > 4, "{asked}");
    for status in ["429 Too Many Requests", "502 Bad Gateway", "504 Gateway Timeout"] {
        let (said, asked) = behind(status);
        assert!(said.starts_with("= Forwarder.DeadlineNear: "), "{said}");
        assert!(asked > 4, "{status}: {asked}");
    }
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named() {
    let company = Authority::new("Company");
    let (_world, tls) = tls(&company);
    let endpoint = tls.endpoint();
    let check = |url: &str| {
        let endpoint = ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.as_str());
        let harness = Harness::with(&[endpoint, ("HTTPS_PROXY", url)]);
        let answer = harness.answer_within(Duration::from_secs(3), Event::task(1));
        answer.replace(&endpoint.1.replace("https://", ""), "ENDPOINT")
    };
    assert_snapshot!(check("http://proxy.invalid:3128"), @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: the name of the proxy proxy.invalid:3128 does not resolve");
    let silent = Proxy::that_is_silent();
    let said = check(&format!("http://{}", silent.address()));
    let said = said.replace(&silent.address().to_string(), "PROXY");
    assert_snapshot!(said, @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: connecting to the proxy PROXY timed out: check routes, security groups and VPC endpoints");
    assert_snapshot!(check("http://127.0.0.1:9"), @"= Forwarder.DeadlineNear: the invocation ran out of time before CloudWatch Logs accepted the event; the last attempt failed: the proxy 127.0.0.1:9 refuses connections");
    assert_eq!(tls.handshakes(), [false; 0]);
}

#[test]
fn the_certificate_of_a_proxy_is_not_taken_for_that_of_the_endpoint() {
    let company = Authority::new("Company");
    let folder = TempDir::new().expect("a folder");
    let bundle = bundle(&folder, &company);
    let (_world, endpoint) = tls(&company);
    let proxy = Proxy::new();
    let outside = Tls::before(proxy.address(), company.certify(HOST));
    let check = |variables: &[(&str, &str)]| {
        let url = outside.endpoint();
        let said = check(&endpoint, &[&[("HTTPS_PROXY", url.as_str())], variables].concat());
        said.replace(&url.replace("https://", ""), "PROXY")
    };
    assert_eq!(check(&[("AWS_CA_BUNDLE", &bundle)]), "= stored 1\n");
    assert_snapshot!(check(&[]), @"
    = Forwarder.Undelivered: PutLogEvents failed: no trusted authority signed the certificate of the proxy PROXY: set AWS_CA_BUNDLE to a file with the root certificate that did
    WARN Amazon did not sign the certificate of the proxy PROXY: the system's certificate authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE
    WARN event failed: PutLogEvents failed: no trusted authority signed the certificate of the proxy PROXY: set AWS_CA_BUNDLE to a file with the root certificate that did [1]
    ");
    outside.present(company.certify("other.example"));
    assert_snapshot!(check(&[("AWS_CA_BUNDLE", &bundle)]), @"
    = Forwarder.Undelivered: PutLogEvents failed: the certificate of the proxy PROXY is for another name
    WARN event failed: PutLogEvents failed: the certificate of the proxy PROXY is for another name [1]
    ");
    outside.present(company.certify(HOST));
    endpoint.present(company.certify_in_the_past(HOST));
    assert_snapshot!(check(&[("AWS_CA_BUNDLE", &bundle)]), @"
    = Forwarder.Undelivered: PutLogEvents failed: the certificate of localhost:PORT has expired
    WARN event failed: PutLogEvents failed: the certificate of localhost:PORT has expired [1]
    ");
}

#[test]
fn the_certificate_of_a_proxy_for_plain_http_is_reported_with_the_proxys_name() {
    let proxy = Proxy::new();
    let outside = Tls::before(proxy.address(), Authority::new("Company").certify(HOST));
    let harness = Harness::with(&[("HTTP_PROXY", &outside.endpoint())]);
    let answer = harness.answer_within(Duration::from_secs(20), Event::task(1));
    let answer = answer.replace(&outside.endpoint().replace("https://", ""), "PROXY");
    assert_snapshot!(answer, @"= Forwarder.Undelivered: PutLogEvents failed: no trusted authority signed the certificate of the proxy PROXY: set AWS_CA_BUNDLE to a file with the root certificate that did");
}

/// Starts with the variables that are needed, and with these.
fn start_with(given: impl Fn(&str) -> Option<OsString>) -> Result<(), String> {
    let needed = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let usual = |asked: &str| needed.contains(&asked).then(|| "eu-west-1".into());
    let variable = |asked: &str| given(asked).or_else(|| usual(asked));
    Trust::from_environment(variable)?;
    from_environment(variable).map(drop)
}

fn start(variables: &[(&str, &str)]) -> Result<(), String> {
    start_with(|asked| {
        let given = variables.iter().find(|(name, _)| *name == asked);
        given.map(|(_, value)| (*value).into())
    })
}

const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

#[test]
fn a_proxy_that_is_not_a_url_is_an_error_at_start_that_does_not_show_it() {
    for name in PROXIES {
        let sentence =
            format!("{name} is not the URL of a proxy, such as http://proxy.example:3128");
        for url in ["::planted-secret", "http://", "gopher://proxy", "/proxy"] {
            assert_eq!(start(&[(name, url)]), Err(sentence.clone()), "{url}");
        }
        for url in ["", "proxy:3128", "http://user:password@proxy:3128", "https://proxy"] {
            assert_eq!(start(&[(name, url)]), Ok(()), "{name}={url}");
        }
    }
}

#[test]
fn a_socks_proxy_is_an_error_at_start_unless_https_has_another() {
    for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
        let socks = format!("{scheme}://user:planted-secret@proxy:1080");
        for name in PROXIES {
            let sentence = format!(
                "{name} is a SOCKS proxy, which is not supported: remove it, or set it to an HTTP \
                 proxy, such as http://proxy.example:3128"
            );
            assert_eq!(start(&[(name, &socks)]), Err(sentence));
        }
        for (name, other) in [
            ("ALL_PROXY", "HTTPS_PROXY"),
            ("ALL_PROXY", "https_proxy"),
            ("all_proxy", "HTTPS_PROXY"),
            ("https_proxy", "HTTPS_PROXY"),
        ] {
            assert_eq!(start(&[(name, &socks), (other, "http://proxy:3128")]), Ok(()), "{name}");
        }
        for other in ["HTTP_PROXY", "NO_PROXY"] {
            let said = start(&[("ALL_PROXY", &socks), (other, "http://proxy:3128")]);
            assert!(said.is_err(), "{other} does not replace it");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_an_error_at_start_that_does_not_show_it() {
    use std::os::unix::ffi::OsStringExt;
    let value = || OsString::from_vec(b"planted-secret\xff".to_vec());
    for name in PROXIES.into_iter().chain([
        "NO_PROXY",
        "no_proxy",
        "AWS_CA_BUNDLE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "AWS_REGION",
        "AWS_SESSION_TOKEN",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_ENDPOINT_URL",
    ]) {
        let started = start_with(|asked| (asked == name).then(value));
        assert_eq!(started, Err(format!("the value of {name} is not valid Unicode")));
    }
}
