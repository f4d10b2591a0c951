"""Who asks: from the headers of a request to a ``Principal``.  Deny is the default."""
