"""Settings become running parts; the only package that knows adapters."""
