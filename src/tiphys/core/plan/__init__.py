"""A valid workflow becomes a plan: templates resolved, defaults merged, tags compiled."""
