"""Airflow of the rehearsal: its four real components, with the project's DAGs and plugins."""
