"""Compares Tiphys with what is known of Argo; ``python -m tests.conformance --help``."""
