"""Measurements of this process: ``registry.py`` keeps them, ``exposition.py`` writes them for Prometheus."""
