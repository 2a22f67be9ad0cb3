"""The replication worker: one process a running task, from a PostgreSQL slot to Oracle."""
