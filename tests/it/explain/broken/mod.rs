//! Deployments that refuse genuine requests, made of what happens between SignalWire and the verifier:
//! each must be explained, and with the remedies applied this request and the next one must pass.

mod adapters;
mod deployment;
mod forged;
mod generator;
mod hops;
mod table;
mod visible;
