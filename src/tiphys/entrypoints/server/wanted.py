"""Which workflows a request asks for: lists and what counts their rows read one query alike."""

from __future__ import annotations

from tiphys.app.services.fieldselector import name_filter, parse_field_selector, target_namespace
from tiphys.app.services.listing import Wanted
from tiphys.core.objects.selectors import parse_selector
from tiphys.entrypoints.server.call import Call


def wanted_of(call: Call) -> Wanted:
    """The filters and the page of a list of workflows (``spec/api.md`` 10.3)."""
    query = call.query
    selected = parse_field_selector(query.text("listOptions.fieldSelector"))
    offset, after = query.page()
    return Wanted(
        namespace=target_namespace(call.namespace, selected),
        not_namespace=selected.not_namespace,
        labels=parse_selector(query.text("listOptions.labelSelector")),
        names=name_filter(selected, query.text("nameFilter")),
        started_after=selected.started_after,
        started_before=selected.started_before,
        created_after=query.moment("createdAfter"),
        finished_before=query.moment("finishedBefore"),
        limit=query.limit(),
        offset=offset,
        after=after,
        count=selected.remaining,
    )
