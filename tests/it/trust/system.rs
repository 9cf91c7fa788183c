//! The roots of the system, which the function reads if Amazon's do not do.

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
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("certs")).expect("a folder");
        Self(folder)
    }

    fn trust(&self, authority: &Authority) {
        fs::write(self.0.path().join("certs/root.pem"), authority.pem()).expect("a file");
    }

    /// A function in this system that meets this TLS; nothing where nobody may mount.
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
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
    let system = System::new();
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
