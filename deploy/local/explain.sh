#!/usr/bin/env bash
# Writes how the pages' queries fare as the caseload grows to target/explain. The databases are made for it and dropped at the end; they want about
# 6 GB of disk meanwhile.
#
#   explain.sh [cases…]     (20,000 and 1,000,000 unless said otherwise)
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

deploy/local/tools.sh postgres nats
deploy/local/services.sh up
deploy/local/assets.sh
DATABASE_URL="$(test_database_url)" cargo run --quiet --package tests --bin explain -- "$@"
