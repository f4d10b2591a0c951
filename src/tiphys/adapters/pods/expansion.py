"""``$(NAME)`` in commands, arguments and variables, as Kubernetes expands it."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = r"\$(?:\$|\(([^)]*)\))"


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Replace ``$(NAME)`` by the variable's value.

    ``$$`` is one dollar sign, so ``$$(NAME)`` stays ``$(NAME)``.  A name without a variable and an unclosed ``$(``
    stay as they are.  What a value contains is not expanded again.

    Example:
        >>> expand("a $(X) $$(X) $(Y) $(", {"X": "$(X)"})
        'a $(X) $(X) $(Y) $('
    """
    if "$" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        return "$" if name is None else variables.get(name, match.group(0))

    return re.sub(_REFERENCE, replace, text)
