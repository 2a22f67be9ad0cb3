"""The page "Sync" in Airflow's UI: what the runs found and proved, read from their records.

`plugins/reverse_sync_page.py` mounts it. It asks neither AWS nor a database of the pipeline: it shows what a run
saw, and how old that is.
"""
