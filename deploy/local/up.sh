#!/usr/bin/env bash
# The whole portal on this machine, set up from nothing: up.sh up | down | reset | status [OPTIONS of the program `local`]
# This installs and builds; what runs is the program `local`.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

case "${1:-}" in
    up)
        deploy/local/tools.sh postgres nats
        deploy/local/assets.sh
        say "building the portal (the first time takes some minutes)"
        cargo build --locked --package local
        ;;
    down | reset | status)
        if [ ! -x target/debug/local ]; then
            say "nothing runs: the portal was never built here"
            exit 0
        fi
        ;;
    *) die "usage: up.sh up | down | reset | status" ;;
esac
exec target/debug/local "$@"
