"""Text becomes a typed model; every value keeps its file, line and column."""
