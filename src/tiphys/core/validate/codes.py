"""The codes of findings, one line each; ``docs/errors.md`` is generated from this table.

A code is for ever: it is never given another meaning.  Errors are T201 to T279, warnings T280 to T299
(T292 is an error for what is about to run).
"""

from __future__ import annotations

import enum


class Code(enum.StrEnum):
    """The code of a finding; ``SUMMARIES`` says what each one means."""

    OBJECT_NAME = "T201"
    NAME_MISSING = "T202"
    NAME_INVALID = "T203"
    NAME_TAKEN = "T204"
    TEMPLATE_UNKNOWN = "T205"
    RESOURCE_UNKNOWN = "T206"
    REFERENCE_INVALID = "T207"
    TEMPLATE_TYPE = "T208"
    FIELD_MISPLACED = "T209"
    ARGUMENT_WITHOUT_VALUE = "T210"
    ARGUMENT_SOURCE = "T211"
    ENUM = "T212"
    ARTIFACT_ARGUMENT = "T213"
    NOT_SUPPLIED = "T214"
    VARIABLE_UNKNOWN = "T215"
    DEPENDENCY_MISSING = "T216"
    ENTRYPOINT_MISSING = "T217"
    ARTIFACT_PATH = "T220"
    ARTIFACT_LOCATION = "T221"
    MOUNT_CONFLICT = "T222"
    IMAGE_MISSING = "T223"
    CONTAINER_SET = "T224"
    CONTAINER_NAME = "T225"
    RESOURCE_TEMPLATE = "T226"
    VALUE_INVALID = "T227"
    LOOP = "T230"
    HOOK_EXPRESSION = "T231"
    DAG_ORDER = "T240"
    DEPENDS_MIX = "T241"
    DEPENDS_RESULT = "T242"
    TARGET_UNKNOWN = "T243"
    OUTPUT_SOURCE = "T250"
    GLOBAL_NAME = "T251"
    METRIC = "T255"
    EXECUTOR_PLUGIN = "T260"
    POD_GC = "T261"
    POD_RESOURCES = "T262"
    CRON = "T270"
    DURATION_DAYS = "T280"
    WHEN_SYNTAX = "T281"
    DEPENDS_SYNTAX = "T282"
    TEMPLATE_UNUSED = "T283"
    PARAMETER_UNUSED = "T284"
    SECRET_IN_TEXT = "T285"
    CODE_INJECTION = "T286"
    SAME_GROUP = "T287"
    ARGUMENT_UNKNOWN = "T288"
    HOOK_TEMPLATE = "T289"
    OUTPUT_VALUE = "T290"
    EXPRESSION_SYNTAX = "T291"
    CLUSTER_SCHEMA = "T292"
    PARAMETER_SHADOWED = "T293"
    NEVER_PRODUCED = "T294"
    NEVER_RUNS = "T295"
    ENDLESS = "T296"
    LOOP_SOURCE = "T297"
    EVENT_BINDING = "T298"
    RETRY_LIMIT = "T299"


