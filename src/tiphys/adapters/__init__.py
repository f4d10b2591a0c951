"""I/O without policy: stores, runtimes, the system."""
