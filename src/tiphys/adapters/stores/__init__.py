"""Where objects and runs are kept: implementations of ``ports.store``."""
