//! Development.
#![allow(unreachable_pub)]
#[path = "it/explain/broken/mod.rs"]
mod broken;