SUMMARIES: dict[Code, str] = {
    Code.OBJECT_NAME: "the name of the object is too long",
    Code.NAME_MISSING: "something that needs a name has none",
    Code.NAME_INVALID: "a name contains characters that it may not contain, or is too long",
    Code.NAME_TAKEN: "two things in one list have the same name",
    Code.TEMPLATE_UNKNOWN: "a step, task or entrypoint names a template that does not exist",
    Code.RESOURCE_UNKNOWN: "a WorkflowTemplate or ClusterWorkflowTemplate that is referred to does not exist",
    Code.REFERENCE_INVALID: "a reference to a template is incomplete or contradicts itself",
    Code.TEMPLATE_TYPE: "a template has no type, or more than one",
    Code.FIELD_MISPLACED: "a field is not allowed on this type of template",
    Code.ARGUMENT_WITHOUT_VALUE: "an argument has no value",
    Code.ARGUMENT_SOURCE: "an argument takes its value from a source that arguments cannot use",
    Code.ENUM: "a value is not in the list of allowed values, or the list is empty",
    Code.ARTIFACT_ARGUMENT: "an artifact argument has no source, or two",
    Code.NOT_SUPPLIED: "a template needs an input that nobody supplies",
    Code.VARIABLE_UNKNOWN: "a tag names a variable that does not exist at this place",
    Code.DEPENDENCY_MISSING: "a task uses the output of a task that it does not depend on",
    Code.ENTRYPOINT_MISSING: "the workflow does not say which template it starts with",
    Code.ARTIFACT_PATH: "an artifact has no path, or a path that is not allowed",
    Code.ARTIFACT_LOCATION: "the location of an artifact is incomplete or not allowed here",
    Code.MOUNT_CONFLICT: "two things are mounted at the same path",
    Code.IMAGE_MISSING: "a container has no image",
    Code.CONTAINER_SET: "a container set cannot work as written",
    Code.CONTAINER_NAME: "a container has no name, or one that Argo reserves",
    Code.RESOURCE_TEMPLATE: "a resource template cannot work as written",
    Code.VALUE_INVALID: "a number, duration or policy is not valid",
    Code.LOOP: "a loop has more than one source, or an item of an unsupported type",
    Code.HOOK_EXPRESSION: "a lifecycle hook needs an expression",
    Code.DAG_ORDER: "the tasks of a DAG cannot be put in order",
    Code.DEPENDS_MIX: "depends is combined with something that it excludes",
    Code.DEPENDS_RESULT: "depends asks for a result that the task cannot have",
    Code.TARGET_UNKNOWN: "a DAG names a target that is not one of its tasks",
    Code.OUTPUT_SOURCE: "an output parameter has no source, too many, or one that its template cannot deliver",
    Code.GLOBAL_NAME: "a global name contains characters that it may not contain",
    Code.METRIC: "a metric cannot work as written",
    Code.EXECUTOR_PLUGIN: "an executor plugin is incomplete",
    Code.POD_GC: "podGC cannot work as written",
    Code.POD_RESOURCES: "resources are asked for that a pod cannot have",
    Code.CRON: "the schedule of a CronWorkflow is not valid",
    Code.DURATION_DAYS: "a duration uses a unit that does not mean what it looks like",
    Code.WHEN_SYNTAX: "a when expression cannot be evaluated, or compares values of different types",
    Code.DEPENDS_SYNTAX: "a depends expression is malformed or can never hold",
    Code.TEMPLATE_UNUSED: "no step, task or hook calls the template",
    Code.PARAMETER_UNUSED: "an argument or input is never read",
    Code.SECRET_IN_TEXT: "what looks like a secret is written in plain text",
    Code.CODE_INJECTION: "a value that others control is inserted into source code",
    Code.SAME_GROUP: "a step reads an output of a step that runs at the same time",
    Code.ARGUMENT_UNKNOWN: "an argument is passed that the template does not declare",
    Code.HOOK_TEMPLATE: "a hook names a template that does not exist",
    Code.OUTPUT_VALUE: "an output of a steps or DAG template has a plain value, which fails at run time",
    Code.EXPRESSION_SYNTAX: "an expression is malformed",
    Code.CLUSTER_SCHEMA: "a cluster's schema of the resource refuses the value",
    Code.PARAMETER_SHADOWED: "an input hides an argument of the workflow, and its default is used",
    Code.NEVER_PRODUCED: "an output is read that can never be there",
    Code.NEVER_RUNS: "a step or task can never run",
    Code.ENDLESS: "templates call each other without end",
    Code.EVENT_BINDING: "an event binding that starts nothing, or starts it without an argument",
    Code.LOOP_SOURCE: "the source of a loop fails when the workflow runs",
    Code.RETRY_LIMIT: "the limit of retries is no whole number, which fails when a retry is due",
}

#: Warnings that may say why a run did not do what was meant.
EXPLAINING: frozenset[str] = frozenset(
    {
        Code.DURATION_DAYS,
        Code.WHEN_SYNTAX,
        Code.DEPENDS_SYNTAX,
        Code.SAME_GROUP,
        Code.ARGUMENT_UNKNOWN,
        Code.HOOK_TEMPLATE,
        Code.OUTPUT_VALUE,
        Code.EXPRESSION_SYNTAX,
        Code.VARIABLE_UNKNOWN,
        Code.NEVER_PRODUCED,
        Code.ENDLESS,
        Code.LOOP_SOURCE,
        Code.RETRY_LIMIT,
    }
)
