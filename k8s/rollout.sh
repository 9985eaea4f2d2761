#!/usr/bin/env bash
# Brings a cluster to what an overlay says: first the schemas, then the processes. Running it again is harmless.
#
#   rollout.sh dev | production
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

overlay="overlays/${1:?usage: rollout.sh dev | production}"
namespace="$(sed -n 's/^namespace: //p' "$overlay/kustomization.yaml")"
[ -n "$namespace" ]
step="app.kubernetes.io/component=migration"

# Everything but the processes: the migrations need their databases and the way to them.
rendered="$(mktemp)"
trap 'rm -f "$rendered"' EXIT
kubectl kustomize "$overlay" >"$rendered"
kubectl apply --filename "$rendered" --selector 'app.kubernetes.io/component notin (service, edge, migration)'
kubectl --namespace "$namespace" wait --for=condition=Ready cluster/postgres --timeout=15m

# A Job can't be changed, only made anew.
kubectl --namespace "$namespace" delete job --selector "$step" --ignore-not-found
kubectl apply --filename "$rendered" --selector "$step"
kubectl --namespace "$namespace" wait --for=condition=Complete job --selector "$step" --timeout=20m

# The schema is there, and the release before runs on it: now the new one takes over, replica by replica. Who hears of things goes before who says them: an
# event that a replica of the release before takes from the queue of its service is lost to what is new in it.
for wave in \
    'app.kubernetes.io/component=service, app.kubernetes.io/name in (notification, document)' \
    'app.kubernetes.io/component=service, app.kubernetes.io/name notin (notification, document)' \
    'app.kubernetes.io/component=edge'; do
    kubectl apply --filename "$rendered" --selector "$wave"
    kubectl --namespace "$namespace" rollout status deployment --selector "$wave" --timeout=15m
done
