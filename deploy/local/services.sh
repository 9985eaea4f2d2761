#!/usr/bin/env bash
# The PostgreSQL that the tests use: a private cluster below .local/, nothing of the machine's own.
#
#   services.sh up | down | status
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

BIN="$(postgres_bin)"
[ -n "$BIN" ] || die "there is no PostgreSQL 15 or later here; run deploy/local/tools.sh"

# PostgreSQL refuses to run as root. The capability lets its user pass through folders that only root may enter,
# such as a checkout below root's home, without changing anyone's modes.
as_postgres() {
    cd /
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups \
            --inh-caps=+dac_read_search --ambient-caps=+dac_read_search "$@"
    else
        "$@"
    fi
}

running() { (as_postgres "$BIN/pg_ctl" -D "$TEST_PG_DIR/data" status >/dev/null 2>&1); }

taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

up() {
    if running; then return; fi
    local port
    port="$(test_pg_port)"
    while taken "$port"; do port=$((port + 1)); done
    printf '%s' "$port" >"$TEST_PG_PORT_FILE"
    mkdir -p "$TEST_PG_DIR"
    if [ "$(id -u)" = 0 ]; then chown postgres:postgres "$TEST_PG_DIR"; fi
    if [ ! -f "$TEST_PG_DIR/data/PG_VERSION" ]; then
        say "creating the test cluster in $TEST_PG_DIR"
        (as_postgres "$BIN/initdb" -D "$TEST_PG_DIR/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null)
    fi
    say "starting PostgreSQL on 127.0.0.1:$port"
    # Durability is off, for speed: a cluster that loses its tests' data is made again.
    # No unix socket: its path may not be longer than 107 bytes, and a checkout may be deeper than that.
    if ! (as_postgres "$BIN/pg_ctl" -D "$TEST_PG_DIR/data" -w -l "$TEST_PG_DIR/log" start -o \
        "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
         -c fsync=off -c synchronous_commit=off -c full_page_writes=off" >/dev/null 9>&-); then
        tail -20 "$TEST_PG_DIR/log" >&2 || true
        die "PostgreSQL did not start"
    fi
}

down() {
    if ! running; then return; fi
    (as_postgres "$BIN/pg_ctl" -D "$TEST_PG_DIR/data" -w -m fast stop >/dev/null)
}

status() {
    if running; then
        echo "PostgreSQL is up: $(test_database_url)"
    else
        echo "PostgreSQL is down"
        return 1
    fi
}

# Two calls at once would start two servers on one folder.
mkdir -p "$LOCAL"
exec 9>"$LOCAL/services.lock"
flock 9

case "${1:-}" in
    up | down | status) "$1" ;;
    *) die "usage: services.sh up | down | status" ;;
esac
