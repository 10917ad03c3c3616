//! Deployments put together at random: no remedy that is shown fails.
