#!/usr/bin/env bash
# Makes a certificate authority and the node's certificate, once; the volume keeps them.
set -euo pipefail

if [ ! -f "$CERTS/ca/ca.crt" ]; then
  bin/elasticsearch-certutil ca --silent --pem --out "$CERTS/ca.zip"
  unzip -q "$CERTS/ca.zip" -d "$CERTS"
fi
if [ ! -f "$CERTS/elasticsearch/elasticsearch.crt" ]; then
  bin/elasticsearch-certutil cert --silent --pem --name elasticsearch --out "$CERTS/node.zip" \
    --dns elasticsearch --dns localhost --ip 127.0.0.1 \
    --ca-cert "$CERTS/ca/ca.crt" --ca-key "$CERTS/ca/ca.key"
  unzip -q "$CERTS/node.zip" -d "$CERTS"
fi
chown -R root:0 "$CERTS"
find "$CERTS" -type d -exec chmod 750 {} +
find "$CERTS" -type f -exec chmod 640 {} +
