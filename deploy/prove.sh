#!/usr/bin/env bash
# Proofs of full size, which take minutes and measure this machine: deliveries that break 200 times at each step, a thousand guesses at each of
# three replicas, an hour of guesses, the time of an answer, the memory of a burst. Their figures are printed; smaller ones of the same rules run
# with `make test`.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/local/env.sh"
cd "$ROOT"

deploy/local/tools.sh postgres nats
deploy/local/services.sh up
DATABASE_URL="$(test_database_url)"
export DATABASE_URL
# One at a time: they measure, and nothing else is to run in their process.
for service in notification identity; do
    cargo test --quiet --locked --package "$service" --test it -- --ignored --nocapture --test-threads 1
done
