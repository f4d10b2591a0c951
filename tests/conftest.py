"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import settings

#: CI tries the same examples each time, so that it judges the change; everywhere else new ones are tried.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
