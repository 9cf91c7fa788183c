//! The certificate authorities that the function trusts.

#![expect(clippy::disallowed_methods, reason = "a test has files and a deadline")]

mod proxies;
mod system;

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_cloudwatchlogs::config::{
    BehaviorVersion, Builder, ConfigBag, Intercept, RuntimeComponents, http::HttpResponse,
    retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_cloudwatchlogs::error::{BoxError, SdkError};
use aws_sdk_cloudwatchlogs::operation::put_log_events::PutLogEventsError;
use ecs_event_forwarder::config::{self, Config};
use ecs_event_forwarder::deliver::{
    AMAZON_ROOTS, CloudWatchLogs, Trust, from_environment, https_client, logs_client, why_unsent,
};
use ecs_event_forwarder::forward::Forwarder;
use ecs_event_forwarder::line::End;
use insta::assert_snapshot;
use tempfile::TempDir;
use tokio::runtime::{self, Runtime};
use tokio::time::Instant;

use crate::harness::{Event, Harness, SECRET, assert_silent_about_secrets};
use world::{Authority, Tls, World, real_now_ms};

/// The host name in the certificates of these tests.
const HOST: &str = "localhost";

/// Writes an authority's certificate to a file in the folder. Returns its path.
fn bundle(folder: &TempDir, authority: &Authority) -> String {
    let path = folder.path().join("roots.pem");
    std::fs::write(&path, authority.pem()).expect("a file");
    path.to_str().expect("a name").to_owned()
}

#[test]
fn the_embedded_roots_are_those_that_mozilla_ships_for_amazon() {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let facts: [(&str, &str, &str); 5] = [
        ("Amazon Root CA 1", "150526000000Z", "380117000000Z"),
        ("Amazon Root CA 2", "150526000000Z", "400526000000Z"),
        ("Amazon Root CA 3", "150526000000Z", "400526000000Z"),
        ("Amazon Root CA 4", "150526000000Z", "400526000000Z"),
        ("Starfield Services Root Certificate Authority - G2", "090901000000Z", "371231235959Z"),
    ];
    let embedded = CertificateDer::pem_slice_iter(AMAZON_ROOTS);
    let embedded: Vec<_> = embedded.collect::<Result<_, _>>().expect("certificates");
    assert_eq!(embedded.len(), facts.len());
    for (root, (name, from, to)) in embedded.iter().zip(facts) {
        assert!(webpki_root_certs::TLS_SERVER_ROOT_CERTS.contains(root), "{name} is Mozilla's");
        let holds = |text: &str| root.windows(text.len()).any(|it| it == text.as_bytes());
        assert!(holds(name) && holds(from) && holds(to), "{name} is valid from {from} to {to}");
    }
    let of_amazon = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let of_amazon = of_amazon.filter(|root| root.windows(14).any(|it| it == b"Amazon Root CA"));
    assert_eq!(of_amazon.count(), 4, "Amazon has a new root: embed it, too");
}

/// A function's delivery in this process, with authorities of the test in place of Amazon's and the
/// system's.
struct Delivery {
    runtime: Runtime,
    forwarder: Forwarder,
    attempts: Attempts,
}

/// An interceptor that records the header in which the SDK counts attempts.
#[derive(Clone, Debug, Default)]
struct Attempts(Arc<Mutex<Vec<String>>>);

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let attempt = context.request().headers().get("amz-sdk-request").unwrap_or_default();
        self.0.lock().expect("nobody panics with it").push(attempt.to_owned());
        Ok(())
    }
}

/// The settings of a client of the world, at this endpoint.
fn from_world(endpoint: &str) -> Builder {
    let variable = |name: &str| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.into()),
        "AWS_REGION" => Some("eu-west-1".into()),
        "AWS_ACCESS_KEY_ID" => Some(world::ACCESS_KEY_ID.into()),
        "AWS_SECRET_ACCESS_KEY" => Some(world::SECRET_ACCESS_KEY.into()),
        "AWS_SESSION_TOKEN" => Some(world::SESSION_TOKEN.into()),
        _ => None,
    };
    from_environment(variable).expect("all is set")
}

