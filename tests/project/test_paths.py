"""``docs/api.md`` has a row for each route of the server."""

from __future__ import annotations

import re
from pathlib import Path

from tiphys.entrypoints.server.routes import ROUTES

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_page_of_paths_has_every_route() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = {f"{route.method} `{re.sub(r'[.]{3}}', '}', route.pattern)}`" for route in ROUTES}
    assert sorted(row for row in rows if f"| {row} |" not in text) == [], "run `make fix`"
