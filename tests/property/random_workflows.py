"""Random workflows for the property tests of the engine: steps, DAGs, loops, retries, hooks, exit handlers, outputs."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from tiphys.core.manifest.model.workflow import Workflow

Body = dict[str, Any]
LEAF: Body = {
    "container": {"image": "none", "command": ["true"]},
    "inputs": {"parameters": [{"name": "in", "default": "none"}]},
    "outputs": {"parameters": [{"name": "out", "valueFrom": {"path": "/out"}}]},
}
#: A pod that cannot be made.
BROKEN: Body = {"container": {**LEAF["container"], "volumeMounts": [{"name": "none", "mountPath": "/x"}]}}
#: Ends without the value that it must be given.
UNSUPPLIED: Body = {
    "suspend": {"duration": "1"},
    "outputs": {"parameters": [{"name": "out", "valueFrom": {"supplied": {}}}]},
}
SET: Body = {
    "containerSet": {
        "containers": [
            {"name": "main", "image": "none", "command": ["true"]},
            {"name": "behind", "image": "none", "command": ["true"], "dependencies": ["main"]},
        ]
    }
}
RETRIES = st.sampled_from(
    [
        None,
        {"limit": "1"},
        {"limit": "2", "backoff": {"duration": "3", "factor": "2"}},
        {"limit": "1", "retryPolicy": "Always"},
        {"limit": "2", "expression": "asInt(lastRetry.exitCode) != 2"},
    ]
)
WHENS = st.sampled_from([None, None, "1 == 1", "1 == 2"])
LOOPS: st.SearchStrategy[Body] = st.sampled_from(
    [{}, {}, {"withItems": [1, 2]}, {"withSequence": {"count": "3"}}, {"withParam": "[]"}]
)


def bodies(*, racy: bool = True) -> st.SearchStrategy[Body]:
    """What the entry template does; steps and tasks have their templates inline."""
    made = _Maker(racy)
    return st.recursive(made.leaves(), lambda inner: made.steps(inner) | made.dags(inner), max_leaves=6)


@st.composite
def workflows(draw: st.DrawFn, *, racy: bool = True) -> Workflow:
    """A workflow; without ``racy`` its final nodes do not depend on the order in which its pods end."""
    body = draw(bodies(racy=racy))
    spec: Body = {"entrypoint": "main", "templates": [{"name": "main", **body}, {"name": "leaf", **LEAF}]}
    if draw(st.booleans()):
        spec["onExit"] = "leaf"
    status = draw(st.sampled_from([None, None, "Running", "Failed", "Succeeded"]))
    if status is not None:
        spec["hooks"] = {"watch": {"template": "leaf", "expression": f'workflow.status == "{status}"'}}
    limit = draw(st.sampled_from([None, None, 1, 3]))
    if limit is not None:
        spec["parallelism"] = limit
    if racy and draw(st.integers(0, 5)) == 0:
        spec["activeDeadlineSeconds"] = 20
    return msgspec.convert({"metadata": {"name": "wf"}, "spec": spec}, Workflow)


class _Maker:
    def __init__(self, racy: bool) -> None:
        self._racy = racy

    def leaves(self) -> st.SearchStrategy[Body]:
        pod = RETRIES.map(lambda retry: LEAF if retry is None else {**LEAF, "retryStrategy": retry})
        broken = RETRIES.map(lambda retry: BROKEN if retry is None else {**BROKEN, "retryStrategy": retry})
        odd = st.sampled_from([{"suspend": {"duration": "5"}}, UNSUPPLIED, SET])
        return pod | odd | broken | st.just({**LEAF, "timeout": "4s"} if self._racy else LEAF)

    def steps(self, bodies: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
        return self._steps(bodies)

    @st.composite
    @staticmethod
    def _call(draw: st.DrawFn, bodies: st.SearchStrategy[Body], name: str, kind: str, earlier: list[str]) -> Body:
        call: Body = {"name": name, "inline": draw(bodies), **draw(LOOPS)}
        when = draw(WHENS)
        if when is not None:
            call["when"] = when
        if earlier and draw(st.integers(0, 3)) == 0 and "inputs" in call["inline"]:
            source = draw(st.sampled_from(earlier))
            value = draw(st.sampled_from(["{{%s.%s.outputs.parameters.out}}", "{{%s.%s.status}}"])) % (kind, source)
            call["arguments"] = {"parameters": [{"name": "in", "value": value}]}
        hooks: Body = {}
        if draw(st.integers(0, 5)) == 0:
            hooks["exit"] = {"template": "leaf"}
        if draw(st.integers(0, 5)) == 0:
            status = draw(st.sampled_from(["Running", "Failed", "Succeeded"]))
            wrong = draw(st.integers(0, 4)) == 0
            when = "nope.x == 1" if wrong else f'{kind}.{name}.status == "{status}"'
            hooks["watch"] = {"template": "leaf", "expression": when}
        return {**call, "hooks": hooks} if hooks else call

    def _steps(self, bodies: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
        @st.composite
        def made(draw: st.DrawFn) -> Body:
            groups: list[list[Body]] = []
            for index in range(draw(st.integers(1, 3))):
                earlier = [call["name"] for group in groups for call in group]
                group = []
                for number in range(draw(st.integers(1, 3))):
                    call = draw(self._call(bodies, f"s{index}{number}", "steps", earlier))
                    if draw(st.booleans()):
                        call["continueOn"] = {"failed": True, "error": draw(st.booleans())}
                    group.append(call)
                groups.append(group)
            return self._limited(draw, {"steps": groups})

        return made()

    def dags(self, bodies: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
        @st.composite
        def made(draw: st.DrawFn) -> Body:
            names = [f"t{number}" for number in range(draw(st.integers(1, 5)))]
            tasks = []
            for number, name in enumerate(names):
                before = st.lists(st.sampled_from(names[:number]), max_size=2, unique=True) if number else st.just([])
                earlier: list[str] = draw(before)
                task = draw(self._call(bodies, name, "tasks", earlier))
                results = st.sampled_from(["", ".Succeeded", ".Failed", ".Omitted", ".Skipped"])
                if earlier:
                    joint = draw(st.sampled_from([" && ", " || "]))
                    task["depends"] = joint.join(f"{dep}{draw(results)}" for dep in earlier)
                tasks.append(task)
            return self._limited(draw, {"dag": {"tasks": tasks, "failFast": draw(st.booleans())}})

        return made()

    def _limited(self, draw: st.DrawFn, body: Body) -> Body:
        limit = draw(st.sampled_from([None, None, 1, 2]))
        if limit is not None:
            body["parallelism"] = limit
        if self._racy and draw(st.integers(0, 7)) == 0:
            body["failFast"] = True
        retry = draw(st.sampled_from([None, None, None, {"limit": "1"}]))
        return body if retry is None else {**body, "retryStrategy": retry}
