"""AWS operators that the Amazon provider lacks."""
