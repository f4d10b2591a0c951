"""One module per command; each has a Click command named ``command``."""
