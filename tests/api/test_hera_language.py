"""What users of Hera write: functions as scripts, artifacts between them, graphs, loops, conditions, templates.

Hera looks at the types of functions, so they must not be text (``from __future__ import annotations``).
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hera.workflows import (
    DAG,
    Artifact,
    AsyncWorkflowsService,
    Container,
    Parameter,
    Step,
    Steps,
    Task,
    Workflow,
    WorkflowsService,
    WorkflowTemplate,
    models,
    script,
)

from tests.api.conftest import Running

# Hera itself uses what pydantic and httpx have deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
]


@pytest.fixture
def service(server: Running) -> Iterator[WorkflowsService]:
    yield WorkflowsService(host=server.url, token=server.token, verify_ssl=False, namespace="default")


def outputs(server: Running, name: str) -> dict[str, str | None]:
    """The results of the nodes of a workflow that succeeded, by display name."""
    status = server.finished(name)["status"]
    assert status["phase"] == "Succeeded", status
    return {node["displayName"]: node.get("outputs", {}).get("result") for node in status["nodes"].values()}


@script(image="python", command=["python3"])
def add(left: int, right: int = 4) -> None:
    """A function whose body is the script."""
    print(left + right)


@script(image="python", command=["python3"], outputs=Artifact(name="numbers", path="/tmp/numbers.json"))
def write(count: int) -> None:
    """Makes an artifact."""
    import json
    from pathlib import Path

    Path("/tmp/numbers.json").write_text(json.dumps(list(range(count))))


@script(image="python", command=["python3"], inputs=Artifact(name="numbers", path="/tmp/in.json"))
def total() -> None:
    """Takes one."""
    import json
    from pathlib import Path

    print(sum(json.loads(Path("/tmp/in.json").read_text())))


@script(image="python", command=["python3"])
def names() -> None:
    """A list for a loop."""
    import json
    import sys

    json.dump(["ana", "bo"], sys.stdout)


def test_functions_are_scripts_and_hand_on_what_they_print(server: Running, service: WorkflowsService) -> None:
    made = Workflow(name="hl-scripts", entrypoint="main", namespace="default", workflows_service=service)
    with made, Steps(name="main"):
        first = add(name="first", arguments={"left": 1})
        add(name="second", arguments={"left": first.result, "right": 10})
    made.create(wait=True, poll_interval=1)
    assert outputs(server, "hl-scripts")["first"] == "5"
    nodes = server.finished("hl-scripts")["status"]["nodes"].values()
    given = {node["displayName"]: node.get("inputs") for node in nodes}["second"]["parameters"]
    assert {each["name"]: each["value"] for each in given} == {"left": "5", "right": "10"}


def test_a_graph_with_artifacts_conditions_and_loops(server: Running, service: WorkflowsService) -> None:
    with Workflow(
        name="hl-graph",
        entrypoint="main",
        namespace="default",
        arguments=[Parameter(name="count", value="5")],
        workflows_service=service,
    ) as made:
        hello = Container(
            name="hello",
            image="busybox",
            command=["echo", "hello {{inputs.parameters.who}}"],
            inputs=[Parameter(name="who")],
        )
        with DAG(name="main"):
            wrote: Any = write(name="write", arguments={"count": "{{workflow.parameters.count}}"})
            summed: Any = total(name="total", arguments=wrote.get_artifact("numbers").with_name("numbers"))
            listed: Any = names(name="names")
            loop = Task(name="greet", template=hello, arguments={"who": "{{item}}"}, with_param=listed.result)
            few = Task(name="few", template=hello, arguments={"who": "few"}, when=f"{summed.result} < 5")
            wrote >> summed >> few
            listed >> loop
    made.create()
    found = outputs(server, "hl-graph")
    assert (found["total"], found["few"]) == ("10", None)
    assert {key for key in found if key.startswith("greet(")} == {"greet(0:ana)", "greet(1:bo)"}


def test_a_template_is_stored_referred_to_and_submitted(server: Running, service: WorkflowsService) -> None:
    with WorkflowTemplate(name="hl-kept", entrypoint="say", namespace="default", workflows_service=service) as kept:
        Container(
            name="say",
            image="busybox",
            command=["echo", "{{inputs.parameters.word}}"],
            inputs=[Parameter(name="word", value="kept")],
        )
    kept.create()
    assert kept.lint().metadata.name == "hl-kept"
    made = Workflow(name="hl-refers", entrypoint="main", namespace="default", workflows_service=service)
    with made, Steps(name="main"):
        Step(
            name="call",
            template_ref=models.TemplateRef(name="hl-kept", template="say"),
            arguments={"word": "by reference"},
        )
    made.create()
    assert outputs(server, "hl-refers")["call"] is None  # nobody asks for its result
    with server.client() as client:
        log = client.get("/api/v1/workflows/default/hl-refers/log", params={"logOptions.container": "main"}).text
    assert "by reference" in log
    again: Any = Workflow.from_dict(service.get_workflow("hl-refers").model_dump(by_alias=True, exclude_none=True))
    assert again.name == "hl-refers" and again.templates


def test_workflows_go_through_yaml_and_are_waited_for_asynchronously(server: Running) -> None:
    with Workflow(generate_name="hl-yaml-", entrypoint="main", namespace="default") as made:
        Container(name="main", image="busybox", command=["true"])
    again: Any = Workflow.from_yaml(made.to_yaml())

    async def submitted() -> Any:
        service: Any = AsyncWorkflowsService(host=server.url, token=server.token, verify_ssl=False, namespace="default")
        again.workflows_service = service
        try:
            return await again.async_create(wait=True, poll_interval=1)
        finally:
            await service.close()

    finished = asyncio.run(submitted())
    assert finished.metadata.name.startswith("hl-yaml-") and finished.status.phase == "Succeeded"
