"""What Amazon MWAA is given to run Reverse Sync."""
