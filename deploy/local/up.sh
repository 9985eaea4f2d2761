#!/usr/bin/env bash
# The whole portal on this machine, set up from nothing: up.sh up | down | reset
# This installs and builds; what runs is the program `local`.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

command="${1:-}"
case "$command" in
    up)
        deploy/local/tools.sh postgres nats
        deploy/local/assets.sh
        say "building the portal (the first time takes some minutes)"
        cargo build --quiet --locked --package local
        ;;
    down | reset)
        # Nothing can run that was never built.
        if [ ! -x target/debug/local ]; then exit 0; fi
        ;;
    *) die "usage: up.sh up | down | reset" ;;
esac
exec target/debug/local "$command"
