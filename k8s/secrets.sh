#!/usr/bin/env bash
# Makes the Secrets that the portal needs in a namespace, as far as they are missing; what is there stays as it is.
# For a house with a secret store, this is the list of what the store must provide.
#
#   secrets.sh NAMESPACE
#
# What only the house knows comes in the environment, where no listing of processes shows it: SMTP_URL (without it, the
# development mailbox), and ACCESS_KEY_ID and SECRET_ACCESS_KEY of the object store (without them, none).
set -euo pipefail

namespace="${1:?usage: secrets.sh NAMESPACE}"
umask 077
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# Hexadecimal, so that it can stand in an address as it is.
password() { openssl rand -hex 24; }

# have NAME TYPE ARGUMENTS…: makes a Secret unless there is one of this name.
have() {
    if kubectl --namespace "$namespace" get secret "$1" >/dev/null 2>&1; then return; fi
    kubectl --namespace "$namespace" create secret generic "$1" --type="$2" "${@:3}"
}

# A password stands twice, for the database and in the service's address, so both come from the first.
password_of() {
    kubectl --namespace "$namespace" get secret "$1" --output 'go-template={{.data.password | base64decode}}'
}

openssl genpkey -algorithm ed25519 -out "$folder/signing-key"
password >"$folder/code-key"
password >"$folder/link-key"
printf '%s' "${SMTP_URL:-smtp://mailbox:1025}" >"$folder/smtp-url"
printf '%s' "${ACCESS_KEY_ID:-}" >"$folder/access-key-id"
printf '%s' "${SECRET_ACCESS_KEY:-}" >"$folder/secret-access-key"

for service in identity case task messaging document service-complaint notification; do
    name="${service//-/_}"
    for user in "$name" "${name}_owner"; do
        printf '%s' "$user" >"$folder/username"
        password | tr -d '\n' >"$folder/password"
        role="${user//_/-}-role"
        have "$role" kubernetes.io/basic-auth --from-file="$folder/username" --from-file="$folder/password"
        printf 'postgres://%s:%s@postgres-rw/%s?sslmode=verify-full&sslrootcert=/run/postgres/ca.crt' "$user" "$(password_of "$role")" "$name" >"$folder/database-url"
        case "$user" in
            *_owner) have "$service-migration" Opaque --from-file="$folder/database-url" ;;
            identity) have identity Opaque --from-file="$folder/database-url" --from-file="$folder/signing-key" --from-file="$folder/code-key" ;;
            document) have document Opaque --from-file="$folder/database-url" --from-file="$folder/access-key-id" --from-file="$folder/secret-access-key" ;;
            notification) have notification Opaque --from-file="$folder/database-url" --from-file="$folder/smtp-url" ;;
            service_complaint) have service-complaint Opaque --from-file="$folder/database-url" --from-file="$folder/link-key" ;;
            *) have "$service" Opaque --from-file="$folder/database-url" ;;
        esac
    done
done
