use std::{
    env,
    io::{Write as _, stderr},
    path::{Path, PathBuf},
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
    },
}

impl Program {
    /// Where it is; `None`, and a message, where it is not installed.
    #[must_use]
    pub fn find(self) -> Option<PathBuf> {
        let found = match self {
            Self::Debian { name, .. } => in_path(name),
            Self::Python { path, .. } => in_folder(&directory::of_installed().join("python"), path),
            Self::Node { package } => {
                in_folder(&Self::node_modules(), package).and_then(|_| in_path("node"))
            }
        };
        if found.is_none() {
            // Unlike `eprintln!`, this is shown for a test that passes.
            let _ = writeln!(
                stderr(),
                "skipped: {} is not installed; run tests/proxies/install",
                self.package()
            );
        }
        found
    }

    /// Where the npm packages are.
    #[must_use]
    pub fn node_modules() -> PathBuf {
        directory::of_installed().join("node/node_modules")
    }

    fn package(self) -> &'static str {
        match self {
            Self::Debian { package, .. }
            | Self::Python { package, .. }
            | Self::Node { package } => package,
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
