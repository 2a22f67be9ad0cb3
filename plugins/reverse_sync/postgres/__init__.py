"""The source: what its settings must be, and when they are."""
