use std::{
    env,
    io::{Write as _, stderr},
    path::{Path, PathBuf},
    process::Command,
};

use crate::directory;

/// A program that a test needs, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    /// Of a Debian package.
    Debian {
        /// Its name in `PATH`, or in the `sbin` folders.
        name: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// Of a Python wheel, at this path within what was installed.
    Python {
        /// Where the wheel puts it.
        path: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// Node.js, with this npm package.
    Node {
        /// The package to `require`.
        package: &'static str,
        /// The oldest version of Node.js that it runs on.
        oldest: u32,
    },
}

impl Program {
    /// Where it is; `None`, and a message, where it is not installed.
    #[must_use]
    pub fn find(self) -> Option<PathBuf> {
        let found = match self {
            Self::Debian { name, .. } => in_path(name),
            Self::Python { path, .. } => in_folder(&directory::of_installed().join("python"), path),
            Self::Node { package, oldest } => in_folder(&Self::node_modules(), package)
                .and_then(|_| in_path("node"))
                .filter(|node| major_version(node) >= Some(oldest)),
        };
        if found.is_none() {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(stderr(), "skipped: {}", self.hint());
        }
        found
    }

    /// Where the npm packages are.
    #[must_use]
    pub fn node_modules() -> PathBuf {
        directory::of_installed().join("node/node_modules")
    }

    fn hint(self) -> String {
        let script = "run tests/proxies/install";
        match self {
            Self::Debian { package, .. } | Self::Python { package, .. } => {
                format!("{package} is not installed; {script}")
            }
            Self::Node { package, oldest } => {
                format!("{package} or a Node.js not older than {oldest} is not installed; {script}")
            }
        }
    }
}

fn in_folder(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = folder.join(path);
    path.exists().then_some(path)
}

/// Debian has servers in `sbin`, which is not in everybody's `PATH`.
fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .find_map(|folder| in_folder(&folder, name))
}

/// Of a Node.js that says `v20.1.2`, 20.
fn major_version(node: &Path) -> Option<u32> {
    let output = Command::new(node).arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}
