#!/usr/bin/env bash
# Drives the period that the independent reviewer reported through the service, day by day, and prints its report: 1 October 2024 to
# 31 March 2025. It fails when a figure is not the published one, or when counting it again from the records gives another.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/local/env.sh"
cd "$ROOT"

deploy/local/tools.sh postgres
deploy/local/services.sh up
DATABASE_URL="$(test_database_url)" cargo test --quiet --locked --package service-complaint --test it -- \
    --exact --nocapture period::sc_14_the_report_of_the_published_period_has_the_published_figures
