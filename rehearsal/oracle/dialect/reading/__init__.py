"""The first step: from a statement's words to its tree, or the error that Oracle has for them."""
