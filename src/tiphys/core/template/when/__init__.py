"""``when``: conditions in govaluate's language with Argo's bare-word rule (``spec/expressions.md`` 18)."""

from __future__ import annotations

__all__ = ["evaluate_when"]


def evaluate_when(text: str) -> bool:
    """Decide a ``when`` text whose tags have been replaced; the empty text is true.

    The language is loaded with the first condition: most runs of one step have none.

    Raises:
        WhenError: the text cannot be read or evaluated, or its value is not a boolean.
    """
    if text == "":
        return True
    from tiphys.core.template.when.evaluate import decide

    return decide(text)
