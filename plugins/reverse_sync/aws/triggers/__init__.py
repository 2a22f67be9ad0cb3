"""AWS triggers that the Amazon provider lacks."""
