"""PostgreSQL: for several servers that share the work (extra ``postgres``); the only package that imports psycopg."""
