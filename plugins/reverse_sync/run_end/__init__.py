"""What happens to a run outside its tasks: a person marks or clears, and the run ends.

Airflow tells a listener of it, in the API server and in the scheduler, with the metadata database at hand.
https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/listeners.html
"""
