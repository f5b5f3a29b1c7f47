"""Copydesk: scrape news, keep every record in Kafka, index deduplicated stories in Elasticsearch."""
