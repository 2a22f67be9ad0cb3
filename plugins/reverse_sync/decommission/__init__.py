"""Take a pipeline down: after it, nothing of it is left in DMS or PostgreSQL, and Oracle works alone again."""
