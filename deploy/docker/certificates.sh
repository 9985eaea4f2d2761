#!/usr/bin/env bash
# Makes a certificate authority and a certificate for every process: certificates.sh FOLDER
# What is still valid for a month stays as it is.
set -euo pipefail

FOLDER="${1:?usage: certificates.sh FOLDER}"
PROCESSES="identity case task messaging document service-complaint notification gateway casework nats"
MONTH=2592000

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

mkdir -p "$FOLDER/authority"
cd "$FOLDER"
umask 077

if ! openssl x509 -in authority/ca.crt -checkend "$MONTH" -noout >/dev/null 2>&1; then
    new_key authority/ca.key
    openssl req -x509 -new -key authority/ca.key -subj /CN=casework -days 365 -out authority/ca.crt \
        -addext basicConstraints=critical,CA:true,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    # What an older authority signed is worth nothing now.
    for process in $PROCESSES; do rm -rf "$process"; done
fi

for process in $PROCESSES; do
    if openssl x509 -in "$process/tls.crt" -checkend "$MONTH" -noout >/dev/null 2>&1; then continue; fi
    mkdir -p "$process"
    new_key "$process/tls.key"
    openssl req -new -key "$process/tls.key" -subj "/CN=$process" -out "$process/tls.csr"
    openssl x509 -req -in "$process/tls.csr" -CA authority/ca.crt -CAkey authority/ca.key -days 90 -out "$process/tls.crt" -extfile - 2>/dev/null <<END
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:$process, URI:spiffe://casework/$process
END
    rm "$process/tls.csr"
    cp authority/ca.crt "$process/ca.crt"
    echo "made a certificate for $process"
done
