"""What tests need of the machine.  ``.ci/run`` installs all of it, so in CI a test that lacks something fails."""

from __future__ import annotations

import os

import pytest


def _may_skip(present: bool) -> bool:
    return not present and not os.environ.get("CI")


def needs(present: bool, what: str) -> pytest.MarkDecorator:
    """A mark for tests that are skipped where ``what`` is not present."""
    return pytest.mark.skipif(_may_skip(present), reason=f"needs {what}, which .ci/run installs")


def skip_without(present: bool, what: str) -> None:
    """Skip the test that runs where ``what`` is not present; for what is known only then."""
    if _may_skip(present):
        # Outside CI somebody may work on other things; in CI this is never reached.
        pytest.skip(f"needs {what}, which .ci/run installs")
