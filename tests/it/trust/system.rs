//! The roots of the system, which the function reads if Amazon's are not enough.

use std::fs;
use std::time::Duration;

use insta::assert_snapshot;

use super::tls;
use crate::harness::{Event, Harness};
use tempfile::TempDir;
use world::{Authority, Tls, World};

const PATIENCE: Duration = Duration::from_secs(20);

/// A system of its own for a function: its roots are in the folder `certs`.
struct System(TempDir);

impl System {
    fn without_roots() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn make_folder(&self) {
        fs::create_dir(self.0.path().join("certs")).expect("a folder");
    }

    fn trust(&self, authority: &Authority) {
        fs::write(self.0.path().join("certs/root.pem"), authority.pem()).expect("a file");
    }

    /// A function in this system, behind this TLS server; none if this machine permits no mounts.
    #[expect(clippy::print_stderr, reason = "a skipped test is seen with --nocapture")]
    fn function(&self, world: World, tls: &Tls, variables: &[(&str, &str)]) -> Option<Harness> {
        let endpoint = tls.endpoint();
        let endpoint = [("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.as_str())];
        let variables = [&endpoint, variables].concat();
        let Some(function) = world.function_in(self.0.path(), &variables) else {
            eprintln!("SKIPPED: this system permits no mounts, so it cannot have roots of a test");
            return None;
        };
        Some(Harness::around(world, function))
    }
}

fn shown(text: &str, tls: &Tls) -> String {
    text.replace(&tls.endpoint().replace("https://", ""), "ENDPOINT")
}

#[test]
fn the_roots_of_the_system_are_read_and_trusted() {
    let company = Authority::new("Company");
    let system = System::without_roots();
    system.make_folder();
    system.trust(&company);
    let empty = [("AWS_CA_BUNDLE", ""), ("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")];
    let mut warnings = Vec::new();
    for variables in [&[][..], &empty] {
        let (world, tls) = tls(&company);
        let Some(harness) = system.function(world, &tls, variables) else { return };
        for number in [1, 2] {
            assert_eq!(harness.answer_within(PATIENCE, Event::task(number)), "= stored 1");
        }
        assert_eq!(tls.handshakes(), [false, true], "{variables:?}");
        assert_eq!(harness.stored(), [1, 2]);
        warnings.push(shown(&harness.log_lines(), &tls));
    }
    let [unset, empty] = warnings.try_into().expect("two runs");
    assert_eq!(unset, empty);
    assert_snapshot!(unset, @"WARN Amazon did not sign the certificate of ENDPOINT: the system's certificate authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE");
}

#[test]
fn roots_that_cannot_be_read_are_looked_for_again_with_the_next_event() {
    let company = Authority::new("Company");
    let system = System::without_roots();
    let (world, tls) = tls(&company);
    let Some(harness) = system.function(world, &tls, &[]) else { return };
    let answer = |number| shown(&harness.answer_within(PATIENCE, Event::task(number)), &tls);
    let untrusted = "= Forwarder.Undelivered: PutLogEvents failed: no trusted authority signed the \
         certificate of ENDPOINT: set AWS_CA_BUNDLE to a file with the root certificate that did";
    assert_eq!(answer(1), untrusted);
    system.make_folder();
    assert_eq!(answer(2), untrusted);
    system.trust(&company);
    assert_eq!(answer(3), "= stored 1");
    assert_eq!(answer(4), "= stored 1");
    assert_eq!(tls.handshakes(), [false, false, false, false, true], "the first one at start");
    assert_snapshot!(shown(&harness.log_lines(), &tls), @"
    WARN Amazon did not sign the certificate of ENDPOINT, and the system's certificate authorities cannot be read (there are none in the usual files and directories); to trust others, set AWS_CA_BUNDLE
    WARN Amazon did not sign the certificate of ENDPOINT, and the system's certificate authorities cannot be read (there are none in the usual files and directories); to trust others, set AWS_CA_BUNDLE
    WARN event failed: PutLogEvents failed: no trusted authority signed the certificate of ENDPOINT: set AWS_CA_BUNDLE to a file with the root certificate that did [1]
    WARN Amazon did not sign the certificate of ENDPOINT, and the system's certificate authorities cannot be read (/etc/ssl/certs contains no PEM certificate); to trust others, set AWS_CA_BUNDLE
    WARN event failed: PutLogEvents failed: no trusted authority signed the certificate of ENDPOINT: set AWS_CA_BUNDLE to a file with the root certificate that did [1]
    WARN Amazon did not sign the certificate of ENDPOINT: the system's certificate authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE
    ");
}
