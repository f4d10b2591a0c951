"""Values and conditions of live objects: what resource templates, HTTP templates and events read.

Pure: an object and a text in, a value out.  Read ``outputs`` (of resource templates), ``conditions`` (theirs),
``http`` and ``events`` first.
"""
