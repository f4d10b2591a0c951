"""Commands, settings and the wiring; the only place that picks adapters."""
