use std::{env, path::PathBuf};

/// The folder in which `tests/proxies/install` puts what Debian does not have.
pub(crate) fn of_installed() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target
        .unwrap_or_else(|| workspace().join("target"))
        .join("proxies")
}

/// The folder of this package.
pub(crate) fn of_package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn workspace() -> PathBuf {
    of_package().join("../..")
}
