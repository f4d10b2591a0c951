"""The templates of a workflow, compiled with the defaults that hold for all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import cast

from msgspec.structs import replace

from tiphys.core.manifest.model.arguments import Parameter
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.manifest.model.template import DAGTask, Template, WorkflowStep
from tiphys.core.manifest.model.workflow import WorkflowSpec
from tiphys.core.plan.capture import ResultReads, result_reads
from tiphys.core.plan.merge import merge_pod_metadata, merge_template
from tiphys.core.plan.model import (
    CallPlan,
    DagPlan,
    TemplateKey,
    TemplatePlan,
)
from tiphys.core.plan.parts import (
    compile_arguments,
    compile_artifacts,
    compile_depends,
    compile_exit,
    compile_hook,
    compile_loop,
    compile_metrics,
    compile_record,
    compile_retry,
    plain,
)
from tiphys.core.template.compile import CompiledText, compile_text, compile_tree
from tiphys.core.template.depends import Depends
from tiphys.core.template.render import Compiled

#: A tag that stands for all inputs as one list.
_INPUT_LIST = r"inputs\.parameters *}}"

#: Fields of a template that are compiled elsewhere or never rendered.
NOT_BODY = ("steps", "dag", "inputs", "metrics")


class TemplateCompiler:
    """Compiles the templates of a workflow."""

    def __init__(self, spec: WorkflowSpec) -> None:
        self.retry = spec.retry_strategy
        self.defaults = spec.template_defaults
        self.pod_metadata = spec.pod_metadata
        self.templates: dict[TemplateKey, TemplatePlan] = {}

    def add(self, base: TemplateKey, templates: Iterable[Template]) -> None:
        """Compile the templates of one resource."""
        for template in templates:
            key = TemplateKey(base.scope, base.resource, template.name or "")
            if key not in self.templates:
                self.templates[key] = self.template(key, template)

    def template(self, key: TemplateKey, template: Template) -> TemplatePlan:
        """Compile one template, with the defaults for all templates and pods below it."""
        template = merge_pod_metadata(merge_template(template, self.defaults), self.pod_metadata)
        data = cast(JsonObject, plain(template))
        text = json.dumps(data)
        reads = result_reads(text)
        body = compile_tree({name: value for name, value in data.items() if name not in NOT_BODY})
        steps = tuple(tuple(self.call(key, step, reads, "steps") for step in group) for group in template.steps or ())
        retry = template.retry_strategy or self.retry
        inputs, outputs = template.inputs, template.outputs
        composite = template.steps is not None or template.dag is not None
        return TemplatePlan(
            key=key,
            template=template,
            kind=kind_of(template),
            body=body,
            lists_inputs=re.search(_INPUT_LIST, text) is not None,
            input_texts=_input_texts((inputs.parameters if inputs is not None else None) or ()),
            input_artifacts=compile_tree(plain(inputs.artifacts)) if inputs is not None and inputs.artifacts else None,
            output_parameters=_output_parameters(outputs.parameters or ())
            if outputs is not None and composite
            else None,
            output_artifacts=compile_artifacts(outputs.artifacts or ()) if outputs is not None and composite else (),
            steps=steps,
            dag=self.dag(key, template, reads) if template.dag is not None else None,
            retry=compile_retry(retry) if retry is not None else None,
            own_retry=template.retry_strategy is not None,
            parallelism=template.parallelism,
            metrics=compile_metrics(template.metrics),
            synchronization=compile_record(template.synchronization),
            memoize=compile_record(template.memoize),
        )

    def dag(self, key: TemplateKey, template: Template, reads: ResultReads) -> DagPlan:
        """Compile the tasks of a DAG."""
        dag = template.dag
        assert dag is not None
        continues = {
            task.name or "": (
                bool(task.continue_on and task.continue_on.failed),
                bool(task.continue_on and task.continue_on.error),
            )
            for task in dag.tasks or ()
        }
        seen: dict[str, Depends] = {}
        calls = tuple(
            self.call(key, task, reads, "tasks", compile_depends(task, continues, seen)) for task in dag.tasks or ()
        )
        dependents: dict[str, list[str]] = {call.name: [] for call in calls}
        for call in calls:
            for name in call.depends.tasks if call.depends else ():
                dependents.setdefault(name, []).append(call.name)
        return DagPlan(
            tasks=calls,
            by_name={call.name: call for call in calls},
            dependents={name: tuple(names) for name, names in dependents.items()},
            target=compile_text(dag.target) if dag.target else None,
            leaves=tuple(sorted(name for name in continues if not dependents.get(name))),
            fail_fast=dag.fail_fast is not False,
        )

    def call(
        self,
        key: TemplateKey,
        step: WorkflowStep | DAGTask,
        reads: ResultReads,
        prefix: str,
        depends: Depends | None = None,
    ) -> CallPlan:
        """Compile one step or task."""
        name = step.name or ""
        hooks = step.hooks or {}
        inline = None
        if step.inline is not None:
            inline = self.template(TemplateKey(key.scope, key.resource, ""), replace(step.inline, name=""))
        return CallPlan(
            name=name,
            template=compile_text(step.template) if step.template else None,
            template_ref=compile_tree(plain(step.template_ref)) if step.template_ref else None,
            inline=inline,
            arguments=compile_arguments(step.arguments),
            when=compile_text(step.when) if step.when else None,
            loop=compile_loop(step),
            hooks=tuple(compile_hook(hook_name, hook) for hook_name, hook in hooks.items() if hook_name != "exit"),
            exit=compile_exit(step.on_exit, hooks.get("exit")),
            continue_failed=bool(step.continue_on and step.continue_on.failed),
            continue_error=bool(step.continue_on and step.continue_on.error),
            capture_result="{{" in name or reads.reads(prefix, name),
            depends=depends,
            label=compile_text(name) if "{{" in name else None,
        )


def _input_texts(declared: Iterable[Parameter]) -> dict[str, CompiledText]:
    """The values and defaults of inputs that have tags."""
    texts = {
        item.name: item.value if item.value is not None else item.default for item in declared if not item.value_from
    }
    return {name: compile_text(text) for name, text in texts.items() if text is not None and "{{" in text}


def _output_parameters(declared: Iterable[Parameter]) -> Compiled | None:
    """What Steps and DAG templates give out, where it has tags besides the references, which are no texts."""
    data = [cast(JsonObject, plain(parameter)) for parameter in declared]
    for parameter in data:
        source = parameter.get("valueFrom")
        if isinstance(source, dict):
            source.pop("parameter", None)
    tree = compile_tree(cast(JsonValue, data))
    return None if tree.constant else tree


def kind_of(template: Template) -> str:
    """The node kind that runs a template; empty when it has no type."""
    if template.steps is not None:
        return "Steps"
    if template.dag is not None:
        return "DAG"
    if template.suspend is not None:
        return "Suspend"
    if template.http is not None:
        return "HTTP"
    if template.plugin is not None:
        return "Plugin"
    pods = (template.container, template.script, template.resource, template.data, template.container_set)
    return "Pod" if any(part is not None for part in pods) else ""
