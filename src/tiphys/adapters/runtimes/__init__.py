"""Where pods run; each runtime is a package of its own."""
