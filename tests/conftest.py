"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import settings

#: CI tries the same examples each time, so that it judges the change; everywhere else new ones are tried.
#: No example has a time limit anywhere: a loaded machine is no failure.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")
