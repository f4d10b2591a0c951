"""One module per resource; each has a ``ROUTES`` tuple.  They do not import each other."""
