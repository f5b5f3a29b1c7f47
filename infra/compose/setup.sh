#!/usr/bin/env bash
# Runs once before Airflow and Kibana: passwords, API keys, topics, indices, snapshots. Safe to repeat.
# Each API key may do one job (`elasticsearch/*-key.json`): indices are made under the bootstrap key, stages
# run under the writer's. A key lasts 90 days; remove its file and run this again for a new one.
set -euo pipefail
umask 077
keys=/run/copydesk
data=/opt/copydesk/infra/compose/elasticsearch

es() {
  curl --silent --show-error --fail --cacert "$COPYDESK_ELASTICSEARCH_CA_FILE" --user "elastic:$ELASTIC_PASSWORD" \
    --header "Content-Type: application/json" "$@"
}

es --request POST "$COPYDESK_ELASTICSEARCH_URL/_security/user/kibana_system/_password" \
  --data "{\"password\": \"$KIBANA_PASSWORD\"}" > /dev/null

for name in bootstrap writer reader kibana snapshot; do
  if [ ! -s "$keys/$name.key" ]; then
    es --request POST "$COPYDESK_ELASTICSEARCH_URL/_security/api_key" --data "@$data/$name-key.json" |
      python -c "import json, sys; print(json.load(sys.stdin)['encoded'])" > "$keys/$name.key.new"
    mv "$keys/$name.key.new" "$keys/$name.key"
  fi
done
printf '{"admin": "%s"}' "$AIRFLOW_ADMIN_PASSWORD" > /run/airflow/passwords.json
chown 50000:0 "$keys" "$keys/writer.key" "$keys/reader.key"
chown -R 50000:0 /run/airflow

copydesk topics apply
COPYDESK_ELASTICSEARCH_API_KEY_FILE="$keys/bootstrap.key" copydesk index apply
es --request PUT "$COPYDESK_ELASTICSEARCH_URL/_snapshot/copydesk" --data "@$data/snapshot-repository.json" > /dev/null ||
  echo "snapshots cannot be stored yet: may Elasticsearch write to its volume of snapshots?" >&2
es --request PUT "$COPYDESK_ELASTICSEARCH_URL/_slm/policy/copydesk" --data "@$data/snapshot-policy.json" > /dev/null
