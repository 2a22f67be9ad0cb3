"""What a database says of its own tables: the same `Table` and `Column` for PostgreSQL and Oracle."""
