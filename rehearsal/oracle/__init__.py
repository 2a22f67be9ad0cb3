"""A stand-in for the legacy Oracle: it speaks Oracle Net to genuine clients and keeps its rows in a PostgreSQL."""
