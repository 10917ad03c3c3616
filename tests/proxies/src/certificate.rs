/// A self-signed certificate for `hooks.example.com`.
pub struct Certificate {
    /// The certificate in PEM.
    pub certificate: String,
    /// Its private key in PEM.
    pub private_key: String,
}

impl Certificate {
    /// Makes a new one.
    #[must_use]
    pub fn self_signed() -> Self {
        let names = ["hooks.example.com".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("the name is a host's");
        Self {
            certificate: made.cert.pem(),
            private_key: made.signing_key.serialize_pem(),
        }
    }
}
