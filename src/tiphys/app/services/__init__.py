"""One function or class per user action."""
