"""Advice on the limits of retries, which Argo reads only when a retry is due."""

from __future__ import annotations

import re

from tiphys.core.manifest.model.strategy import RetryStrategy
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site

_WHOLE = r"(?a)[+-]?\d+"


def check_limit(context: Context, site: Site, strategy: RetryStrategy | None) -> None:
    """Warn about a limit that is a text without tags and no whole number."""
    limit = strategy.limit if strategy is not None else None
    if isinstance(limit, str) and "{{" not in limit and not re.fullmatch(_WHOLE, limit):
        place = site.at("retryStrategy", "limit")
        context.warn(Code.RETRY_LIMIT, place, f"the limit '{limit}' is no whole number", "write a number: limit: 3")
