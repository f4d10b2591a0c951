"""What a person sees: text in, text out; only ``live`` and ``plain`` write."""
