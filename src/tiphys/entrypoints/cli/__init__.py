"""The ``tiphys`` command."""
