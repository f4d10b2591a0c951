"""Which results a template reads: only those are captured (``spec/engine.md`` 10.2)."""

from __future__ import annotations

import re

#: An index that is no string literal can name any step at run time.
_DYNAMIC = re.compile(r"""\b(?:steps|tasks)\s*\[\s*(?!\\?["'])""")


def reads_result(text: str, prefix: str, name: str) -> bool:
    """True when the JSON text of a steps or DAG template may read ``<prefix>.<name>.outputs.result``."""
    if f"{prefix}.{name}.outputs.result" in text:
        return True
    index = re.search(rf"""{prefix}\[\\?['"]{re.escape(name)}\\?['"]\]\.outputs\.result""", text)
    if index is not None or f"{prefix}.{name}.outputs[" in text or f"{prefix}.{name}?." in text:
        return True
    return _DYNAMIC.search(text) is not None
