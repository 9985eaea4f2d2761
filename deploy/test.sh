#!/usr/bin/env bash
# Everything that must hold before a change is shared, quick checks first. Sets up what it needs on a fresh machine.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/local/env.sh"
cd "$ROOT"

export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"
mkdir -p "$LOCAL"
results="$LOCAL/test-results"
: >"$results"
started=$SECONDS

step() { printf '\n== %s (%d s)\n' "$1" "$((SECONDS - started))"; }

# Runs tests and keeps what they say for the last line. `pipefail` lets their failure through.
counted() { "$@" 2>&1 | tee -a "$results"; }

# A cluster left behind would outlive a build machine's use of it; at home it serves the next run.
if [ -n "${CI:-}" ]; then trap 'deploy/local/services.sh down' EXIT; fi

step "tools"
deploy/local/tools.sh postgres nats buf checks deny browser producers clamav s3 schemathesis
deploy/local/services.sh up

step "assets"
deploy/local/assets.sh
counted npm test --silent --prefix gateway/assets

step "lints"
deploy/lint.sh

step "licences and sources"
cargo deny --locked check --hide-inclusion-graph bans licenses sources

step "queries"
deploy/local/prepare.sh --check

step "build"
cargo build --workspace --locked --quiet

step "deployment"
deploy/check.sh target/debug

step "tests"
DATABASE_URL="$(test_database_url)" counted cargo test --workspace --locked --quiet

step "API"
# What the document of the API says, and what the API makes of whatever is sent to it. It tells how often each operation succeeded.
DATABASE_URL="$(test_database_url)" counted cargo test --workspace --locked --quiet --test api -- --ignored --nocapture

step "journeys"
npm ci --loglevel=error --no-fund --no-audit --prefix tests/browser >/dev/null
counted node tests/browser/run.mjs

step "done"
# Cargo says `test result: ok. 3 passed; 0 failed; …`, Node `# pass 3`.
awk '
    /^test result:/ { passed += $4; failed += $6 }
    /^[^ ]+ pass [0-9]+$/ { passed += $3 }
    # What never ran because what sets it up failed is cancelled, and no less broken.
    /^[^ ]+ (fail|cancelled) [0-9]+$/ { failed += $3 }
    END { printf "%d passed, %d failed\n", passed, failed }
' "$results"
