#!/usr/bin/env bash
# Makes the secrets of a Compose run in the ignored folder secrets/: passwords, and what is built from them.
# Run it once; what is there stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

SERVICES="identity case task messaging document service-complaint notification"
umask 077
mkdir -p secrets
cd secrets
if [ -f complete ]; then exit 0; fi

# Hexadecimal, so that it can stand in an address as it is.
password() { openssl rand -hex 24; }

password >postgres-password
: >databases.sql
for service in $SERVICES; do
    name="${service//-/_}"
    owner="$(password)"
    user="$(password)"
    # The owner changes the schema; the user works with the rows, as far as the migrations allow its role.
    cat >>databases.sql <<END
create role "${name}_owner" login password '$owner';
create role "${name}_app" nologin;
create role "$name" login password '$user' in role "${name}_app";
create database "$name" owner "${name}_owner";
revoke connect on database "$name" from public;
grant connect on database "$name" to "$name";
END
    printf 'postgres://%s_owner:%s@postgres/%s' "$name" "$owner" "$name" >"$service-migration-url"
    printf 'postgres://%s:%s@postgres/%s' "$name" "$user" "$name" >"$service-database-url"
done
printf 'smtp://mailbox:1025' >smtp-url
openssl genpkey -algorithm ed25519 -out signing-key
password >code-key
password >link-key

# Compose binds the files into containers whose user is another; the folder keeps everyone else out.
chmod 0444 ./*
date >complete
