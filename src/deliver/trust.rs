//! The authorities that may sign a server's certificate.

use super::variable::given;
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use aws_smithy_types::base64;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{ErrorKind, load_certs_from_paths};
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The five roots of Amazon Trust Services: <https://www.amazontrust.com/repository/>.
pub const AMAZON_ROOTS: &[u8] = include_bytes!("amazon.pem");

/// The authorities that a server's certificate may be signed by.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Root certificates, as PEM.
    first: Cow<'static, [u8]>,
    /// Loaded if none of the first signed a certificate.
    otherwise: Option<Otherwise>,
}

/// The roots for a certificate that none of the first signed.
#[derive(Clone, Debug)]
enum Otherwise {
    /// Those of the system, together with the first.
    System,
    /// Root certificates, as PEM.
    Bundle(Cow<'static, [u8]>),
}

impl Trust {
    /// Trusts Amazon's roots first, and the system's for a certificate that none of them signed.
    pub fn amazon() -> Self {
        Self { first: AMAZON_ROOTS.into(), otherwise: Some(Otherwise::System) }
    }

    /// Trusts the certificates of a file or a directory, and no others. Errors begin with `name`, the
    /// setting that gives the path.
    ///
    /// # Errors
    ///
    /// The file or directory cannot be read or holds no certificate.
    pub fn bundle(name: &str, path: &Path) -> Result<Self, String> {
        let (file, dirs) = if path.is_dir() {
            (None, vec![path.to_owned()])
        } else {
            (Some(path.to_owned()), Vec::new())
        };
        Self::files(name, file.as_deref(), &dirs)
    }

    /// Reads the variables that name certificates.
    ///
    /// `AWS_CA_BUNDLE` counts first, with the meaning that the AWS CLI gives it; then `SSL_CERT_FILE`
    /// and `SSL_CERT_DIR`, with OpenSSL's meaning. Without them [`Trust::amazon`] is used.
    ///
    /// # Errors
    ///
    /// A value is not Unicode, or none of the files and directories that they name can be read and holds
    /// a certificate.
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, String> {
        let given = |name: &str| given(&variable, name);
        if let Some(path) = given("AWS_CA_BUNDLE")? {
            return Self::bundle("AWS_CA_BUNDLE", Path::new(&path));
        }
        let dirs = given("SSL_CERT_DIR")?;
        let dirs: Vec<PathBuf> = dirs.iter().flat_map(std::env::split_paths).collect();
        let dirs: Vec<PathBuf> = dirs.into_iter().filter(|it| !it.as_os_str().is_empty()).collect();
        let file = given("SSL_CERT_FILE")?.map(PathBuf::from);
        match (&file, dirs.is_empty()) {
            (None, true) => Ok(Self::amazon()),
            (None, false) => Self::files("SSL_CERT_DIR", None, &dirs),
            (Some(file), true) => Self::files("SSL_CERT_FILE", Some(file), &[]),
            (Some(file), false) => Self::files("SSL_CERT_FILE, SSL_CERT_DIR", Some(file), &dirs),
        }
    }

    /// Trusts these roots first, and the first roots of `other` for a certificate that none of these
    /// signed.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { first: self.first, otherwise: Some(Otherwise::Bundle(other.first)) }
    }

    fn files(name: &str, file: Option<&Path>, dirs: &[PathBuf]) -> Result<Self, String> {
        let pem = read(file, dirs).map_err(|cause| format!("{name}: {cause}"))?;
        Ok(Self { first: pem.into(), otherwise: None })
    }

    /// Returns the roots that are tried first.
    pub(super) fn first(&self) -> TlsContext {
        context(&[&self.first])
    }

    /// True if there are other roots to try.
    pub(super) fn has_other(&self) -> bool {
        self.otherwise.is_some()
    }

    /// Loads the roots that are tried if none of the first signed a certificate; none if there are none.
    ///
    /// # Errors
    ///
    /// None of them can be read.
    pub(super) fn other(&self) -> Option<Result<TlsContext, String>> {
        Some(match self.otherwise.as_ref()? {
            Otherwise::System => system().map(|roots| context(&[&self.first, &roots])),
            Otherwise::Bundle(pem) => Ok(context(&[pem])),
        })
    }
}

fn context(bundles: &[&[u8]]) -> TlsContext {
    let none = TrustStore::empty();
    let store = bundles.iter().fold(none, |store, pem| store.with_pem_certificate(*pem));
    let context = TlsContext::builder().with_trust_store(store).build();
    context.expect("a trust store is all that it needs")
}

/// Reads the certificates of a file and of directories, as PEM. As OpenSSL does, it ignores what it
/// cannot read if it finds a certificate elsewhere.
fn read(file: Option<&Path>, dirs: &[PathBuf]) -> Result<Vec<u8>, String> {
    // The file together with the first directory: a bundle is often in both, and is then read once.
    let mut found = load_certs_from_paths(file, dirs.first().map(PathBuf::as_path));
    for dir in dirs.iter().skip(1) {
        let more = load_certs_from_paths(None, Some(dir));
        found.certs.extend(more.certs);
        found.errors.extend(more.errors);
    }
    let pem = pem_of(&found.certs);
    if !pem.is_empty() {
        return Ok(pem);
    }
    let named: Vec<&Path> = file.into_iter().chain(dirs.iter().map(PathBuf::as_path)).collect();
    for error in &found.errors {
        if let ErrorKind::Io { inner, path } = &error.kind
            && named.contains(&path.as_path())
        {
            return Err(format!("cannot read {}: {inner}", path.display()));
        }
    }
    let path = named.first().copied().unwrap_or(Path::new(""));
    Err(format!("{} contains no PEM certificate", path.display()))
}

/// Reads the system's roots, as PEM.
///
/// `load_native_certs` would read an empty `SSL_CERT_FILE` as the name of a file.
#[cfg(all(unix, not(target_os = "macos")))]
fn system() -> Result<Vec<u8>, String> {
    let places = openssl_probe::probe();
    let mut dirs: Vec<PathBuf> = Vec::new();
    // One of the usual directories can be a link to another.
    for dir in places.cert_dir {
        let dir = dir.canonicalize().unwrap_or(dir);
        if !dirs.contains(&dir) {
            dirs.push(dir);
        }
    }
    if places.cert_file.is_none() && dirs.is_empty() {
        return Err("there are none in the usual files and directories".to_owned());
    }
    read(places.cert_file.as_deref(), &dirs)
}

/// Reads the system's roots, as PEM.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn system() -> Result<Vec<u8>, String> {
    let found = rustls_native_certs::load_native_certs();
    let pem = pem_of(&found.certs);
    match found.errors.first() {
        _ if !pem.is_empty() => Ok(pem),
        Some(error) => Err(error.to_string()),
        None => Err("there are none".to_owned()),
    }
}

/// Returns the certificates as PEM, without those that are not an authority's. The HTTP client accepts
/// only PEM, and would panic at those.
fn pem_of(certificates: &[CertificateDer<'static>]) -> Vec<u8> {
    let mut pem = String::new();
    for certificate in certificates {
        if RootCertStore::empty().add(certificate.clone()).is_ok() {
            let text = base64::encode(certificate);
            pem.extend(["-----BEGIN CERTIFICATE-----\n", &text, "\n-----END CERTIFICATE-----\n"]);
        }
    }
    pem.into_bytes()
}
