#!/usr/bin/env bash
# Renews each service's .sqlx: what PostgreSQL says about the queries in the code, so that builds need no database.
#
#   prepare.sh [--check] [service…]     (no service: all that have migrations)
#
# Each service's schema is made afresh from its migrations, and the compiler asks it about every query.
# --check changes nothing and fails when the committed answers differ.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$ROOT"

check=
if [ "${1:-}" = --check ]; then check=1; shift; fi
if [ $# = 0 ]; then
    for migrations in services/*/migrations; do
        [ -d "$migrations" ] || continue
        service="${migrations#services/}"
        set -- "$@" "${service%/migrations}"
    done
fi

deploy/local/services.sh up

sql() { "$(postgres_bin)/psql" --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }

# A migration runs in a transaction of its own unless its first line says otherwise, as sqlx does it.
migrate() {
    local file alone
    for file in "services/$1"/migrations/*.sql; do
        alone=--single-transaction
        if head -1 "$file" | grep -q '^-- no-transaction'; then alone=; fi
        # shellcheck disable=SC2086
        PGOPTIONS='-c client_min_messages=warning' sql $alone --file "$file" "$2" || die "$file does not apply"
    done
}

# Answers land in a folder aside and are moved only when the whole crate compiles: a typing error must not empty .sqlx.
prepare() {
    local service="$1" name url fresh committed
    name="prepare_${service//-/_}"
    url="$(test_database_url "$name")"
    fresh="$LOCAL/prepare/$service"
    committed="services/$service/.sqlx"
    [ -d "services/$service/migrations" ] || die "services/$service has no migrations"

    sql --command "drop database if exists $name with (force)" --command "create database $name" "$(test_database_url)"
    migrate "$service" "$url"

    rm -rf "$fresh"
    mkdir -p "$fresh"
    # Cargo sees no reason to compile unchanged code again, and only compiling asks the questions.
    touch "services/$service/src/lib.rs"
    if [ -f "services/$service/tests/it/main.rs" ]; then touch "services/$service/tests/it/main.rs"; fi
    SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" DATABASE_URL="$url" cargo check --quiet --package "$service" --all-targets

    if [ -n "$check" ]; then
        mkdir -p "$LOCAL/prepare/none"
        if [ ! -d "$committed" ]; then committed="$LOCAL/prepare/none"; fi
        diff --recursive --brief "$committed" "$fresh" >&2 || die "services/$service/.sqlx is not what its queries say; run 'make prepare' and commit"
    else
        rm -rf "$committed"
        if [ -n "$(ls -A "$fresh")" ]; then cp -r "$fresh" "$committed"; fi
    fi
    say "$service: $(find "$fresh" -name '*.json' | wc -l) queries"
}

for service in "$@"; do prepare "$service"; done
