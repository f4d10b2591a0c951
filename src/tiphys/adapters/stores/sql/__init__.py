"""The store in an SQL database.

``store.py`` and what it imports is the SQL that all databases share, in terms of ``connection.py``; ``sqlite`` and
``postgres`` are the databases: connections, tables, errors and who drives which run.
"""
