#!/usr/bin/env bash
# Writes `.env` beside this file with random passwords; refuses to overwrite one.
set -euo pipefail
cd "$(dirname "$0")"

if [ -e .env ]; then
  echo "infra/compose/.env exists already; remove it first if you want new passwords" >&2
  exit 1
fi
umask 077
random() { head -c 33 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n='; }
fernet() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
while IFS= read -r line; do
  case "$line" in
    AIRFLOW_FERNET_KEY=*) echo "AIRFLOW_FERNET_KEY=$(fernet)" ;;
    *=generate) echo "${line%%=*}=$(random)" ;;
    *) echo "$line" ;;
  esac
done < env.example > .env
echo "infra/compose/.env written; put your contact into COPYDESK_USER_AGENT"
