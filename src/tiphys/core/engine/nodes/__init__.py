"""One module per kind of node; each decides its nodes from the states of their children."""
