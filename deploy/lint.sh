#!/usr/bin/env bash
# The checks that need no database: formatting, contracts, clippy.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/local/env.sh"
cd "$ROOT"

cargo fmt --all --check
buf lint
# The gateway is compiled with the names of its built files.
deploy/local/assets.sh
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
