#!/usr/bin/env bash
# Runs once before Airflow and Kibana: passwords, the pipeline's API key, topics and indices. Safe to repeat.
set -euo pipefail
umask 077

es() {
  curl --silent --show-error --fail --cacert "$COPYDESK_ELASTICSEARCH_CA_FILE" --user "elastic:$ELASTIC_PASSWORD" \
    --header "Content-Type: application/json" "$@"
}

es --request POST "$COPYDESK_ELASTICSEARCH_URL/_security/user/kibana_system/_password" \
  --data "{\"password\": \"$KIBANA_PASSWORD\"}" > /dev/null

if [ ! -s "$COPYDESK_ELASTICSEARCH_API_KEY_FILE" ]; then
  es --request POST "$COPYDESK_ELASTICSEARCH_URL/_security/api_key" \
    --data @/opt/copydesk/infra/compose/elasticsearch/writer-key.json |
    python -c "import json, sys; print(json.load(sys.stdin)['encoded'])" > "$COPYDESK_ELASTICSEARCH_API_KEY_FILE"
fi
printf '{"admin": "%s"}' "$AIRFLOW_ADMIN_PASSWORD" > /run/airflow/passwords.json
chown -R 50000:0 /run/copydesk /run/airflow

copydesk topics apply
copydesk index apply
