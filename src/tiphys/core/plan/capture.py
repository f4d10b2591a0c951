"""Which results a template reads: only those are captured (``spec/engine.md`` 10.2)."""

from __future__ import annotations

import re

from msgspec import Struct

#: An index that is no string literal can name any step at run time.
_DYNAMIC = r"""\b(?:steps|tasks)\s*\[\s*(?!\\?["'])"""
#: What may follow the name of a step that leads to its result.
_ON = r"""(?:\.outputs(?:\.result|\[|\?)|\[|\?)"""
_DOTTED = rf"(steps|tasks)\.([\w-]+){_ON}"
_INDEXED = rf"""(steps|tasks)\[\\?['"]([^'"\\]+)\\?['"]\]{_ON}"""


class ResultReads(Struct, frozen=True):
    """What the JSON text of a steps or DAG template may read of its children's results; found in one pass."""

    every: bool
    named: frozenset[tuple[str, str]]

    def reads(self, prefix: str, name: str) -> bool:
        """True when ``<prefix>.<name>.outputs.result`` may be read."""
        return self.every or (prefix, name) in self.named


def result_reads(text: str) -> ResultReads:
    """Look through the JSON text of a template."""
    if "steps" not in text and "tasks" not in text:
        return ResultReads(every=False, named=frozenset())
    named = frozenset((*re.findall(_DOTTED, text), *re.findall(_INDEXED, text)))
    return ResultReads(re.search(_DYNAMIC, text) is not None, named)
