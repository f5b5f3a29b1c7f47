"""What the DAGs need beyond Airflow's standard operators."""
