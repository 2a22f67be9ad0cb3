"""Stand-ins, on the same wire, for what the reverse synchronization needs and a laptop lacks."""
