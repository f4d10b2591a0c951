"""Use cases and the loop that drives runs."""
