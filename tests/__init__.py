"""Tests; a package so that ``python -m tests.conformance`` and mypy agree on the names of modules."""
