"""Every story is told twice: by one run, and by runs restored from their rows after every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.playbooks import story
from tiphys.testing.playbook import Playbook

Tell = Callable[..., Playbook]


@pytest.fixture(params=[False, True], ids=["incremental", "restored"])
def tell(request: pytest.FixtureRequest) -> Tell:
    """``story.main`` for both ways of running."""

    def begin(body: str, **options: str) -> Playbook:
        return story.main(body, restoring=bool(request.param), **options)

    return begin


@pytest.fixture(params=[False, True], ids=["incremental", "restored"])
def restoring(request: pytest.FixtureRequest) -> bool:
    """Both ways of running, for stories of several runs."""
    return bool(request.param)