impl Delivery {
    fn new(endpoint: &str, trust: Trust) -> Self {
        let attempts = Attempts::default();
        let config = from_world(endpoint).http_client(https_client(trust));
        let client = logs_client(config.interceptor(attempts.clone()));
        let Config { policy, delivery, .. } = config::config([]).expect("the default is valid");
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let forwarder = Forwarder::new(policy, CloudWatchLogs::new(client, delivery));
        Self { runtime: runtime.expect("a runtime"), forwarder, attempts }
    }

    /// Lets the client notice which of its connections are closed.
    fn look_around(&self) {
        self.runtime.block_on(async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Forwards an event, which must be stored. Returns the attempts, such as `attempt=1; max=12`.
    fn store(&self, event: Event) -> Vec<String> {
        let (end, attempts) = self.forward(event);
        assert_eq!(end, End::Stored);
        attempts
    }

    /// Forwards an event. Returns where it ended, and the attempts.
    fn forward(&self, event: Event) -> (End, Vec<String>) {
        let payload = String::from_utf8(event.into()).expect("JSON").into();
        let deadline = Instant::now() + Duration::from_secs(20);
        let forward = self.forwarder.forward(payload, real_now_ms(), deadline);
        let (entries, _) = self.runtime.block_on(forward);
        let [entry] = entries.as_slice() else { panic!("there are {} entries", entries.len()) };
        let attempts = std::mem::take(&mut *self.attempts.0.lock().expect("nobody panics with it"));
        (entry.end().clone(), attempts)
    }
}

/// A world with the log stream of the events, and a TLS server in front of it.
fn tls(authority: &Authority) -> (World, Tls) {
    let world = World::new();
    world.logs.create_stream("/aws/events/ecs/containerinsights/prod/performance", "task");
    let tls = Tls::before(world.logs.address(), authority.certify(HOST));
    (world, tls)
}

fn bundle_of(authority: &Authority) -> Trust {
    let folder = TempDir::new().expect("a folder");
    Trust::bundle("test", Path::new(&bundle(&folder, authority))).expect("a bundle")
}

/// Two authorities, and the trust in the first or else the second.
fn amazon_or_company() -> (Authority, Authority, Trust) {
    let (amazon, company) = (Authority::new("Amazon"), Authority::new("Company"));
    let trust = bundle_of(&amazon).or(bundle_of(&company));
    (amazon, company, trust)
}

#[test]
fn a_certificate_of_another_authority_is_accepted_within_the_first_attempt_cold() {
    let (_, company, trust) = amazon_or_company();
    let (_world, tls) = tls(&company);
    let delivery = Delivery::new(&tls.endpoint(), trust);
    assert_eq!(delivery.store(Event::task(1)), ["attempt=1; max=12"]);
    assert_eq!(tls.handshakes(), [false, true]);
    assert_eq!(delivery.store(Event::task(2)), ["attempt=1; max=12"]);
    assert_eq!(tls.handshakes(), [false; 0], "the connection is reused");
    tls.present(company.certify(HOST));
    delivery.look_around();
    assert_eq!(delivery.store(Event::task(3)), ["attempt=1; max=12"]);
    assert_eq!(tls.handshakes(), [true], "roots that failed once are not tried again");
}

#[test]
fn a_certificate_of_another_authority_is_accepted_within_the_first_attempt_warm() {
    let (amazon, company, trust) = amazon_or_company();
    let (world, tls) = tls(&amazon);
    let delivery = Delivery::new(&tls.endpoint(), trust);
    assert_eq!(delivery.store(Event::task(1)), ["attempt=1; max=12"]);
    assert_eq!(tls.handshakes(), [true]);
    tls.present(company.certify(HOST));
    delivery.look_around();
    assert_eq!(delivery.store(Event::task(2)), ["attempt=1; max=12"]);
    assert_eq!(tls.handshakes(), [false, true]);
    assert_eq!(world.logs.ever_stored().len(), 2);
}

/// The answer and the log of a function with these variables behind this TLS server.
fn check(tls: &Tls, variables: &[(&str, &str)]) -> String {
    let endpoint = tls.endpoint();
    let variables = [&[("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.as_str())], variables];
    let harness = Harness::with(&variables.concat());
    let answer = harness.answer_within(Duration::from_secs(20), Event::task(1));
    let port = endpoint.rsplit(':').next().expect("a port").to_owned();
    format!("{answer}\n{}", harness.log_lines()).replace(&port, "PORT")
}

#[test]
fn a_bundle_is_trusted_at_once_and_alone() {
    let company = Authority::new("Company");
    let (folder, other) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let file = bundle(&folder, &company);
    let folder = folder.path().to_str().expect("a name");
    let missing_and_folder = format!("/nowhere::{folder}");
    let other_file = bundle(&other, &Authority::new("Other"));
    // As OpenSSL does, it skips what is missing.
    let ways: [&[(&str, &str)]; 8] = [
        &[("AWS_CA_BUNDLE", &file)],
        &[("AWS_CA_BUNDLE", folder)],
        &[("AWS_CA_BUNDLE", &file), ("SSL_CERT_FILE", "/nowhere")],
        &[("AWS_CA_BUNDLE", ""), ("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", "")],
        &[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", folder)],
        &[("SSL_CERT_DIR", &missing_and_folder)],
        &[("SSL_CERT_FILE", &other_file), ("SSL_CERT_DIR", folder)],
        &[("SSL_CERT_FILE", "/nowhere/roots.pem"), ("SSL_CERT_DIR", &missing_and_folder)],
    ];
    for way in ways {
        let (world, tls) = tls(&company);
        assert_eq!(check(&tls, way), "= stored 1\n", "{way:?}");
        assert_eq!(tls.handshakes(), [true], "{way:?}");
        assert_eq!(world.logs.ever_stored().len(), 1);
    }
}

#[test]
fn a_certificate_without_a_trusted_signature_is_named_and_not_tried_again() {
    let (_world, tls) = tls(&Authority::new("Nobody"));
    assert_snapshot!(check(&tls, &[]), @"
    = Forwarder.Undelivered: PutLogEvents failed: no trusted authority signed the certificate of localhost:PORT: set AWS_CA_BUNDLE to a file with the root certificate that did
    WARN Amazon did not sign the certificate of localhost:PORT: the system's certificate authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE
    WARN event failed: PutLogEvents failed: no trusted authority signed the certificate of localhost:PORT: set AWS_CA_BUNDLE to a file with the root certificate that did [1]
    ");
    let handshakes = tls.handshakes();
    assert!(handshakes.len() <= 4, "there are no twelve attempts: {handshakes:?}");
}

#[test]
fn a_certificate_that_expired_or_is_for_another_name_is_named_and_not_tried_again() {
    let company = Authority::new("Company");
    let folder = TempDir::new().expect("a folder");
    let bundle = bundle(&folder, &company);
    let (_world, tls) = tls(&company);
    tls.present(company.certify_in_the_past(HOST));
    assert_snapshot!(check(&tls, &[("AWS_CA_BUNDLE", &bundle)]), @"
    = Forwarder.Undelivered: PutLogEvents failed: the certificate of localhost:PORT has expired
    WARN event failed: PutLogEvents failed: the certificate of localhost:PORT has expired [1]
    ");
    tls.present(company.certify("other.example"));
    assert_snapshot!(check(&tls, &[("AWS_CA_BUNDLE", &bundle)]), @"
    = Forwarder.Undelivered: PutLogEvents failed: the certificate of localhost:PORT is for another name
    WARN event failed: PutLogEvents failed: the certificate of localhost:PORT is for another name [1]
    ");
    assert_eq!(
        tls.handshakes(),
        [false; 4],
        "one at start and one for the event, in both functions"
    );
}

#[test]
fn only_an_unknown_authority_makes_the_function_try_other_roots() {
    let (amazon, _, trust) = amazon_or_company();
    let (_world, tls) = tls(&amazon);
    for (certificate, wrong) in [
        (amazon.certify_in_the_past(HOST), "has expired"),
        (amazon.certify("other.example"), "is for another name"),
    ] {
        tls.present(certificate);
        let delivery = Delivery::new(&tls.endpoint(), trust.clone());
        let (end, attempts) = delivery.forward(Event::task(1));
        let host = tls.endpoint().replace("https://", "");
        let End::Failed(failure) = end else { panic!("{end:?}") };
        let expected = format!("PutLogEvents failed: the certificate of {host} {wrong}");
        assert_eq!(failure.to_string(), expected);
        assert_eq!(attempts, ["attempt=1; max=12"]);
        assert_eq!(tls.handshakes(), [false], "{wrong}");
    }
}

#[test]
fn a_bundle_that_cannot_be_read_or_holds_no_certificate_is_an_error_at_start() {
    let folder = TempDir::new().expect("a folder");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").expect("a file");
    let empty = empty.to_str().expect("a name");
    let check = |variables: &[(&str, &str)]| {
        let function = World::new().function(variables);
        let exit = function.exit();
        assert_eq!(exit.code, Some(1));
        let said: serde_json::Value = serde_json::from_str(&exit.stderr).expect("one line");
        let said = said.get("message").and_then(serde_json::Value::as_str).unwrap_or_default();
        said.replace(folder.path().to_str().expect("a name"), "FOLDER")
    };
    assert_snapshot!(check(&[("AWS_CA_BUNDLE", "/nowhere/roots.pem")]), @"cannot start: AWS_CA_BUNDLE: cannot read /nowhere/roots.pem: No such file or directory (os error 2)");
    assert_snapshot!(check(&[("AWS_CA_BUNDLE", empty)]), @"cannot start: AWS_CA_BUNDLE: FOLDER/empty.pem contains no PEM certificate");
    assert_snapshot!(check(&[("SSL_CERT_FILE", "/nowhere/roots.pem")]), @"cannot start: SSL_CERT_FILE: cannot read /nowhere/roots.pem: No such file or directory (os error 2)");
    assert_snapshot!(check(&[("SSL_CERT_DIR", "/nowhere")]), @"cannot start: SSL_CERT_DIR: cannot read /nowhere: No such file or directory (os error 2)");
    let empty_folder = folder.path().join("none");
    std::fs::create_dir(&empty_folder).expect("a folder");
    let dirs = format!("{}:/nowhere", empty_folder.to_str().expect("a name"));
    assert_snapshot!(check(&[("SSL_CERT_DIR", &dirs)]), @"cannot start: SSL_CERT_DIR: cannot read /nowhere: No such file or directory (os error 2)");
    let dirs = empty_folder.to_str().expect("a name");
    assert_snapshot!(check(&[("SSL_CERT_FILE", empty), ("SSL_CERT_DIR", dirs)]), @"cannot start: SSL_CERT_FILE, SSL_CERT_DIR: FOLDER/empty.pem contains no PEM certificate");
}

/// The error of one put, without retries.
fn put_once(endpoint: &str, trust: Trust) -> SdkError<PutLogEventsError, HttpResponse> {
    let timeouts = TimeoutConfig::builder().read_timeout(Duration::from_millis(300)).build();
    let config = from_world(endpoint).behavior_version(BehaviorVersion::latest());
    let config = config.http_client(https_client(trust)).timeout_config(timeouts);
    let client = Client::from_conf(config.retry_config(RetryConfig::disabled()).build());
    let event = aws_sdk_cloudwatchlogs::types::InputLogEvent::builder().timestamp(real_now_ms());
    let event = event.message(SECRET).build().expect("timestamp and message are set");
    let put = client.put_log_events().log_group_name("/x").log_stream_name("y").log_events(event);
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(put.send()).expect_err("the put fails")
}

#[test]
fn a_late_answer_does_not_count_as_an_unsent_request() {
    let world = World::new();
    let gate = world::Gate::closed();
    world.logs.inject(gate.fault().on(world::Operation::PutLogEvents));
    let error = put_once(&world.logs.endpoint(), Trust::amazon());
    gate.open();
    assert_eq!(why_unsent(&error), None, "it may have been stored");
}

/// The first cause with this type, as any caller would look for it.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.find_map(<dyn Error>::downcast_ref)
}

#[test]
fn an_error_keeps_the_cause_that_it_puts_into_words() {
    let (_world, tls) = tls(&Authority::new("Nobody"));
    let error = put_once(&tls.endpoint(), bundle_of(&Authority::new("Company")));
    assert!(why_unsent(&error).is_some());
    let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    assert_eq!(cause(&error), Some(&unknown));
    assert_silent_about_secrets(&format!("{error:?}"));

    let error = put_once("http://127.0.0.1:9", Trust::amazon());
    assert!(why_unsent(&error).is_some());
    let kind = cause(&error).map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::ConnectionRefused));
    assert_silent_about_secrets(&format!("{error:?}"));
}
