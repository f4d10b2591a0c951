"""Mutexes and semaphores: their names, who may take them, who can never go on (``spec/engine.md`` 22)."""
