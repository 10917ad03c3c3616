#!/bin/sh
# Requests per second of this layer and of Express with SignalWire's `webhook()`, on this machine.
# Needs node, npm and wrk; installs into benches/express/node_modules, which git ignores.
set -eu
cd "$(dirname "$0")"
npm install --no-audit --no-fund --no-package-lock --silent
cargo bench --bench end_to_end -- --express "$PWD/server.js"
