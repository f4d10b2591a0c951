"""Cron schedules: what a text means (``fields``) and when it fires (``firing``).  Time zones are arguments."""
