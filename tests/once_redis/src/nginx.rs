use std::{
    fs,
    net::SocketAddr,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::process::{Running, free_address, is_installed};

/// A real nginx that shares requests out among servers, one after the other.
pub struct Nginx {
    address: SocketAddr,
    _process: Running,
    _directory: TempDir,
}

impl Nginx {
    /// `None`, and a message, where it is not installed.
    pub fn start(servers: &[SocketAddr]) -> Option<Self> {
        if !is_installed("nginx".as_ref()) {
            return None;
        }
        let directory = tempfile::tempdir().expect("a temporary directory");
        // Another process may take the port before nginx does.
        let started = (0..5).find_map(|_| {
            let address = free_address();
            fs::write(
                directory.path().join("nginx.conf"),
                configuration(address, servers),
            )
            .expect("the directory can be written");
            Some((address, run(&directory, address)?))
        });
        let (address, process) = started.expect("nginx starts with this configuration");
        Some(Self {
            address,
            _process: process,
            _directory: directory,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// All that nginx writes stays in its directory. It gives no request to a second server by itself, but
/// where the first does not take the connection: no copy but those that the tests send.
fn configuration(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let servers: Vec<String> = servers
        .iter()
        .map(|server| format!("server {server} max_fails=0;"))
        .collect();
    let servers = servers.join("\n        ");
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path client_body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    keepalive_requests 1000000;
    upstream servers {{
        {servers}
        keepalive 64;
        keepalive_requests 1000000;
    }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://servers;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_set_header Host $host;
        }}
    }}
}}
"
    )
}

/// `None` where nginx ends before it listens.
fn run(directory: &TempDir, address: SocketAddr) -> Option<Running> {
    let path = directory.path();
    let mut command = Command::new("nginx");
    command
        .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
        .arg(path)
        .current_dir(path)
        .stdout(Stdio::null());
    let mut process = Running(command.spawn().expect("nginx starts"));
    process.listens_on(address).then_some(process)
}
