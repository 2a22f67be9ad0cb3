"""The written list of the SQL that this stand-in knows: what is not in its grammar is refused, by name."""
