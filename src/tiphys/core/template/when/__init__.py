"""``when``: conditions in govaluate's language with Argo's bare-word rule (``spec/expressions.md`` 18)."""

from tiphys.core.template.when.evaluate import compile_when, evaluate_when

__all__ = ["compile_when", "evaluate_when"]
