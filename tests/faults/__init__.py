"""A package, so that what its fixtures started ends with its last test, not with the last of all."""
