//! The rules of the house, held over the sources and the packages that they bring.
//!
//! `layer, once → verify → url, form, key → encoding`: the way of a request, and no way back.

mod packages;
mod rooms;
#[cfg(unix)]
mod sizes;
mod sources;
