//! Whether SignalWire is likely to call a host by its name.

/// What a host's name says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum HostKind {
    /// One that can stand in a dashboard.
    Public,
    /// Given by a provider, before which there is mostly a name of one's own.
    Provider,
    /// One that does not resolve outside: an address, a container, a service of a cluster.
    Private,
}

/// What load balancers, functions and containers are called by their providers.
const PROVIDER_ENDINGS: [&str; 20] = [
    ".amazonaws.com",
    ".awsapprunner.com",
    ".elasticbeanstalk.com",
    ".on.aws",
    ".cloudfront.net",
    ".run.app",
    ".appspot.com",
    ".cloudfunctions.net",
    ".azurewebsites.net",
    ".azurecontainerapps.io",
    ".azurefd.net",
    ".cloudapp.azure.com",
    ".trafficmanager.net",
    ".herokuapp.com",
    ".fly.dev",
    ".onrender.com",
    ".railway.app",
    ".vercel.app",
    ".ondigitalocean.app",
    ".workers.dev",
];

const PRIVATE_ENDINGS: [&str; 12] = [
    ".local",
    ".internal",
    ".localhost",
    ".localdomain",
    ".lan",
    ".test",
    ".home",
    ".corp",
    ".private",
    ".intranet",
    ".svc",
    ".arpa",
];

impl HostKind {
    /// `host` is without a port.
    pub(in crate::explain) fn of(host: &str) -> Self {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_address = host.starts_with('[')
            || host
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
        let ends_with_one_of = |endings: &[&str]| endings.iter().any(|one| host.ends_with(one));
        if is_address || !host.contains('.') || ends_with_one_of(&PRIVATE_ENDINGS) {
            Self::Private
        } else if ends_with_one_of(&PROVIDER_ENDINGS) {
            Self::Provider
        } else {
            Self::Public
        }
    }

    /// How unlikely it is that SignalWire called such a host.
    pub(in crate::explain) fn rank(self) -> usize {
        match self {
            Self::Public => 0,
            Self::Provider => 1,
            Self::Private => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_host_is_a_name_of_which_nothing_says_that_it_is_another() {
        for host in [
            "hooks.example.com",
            "1.example",
            "a.b",
            "acme.ngrok.io",
            "a.b.",
        ] {
            assert_eq!(HostKind::of(host), HostKind::Public, "{host}");
        }
        for host in [
            "d111111abcdef8.cloudfront.net",
            "my-lb-1.eu-west-1.elb.amazonaws.com",
            "abc123.execute-api.us-east-1.amazonaws.com",
            "app-xyz-uc.a.run.app",
            "APP.azurewebsites.net",
        ] {
            assert_eq!(HostKind::of(host), HostKind::Provider, "{host}");
        }
        for host in [
            "app",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "[::ffff:1.2.3.4]",
            "app.local",
            "ip-10-0-0-1.ec2.internal",
            "app.default.svc",
            "app.localhost",
            "app.lan",
            "app.test",
            "",
        ] {
            assert_eq!(HostKind::of(host), HostKind::Private, "{host}");
        }
    }
}
