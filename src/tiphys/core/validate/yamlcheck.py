"""Is a text YAML?"""

from __future__ import annotations

import re

_TAG = r"(?s)\{\{.*?\}\}"


def is_yaml(text: str) -> bool:
    """True when a text is YAML once every tag stands for a word; a text beyond the reader's limits counts as YAML."""
    from tiphys.core.manifest.yaml import YamlError, parse  # only needed where a manifest holds another one

    try:
        parse(re.sub(_TAG, "tag", text))
    except YamlError as error:
        return error.limit
    return True
