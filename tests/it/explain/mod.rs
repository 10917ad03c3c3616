//! Why a request was refused, and what to change.

mod deployment;
mod explanations;
