"""A statement as a tree: what the readers make of Oracle's words. Each node says in its `sql` what PostgreSQL runs."""
