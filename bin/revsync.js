#!/usr/bin/env -S node --no-wasm-tier-up --no-wasm-dynamic-tiering --
require('../dist/cli/start.js');
