"""One file for each kind of storage; they do not know each other."""
