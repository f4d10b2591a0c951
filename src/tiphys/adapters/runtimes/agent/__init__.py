"""``http``, ``plugin`` and ``data`` templates: work that needs no container, done in threads."""
