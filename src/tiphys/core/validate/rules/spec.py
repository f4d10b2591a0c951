"""Fields of a workflow as a whole (``spec/data.md`` 12)."""

from __future__ import annotations

from collections.abc import Mapping

from tiphys.core.manifest.model.meta import LabelSelector
from tiphys.core.manifest.model.strategy import LifecycleHook
from tiphys.core.manifest.model.template import ExecutorPlugin
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.validate.codes import Code
from tiphys.core.validate.context import Context, Site, near
from tiphys.core.validate.sidecar import sidecar_problems

_STRATEGIES = ("OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def check_object_name(context: Context, name: str, what: str, limit: int) -> None:
    """The length of ``metadata.name``; ``what`` is the kind in Argo's text."""
    length = len(name.encode())
    if length > limit:
        text = f'{what} name "{name}" must not be more than {limit} characters long (currently {length})'
        context.error(Code.OBJECT_NAME, Site(path=("metadata", "name")), text)


def check_plugins(context: Context, site: Site, spec: WorkflowSpec) -> None:
    """Executor plugins have all that their sidecars need."""
    for at, plugin in enumerate(spec.executor_plugins or ()):
        place = site.at("executorPlugins", at)
        for problem in _plugin_problems(plugin):
            context.error(Code.EXECUTOR_PLUGIN, place, f"spec.executorPlugins: {problem}")


def _plugin_problems(plugin: ExecutorPlugin) -> list[str]:
    problems = []
    if plugin.metadata is None or not plugin.metadata.name:
        problems.append("executor plugin metadata name is mandatory")
    return problems + sidecar_problems(plugin)


def check_hooks(context: Context, site: Site, lead: str, hooks: Mapping[str, LifecycleHook] | None) -> None:
    """Every hook but ``exit`` says when it runs; ``lead`` ends with a dot and stands before its name."""
    for name in sorted(hooks or {}):
        if hooks and name != "exit" and not hooks[name].expression:
            context.error(
                Code.HOOK_EXPRESSION,
                site.at("hooks", name),
                f"{lead}{name} Expression required",
                message=f"the hook '{name}' does not say when it runs: {lead}{name} Expression required",
                hint="add an expression, or name the hook 'exit'",
            )


def check_pod_gc(context: Context, site: Site, spec: WorkflowSpec) -> None:
    """Strategy and label selector of ``podGC``."""
    pod_gc = spec.pod_gc
    if pod_gc is None:
        return
    place, strategy = site.at("podGC"), pod_gc.strategy
    if strategy and strategy not in _STRATEGIES:
        context.error(
            Code.POD_GC,
            place.at("strategy"),
            f"podGC.strategy unknown strategy '{strategy}'",
            hint=near(strategy, _STRATEGIES) or f"one of {', '.join(_STRATEGIES)}",
        )
    problem = _selector_problem(pod_gc.label_selector)
    if problem:
        context.error(Code.POD_GC, place.at("labelSelector"), f"podGC.labelSelector invalid: {problem}")


def _selector_problem(selector: LabelSelector | None) -> str | None:
    for requirement in (selector.match_expressions if selector else None) or ():
        if requirement.operator not in _OPERATORS:
            return f'"{requirement.operator}" is not a valid label selector operator'
    return None
