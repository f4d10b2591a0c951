"""One family of rules per file; a rule knows the shared context and no other rule."""
