//! Explanations: what broke a deployment, and what to change.

mod broken;
