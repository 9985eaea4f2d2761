#!/usr/bin/env bash
# Builds every image, publishes it with its list of parts and its provenance, and pins what Kubernetes runs to exactly it.
#
#   release.sh REGISTRY VERSION     (such as release.sh registry.example/casework 1.4.0; needs docker buildx)
set -euo pipefail
# shellcheck source=deploy/local/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/env.sh"
cd "$ROOT"

[ $# = 2 ] || die "usage: release.sh REGISTRY VERSION"
registry="$1"
version="$2"
[ -z "$(git status --porcelain)" ] || die "there are changes that are not committed: nobody could build this image again"
command -v jq >/dev/null || die "jq is needed to read what was built"

metadata="$(mktemp)"
trap 'rm -f "$metadata"' EXIT
pins=k8s/images/kustomization.yaml

for bin in identity case task messaging document service-complaint notification gateway casework mailbox; do
    target=process
    if [ "$bin" = gateway ]; then target=gateway; fi
    say "building $bin"
    docker buildx build --file deploy/docker/Dockerfile --target "$target" --build-arg "BIN=$bin" \
        --build-arg "VERSION=$version" --build-arg "REVISION=$(git rev-parse HEAD)" \
        --tag "$registry/$bin:$version" --sbom=true --provenance=mode=max --push --metadata-file "$metadata" .
    digest="$(jq --raw-output '."containerimage.digest"' "$metadata")"
    [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || die "no digest for $bin"
    sed -i "s|^  - {name: casework/$bin, .*|  - {name: casework/$bin, newName: $registry/$bin, digest: \"$digest\"}|" "$pins"
    grep -q "$digest" "$pins" || die "$pins has no line for $bin"
done
say "commit $pins: it names what was released"
