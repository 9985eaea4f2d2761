#!/usr/bin/env bash
# Checks what machines are told, without a cluster or a container: scripts, Dockerfile, Compose, manifests, broker, alerts.
#
#   check.sh [BINARIES]     (with a folder of built binaries, the settings in the manifests are tried on them, too)
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/local/env.sh"
cd "$ROOT"
BINARIES="${1:-}"

rendered="$LOCAL/check"
rm -rf "$rendered"
mkdir -p "$rendered"

say "scripts"
git ls-files -z --cached --others --exclude-standard '*.sh' .ci/run | xargs -0 shellcheck --external-sources --source-path=.

say "Dockerfile"
hadolint deploy/docker/Dockerfile

say "Compose"
check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/docker/compose.yaml

say "manifests"
for overlay in dev production; do
    kubectl kustomize "k8s/overlays/$overlay" >"$rendered/$overlay.yaml"
done
"$LOCAL/venv/bin/python" deploy/check.py deploy/docker/compose.yaml "$rendered"/*.yaml

if [ -n "$BINARIES" ]; then
    say "settings"
    "$LOCAL/venv/bin/python" deploy/check_settings.py "$BINARIES" deploy/docker/compose.yaml "$rendered"/*.yaml
fi

say "broker"
# The broker's own check wants its certificates to be there.
deploy/docker/certificates.sh "$rendered/certificates" >/dev/null
for conf in k8s/base/nats/core.conf k8s/base/nats/nats.conf k8s/overlays/dev/nats.conf; do
    sed "s|/run/tls|$rendered/certificates/nats|" "$conf" >"$rendered/${conf//\//-}"
done
ln -s k8s-base-nats-core.conf "$rendered/core.conf"
for conf in k8s-base-nats-nats.conf k8s-overlays-dev-nats.conf; do
    said="$(POD_NAME=nats-0 nats-server --config "$rendered/$conf" -t 2>&1)" || die "$said"
done

say "alerts"
promtool check rules deploy/telemetry/alerts.yaml >/dev/null
promtool test rules deploy/telemetry/alerts_test.yaml >/dev/null
