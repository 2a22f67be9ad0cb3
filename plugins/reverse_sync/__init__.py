"""Reverse Sync: PostgreSQL changes flow back to a legacy Oracle through AWS DMS, and are proved there."""
