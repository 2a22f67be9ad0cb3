"""The proof: one change all the way (canary), and when two rows are the same."""
