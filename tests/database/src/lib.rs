//! A real `PostgreSQL`, in a folder of its own, for the tests of this package.

use std::{
    env, fs,
    io::{Write as _, stderr},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::TempDir;

/// Debian's user for it: it does not run as root.
const USER: &str = "postgres";

/// Ends with the test, however the test ends.
pub struct Database {
    process: Child,
    directory: TempDir,
}

impl Database {
    /// `None`, and a message, where it is not installed.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(stderr(), "skipped: PostgreSQL is not installed");
            return None;
        };
        let directory = tempfile::tempdir().expect("a temporary folder");
        let cluster = directory.path().join("cluster");
        if is_root() {
            let owned = Command::new("chown")
                .arg(USER)
                .arg(directory.path())
                .status();
            assert!(owned.expect("chown is there").success());
        }
        let made = as_user(&programs.join("initdb"))
            .args(["--no-sync", "--auth", "trust", "--username", USER, "-D"])
            .arg(&cluster)
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("initdb runs").success());
        // It listens on a socket in the folder alone, so that no port can be taken.
        let process = as_user(&programs.join("postgres"))
            .arg("-D")
            .arg(&cluster)
            .args(["-h", "", "-k"])
            .arg(directory.path())
            .args(["-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PostgreSQL starts");
        let mut database = Self { process, directory };
        database.wait_until_ready(&programs);
        Some(database)
    }

    /// What a client connects to.
    pub fn url(&self) -> String {
        let folder = self.directory.path().display();
        format!("host={folder} user={USER} dbname=postgres")
    }

    fn wait_until_ready(&mut self, programs: &Path) {
        let is_ready = || {
            let asked = Command::new(programs.join("pg_isready"))
                .arg("-h")
                .arg(self.directory.path())
                .stdout(Stdio::null())
                .status();
            asked.expect("pg_isready runs").success()
        };
        while !is_ready() {
            let ended = self.process.try_wait().expect("the process is ours");
            assert_eq!(ended, None, "PostgreSQL ended before it was ready");
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // At once, but so that it gives back its shared memory. It may have ended by itself.
        let process = self.process.id().to_string();
        let _ = Command::new("kill").args(["-QUIT", &process]).status();
        let _ = self.process.wait();
    }
}

/// The folder of its programs, which Debian does not put into PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions.flatten().map(|version| version.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path: Vec<_> = env::split_paths(&path).collect();
    debian
        .chain(in_path)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.expect("id is there").stdout == b"0\n"
}

fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", USER, "--regid", USER, "--init-groups", "--"])
        .arg(program);
    command
}
