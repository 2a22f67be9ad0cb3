"""What a database says of itself, read from its catalog views: one round trip a view, read only."""
