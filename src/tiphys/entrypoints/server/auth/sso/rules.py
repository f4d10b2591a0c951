"""Which ServiceAccount stands for somebody: the first true rule, highest precedence first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tiphys.app.services.cluster.rows import manifest_of
from tiphys.core.expr.compile import compile_expression
from tiphys.core.expr.failure import Fault
from tiphys.core.expr.program import ExprError
from tiphys.core.expr.values import Value
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.core.objects.meta import metadata_of, text
from tiphys.errors import ForbiddenError
from tiphys.ports.identity import Principal, service_account
from tiphys.ports.store import ListOptions, Store

RULE = "workflows.argoproj.io/rbac-rule"
PRECEDENCE = "workflows.argoproj.io/rbac-rule-precedence"


class AccountRules:
    """Finds accounts in a store; ``delegate`` lets those of the request's namespace come first."""

    def __init__(self, store: Store, namespace: str, *, delegate: bool = False) -> None:
        self._store = store
        self._namespace = namespace
        self._delegate = delegate

    def account(self, claims: JsonObject, namespace: str) -> Principal:
        """The account that stands for whoever has these claims.

        An account of the request's namespace needs a rule that holds and a higher precedence; without an account of
        the server's namespace nobody has signed in at all, whatever other namespaces say.

        Raises:
            ForbiddenError: no rule holds, or one that comes first cannot be evaluated.
        """
        own = self._first(claims, self._namespace)
        if own is None:
            raise ForbiddenError("not allowed")
        if self._delegate and namespace and namespace != self._namespace:
            other = self._first(claims, namespace)
            if other is not None and other[0] > own[0]:
                return service_account(namespace, other[1])
        return service_account(self._namespace, own[1])

    def _first(self, claims: JsonObject, namespace: str) -> tuple[int, str] | None:
        for precedence, name, rule in self._candidates(namespace):
            try:
                holds = compile_expression(rule).run(cast("dict[str, Value]", claims))
            except (ExprError, Fault, ValueError):
                raise ForbiddenError("not allowed") from None
            if not isinstance(holds, bool):
                raise ForbiddenError("not allowed")
            if holds:
                return precedence, name
        return None

    def _candidates(self, namespace: str) -> Sequence[tuple[int, str, str]]:
        page = self._store.list(ListOptions(kind="ServiceAccount", group="", namespace=namespace, limit=10_000))
        found = []
        for stored in page.items:
            annotations = metadata_of(manifest_of(stored)).get("annotations")
            rule = text(annotations, RULE) if isinstance(annotations, dict) else ""
            if isinstance(annotations, dict) and rule:
                found.append((_number(text(annotations, PRECEDENCE)), stored.key.name, rule))
        return sorted(found, key=lambda item: (-item[0], item[1]))


def _number(value: str) -> int:
    try:
        return int(value or "0")
    except ValueError:
        raise ForbiddenError("not allowed") from None
