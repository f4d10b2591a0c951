"""Is a text YAML?"""

from __future__ import annotations

import re

_TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def is_yaml(text: str) -> bool:
    """True when the first document of a text is YAML once every tag stands for a word."""
    import yaml  # only needed where a manifest holds another one

    loader = yaml.SafeLoader(_TAG.sub("tag", text))
    try:
        loader.get_node() if loader.check_node() else None
    except yaml.YAMLError:
        return False
    finally:
        loader.dispose()
    return True
