use std::{
    fs,
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use signalwire_webhook_once_redis::Redis;
use tempfile::TempDir;

/// A Redis that takes TLS alone, with a certificate for `localhost` of an authority made for it.
pub(crate) struct Tls {
    redis: Redis,
    directory: TempDir,
}

impl Tls {
    /// `None`, and a message, where Redis is not installed.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        write_certificates(directory.path());
        let path = |name: &str| path_in(&directory, name).to_str().unwrap().to_owned();
        let files = [
            path("authority.pem"),
            path("server.pem"),
            path("server.key"),
        ];
        let options = ["--tls-ca-cert-file", "--tls-cert-file", "--tls-key-file"];
        let options = options.iter().zip(&files);
        let mut all: Vec<&str> = options.flat_map(|(name, file)| [*name, file]).collect();
        all.extend(["--tls-auth-clients", "no"]);
        all.extend(arguments);
        let redis = Redis::start_with_tls(&all)?;
        Some(Self { redis, directory })
    }

    /// With `user:password@`, or nothing.
    pub(crate) fn url(&self, credentials: &str) -> String {
        format!(
            "rediss://{credentials}localhost:{}",
            self.redis.address().port()
        )
    }

    /// The file of the authority, in PEM.
    pub(crate) fn authority(&self) -> PathBuf {
        path_in(&self.directory, "authority.pem")
    }
}

fn path_in(directory: &TempDir, name: &str) -> PathBuf {
    directory.path().join(name)
}

fn write_certificates(directory: &Path) {
    let write = |name: &str, text: String| fs::write(directory.join(name), text).unwrap();

    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    write("authority.pem", authority.pem());

    let mut server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().unwrap();
    write(
        "server.pem",
        server.signed_by(&key, &authority).unwrap().pem(),
    );
    write("server.key", key.serialize_pem());
}
