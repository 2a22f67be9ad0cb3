"""The target: its rows, and the triggers that would rewrite them."""
