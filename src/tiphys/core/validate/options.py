"""What a check is for."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tiphys.core.manifest.model.workflow import Workflow


class CheckOptions(Struct, frozen=True, kw_only=True):
    """How strict a check is.

    ``lint`` forgives workflow arguments without a value; ``submit`` never does and wins over ``lint``; with neither
    the check is that of the controller.  ``ignore_entrypoint`` lets a workflow be without one.  ``advise`` adds the
    findings that Argo does not have, and ``injection`` to them those about any input in source code, wherever it
    comes from.  ``defaults``
    is the controller's ``workflowDefaults``.  ``timezone_exists`` answers for IANA names; without it the time zones
    of CronWorkflows are not checked.  ``strict_refs``: a WorkflowTemplate or ClusterWorkflowTemplate that the library
    does not have is an error; otherwise a warning, because it may exist where the manifest will run.  ``offline``
    says so in the words of ``argo lint --offline``.
    """

    lint: bool = True
    submit: bool = False
    ignore_entrypoint: bool = False
    advise: bool = True
    injection: bool = False
    defaults: Workflow | None = None
    timezone_exists: Callable[[str], bool] | None = None
    strict_refs: bool = True
    offline: bool = False
