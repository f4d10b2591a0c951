"""SQLite: one file in the data directory; the default, and the only package that may import ``sqlite3``."""
