"""AWS sensors that the Amazon provider lacks."""
