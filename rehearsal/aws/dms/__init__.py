"""AWS Database Migration Service: the calls, their rules and their state machines."""
