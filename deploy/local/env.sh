# shellcheck shell=bash
# Where the tools and the tests' services of one checkout live. `make up` finds its own ports (deploy/local/src/ports.rs).
# Sourced, never run. A value that is already set wins, so that two checkouts can live side by side.

ROOT="${ROOT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
LOCAL="${CASEWORK_LOCAL_DIR:-$ROOT/.local}"
export ROOT LOCAL

# The tools that tools.sh puts there come before the machine's own.
export PATH="$LOCAL/bin:$LOCAL/venv/bin:$ROOT/deploy/local/tools/node_modules/.bin:$PATH"

# What the tests use. The cluster's superuser is trusted: it listens on loopback and holds nothing worth keeping.
# services.sh writes the port down, because another checkout may have the usual one.
export TEST_PG_DIR="$LOCAL/pg-test"
TEST_PG_PORT_FILE="$LOCAL/pg-test.port"
test_pg_port() { cat "$TEST_PG_PORT_FILE" 2>/dev/null || echo "${CASEWORK_TEST_PG_PORT:-54329}"; }
test_database_url() { printf 'postgres://postgres@127.0.0.1:%s/%s' "$(test_pg_port)" "${1:-postgres}"; }

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# The folder of the newest PostgreSQL server that is 15 or later; nothing when there is none.
# Debian keeps the server's programs off the PATH.
postgres_bin() {
    local newest
    newest="$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -V | tail -1)"
    if [ -n "$newest" ] && [ "${newest%%.*}" -ge 15 ] && [ -x "/usr/lib/postgresql/$newest/bin/postgres" ]; then
        printf '%s\n' "/usr/lib/postgresql/$newest/bin"
    fi
}
