"""The store in an SQL database; the only package that may import ``sqlite3``."""
