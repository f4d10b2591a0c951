"""Random workflows for the property tests of the engine.

What is drawn, by sections of ``spec/engine.md``; (all) also in ``plain`` ones, (racy) only where the final nodes may
depend on the order in which pods end:

* 12, 14: steps, DAGs with ``depends`` of every result, ``dependencies`` with ``continueOn``, targets, failFast, nesting, recursion
* 13: loops over items, sequences, parameters, results of siblings, nothing (all); 11: arguments, ``when``, expressions
* 15: retries of pods and of composites, policies, expressions, backoff, limits from inputs, maxDuration (racy)
* 16: deadlines of the workflow and templates, ``timeout``, ``pendingTimeout`` (racy); stop and terminate (``worlds.ask``)
* 17: hooks and exit handlers of workflow, steps and tasks, with conditions that cannot be decided; legacy ``onExit``; composites as handlers
* 18: suspends with and without a duration, suspended workflows, supplied outputs; 19: HTTP, Plugin; 20: container sets, daemons
* 21: memoization with and without ``maxAge``; 22: mutexes, semaphores, of templates and workflows; 23: parallelism, template failFast

Not drawn: templateRef and templateDefaults (resolved before the engine), resource and data (pods for the engine), controller-wide limits
(``test_engine_locks``), schedules, GC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import strategies as st
from tests.property.dice import Dice, Drawn, once_in, pick, sample

from tiphys.core.manifest.model.workflow import Workflow

#: Which workflow a seed means: one more with every change of what is drawn, or in which order.
VERSION = 3
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
#: A condition that nobody can decide about.
UNDECIDABLE = "nope.x == 1"
RETRIES: list[Body] = [
    {},
    {"limit": "1"},
    {"limit": "2", "backoff": {"duration": "3", "factor": "2"}},
    {"limit": "1", "retryPolicy": "Always"},
    {"limit": "2", "expression": "asInt(lastRetry.exitCode) != 2"},
]
MORE_RETRIES: list[Body] = [
    *RETRIES,
    {"limit": "2", "retryPolicy": "OnError"},
    {"limit": "3", "backoff": {"duration": "2", "factor": "3", "cap": "4", "maxDuration": "10"}},
    {"limit": "{{inputs.parameters.in}}"},
]
CALM_RETRIES = [retry for retry in MORE_RETRIES if "maxDuration" not in str(retry)]
LOOPS: list[Body] = [
    {},
    {},
    {"withItems": [1, 2]},
    {"withSequence": {"count": "3"}},
    {"withParam": "[]"},
    {"withItems": [{"a": "x"}, {"a": "y z"}]},
]
#: Results that a task of a DAG can have, for ``depends``.
RESULTS = ["", ".Succeeded", ".Failed", ".Omitted", ".Skipped", ".Errored", ".Daemoned", ".AnySucceeded", ".AllFailed"]
STATUSES = ["Running", "Failed", "Succeeded", "Error", "Pending"]
MOST_LEAVES, MOST_DEPTH = 6, 3
#: Calls itself as often as its argument says.
ONCE_MORE: Body = {
    "name": "once-more",
    "inputs": {"parameters": [{"name": "in", "default": "no"}]},
    "steps": [
        [{"name": "do", "template": "leaf"}],
        [
            {
                "name": "again",
                "template": "once-more",
                "when": "{{inputs.parameters.in}} == no",
                "arguments": {"parameters": [{"name": "in", "value": "yes"}]},
            }
        ],
    ],
    "outputs": {"parameters": [{"name": "out", "valueFrom": {"parameter": "{{steps.do.outputs.parameters.out}}"}}]},
}
#: A handler that is a DAG.
LAST: Body = {
    "name": "last",
    "dag": {"tasks": [{"name": "x", "template": "leaf"}, {"name": "y", "template": "leaf", "depends": "x"}]},
}
LIMITS: list[Body] = [{"timeout": "8s"}, {"pendingTimeout": "4s"}, {"activeDeadlineSeconds": 8}]
SEMAPHORE = "s"
LOCKS: list[Body] = [
    {"mutexes": [{"name": "a"}]},
    {"mutexes": [{"name": "b"}, {"name": "a"}]},
    {"semaphores": [{"database": {"key": SEMAPHORE}}]},
]


def bodies(*, racy: bool = True) -> st.SearchStrategy[Body]:
    """What a plain entry template does; steps and tasks have their templates inline."""

    @st.composite
    def made(draw: st.DrawFn) -> Body:
        return Maker(Drawn(draw), racy=racy, plain=True).body(0)

    return made()


@st.composite
def workflows(draw: st.DrawFn, *, racy: bool = True, plain: bool = False) -> Workflow:
    """A workflow of Hypothesis."""
    return Maker(Drawn(draw), racy=racy, plain=plain).workflow()


class Maker:
    """Makes one workflow from the choices that it is given."""

    def __init__(self, dice: Dice, *, racy: bool, plain: bool = False) -> None:
        self._dice, self._racy, self._plain = dice, racy, plain
        self._left = MOST_LEAVES

    def workflow(self, name: str = "wf") -> Workflow:
        """A workflow whose entry template is random."""
        dice = self._dice
        body = self.body(0)
        spec: Body = {"entrypoint": "main", "templates": [{"name": "main", **body}, {"name": "leaf", **LEAF}]}
        if not self._plain:
            spec["templates"] += [ONCE_MORE, LAST]
        if once_in(dice, 2):
            spec["onExit"] = "leaf" if self._plain or not once_in(dice, 3) else "after"
            spec["templates"].append({"name": "after", "steps": [[{"name": "x", "template": "leaf"}, self._last()]]})
        if once_in(dice, 2):
            status = pick(dice, STATUSES[:3])
            spec["hooks"] = {"watch": {"template": self._handler(), "expression": f'workflow.status == "{status}"'}}
        if not self._plain and once_in(dice, 6):
            exits = {"template": self._handler(), **pick(dice, [{}, {"expression": "workflow.status != 'Succeeded'"}])}
            spec["hooks"] = {**spec.get("hooks", {}), "exit": exits}
            spec.pop("onExit", None)
        if not self._plain and self._racy and once_in(dice, 8):
            spec["suspend"] = True
        limit = pick(dice, [0, 0, 3, 1])
        if limit and not _has_daemons(spec):
            spec["parallelism"] = limit
        if self._racy and once_in(dice, 6):
            spec["activeDeadlineSeconds"] = 20
        if not self._plain and self._racy and once_in(dice, 6):
            spec["synchronization"] = {"mutexes": [{"name": "of-all"}]}
        return msgspec.convert({"metadata": {"name": name}, "spec": spec}, Workflow)

    def _handler(self) -> str:
        """The template of a hook or exit handler."""
        return "leaf" if self._plain else pick(self._dice, ["leaf", "leaf", "last", "once-more"])

    def _last(self) -> Body:
        return {"name": "y", "template": "leaf", **pick(self._dice, [{}, {"withItems": [1, 2]}])}

    def body(self, depth: int) -> Body:
        """One template without its name."""
        kind = "leaf"
        if depth < MOST_DEPTH and self._left > 1:
            kind = pick(self._dice, ["leaf", "steps", "dag"] if depth else ["steps", "dag", "leaf"])
        if kind == "leaf":
            self._left -= 1
            return self._leaf()
        return self._limited(self._steps(depth) if kind == "steps" else self._dag(depth))

    # -- leaves ------------------------------------------------------------------------------------------------

    def _leaf(self) -> Body:
        kinds: list[Callable[[], Body]] = [self._pod, self._pod, self._pod, self._pause]
        if not self._plain:
            kinds += [self._set, self._http, self._daemon, self._producer, self._broken, self._unsupplied, self._plugin]
        return self._gated(pick(self._dice, kinds)())

    def _pod(self) -> Body:
        # What `maxDuration` allows depends on when a pod ends.
        known = RETRIES if self._plain else MORE_RETRIES if self._racy else CALM_RETRIES
        retry = pick(self._dice, known)
        return {**LEAF, "retryStrategy": retry} if retry else dict(LEAF)

    def _pause(self) -> Body:
        if not self._plain and self._racy and once_in(self._dice, 3):
            supplied = [{"name": "out", "valueFrom": {"supplied": {}, "default": "none"}}]
            return {"suspend": {}, **pick(self._dice, [{}, {"outputs": {"parameters": supplied}}])}
        return {"suspend": {"duration": "5"}}

    def _broken(self) -> Body:
        retry = pick(self._dice, RETRIES)
        return {**BROKEN, "retryStrategy": retry} if retry else dict(BROKEN)

    def _unsupplied(self) -> Body:
        return dict(UNSUPPLIED)

    def _set(self) -> Body:
        containers = [{"name": "a", "image": "none"}, {"name": "main", "image": "none", "dependencies": ["a"]}]
        retry = pick(self._dice, RETRIES[:2])
        return {"containerSet": {"containers": containers}, **({"retryStrategy": retry} if retry else {})}

    def _http(self) -> Body:
        retry = pick(self._dice, RETRIES[:2])
        return {"http": {"url": "http://none"}, **({"retryStrategy": retry} if retry else {})}

    def _plugin(self) -> Body:
        return {"plugin": {"any": {}}}

    def _daemon(self) -> Body:
        return {**LEAF, "daemon": True}

    def _producer(self) -> Body:
        """A pod that writes an artifact and a global output, and whose result somebody may read."""
        exported = {"name": "out", "valueFrom": {"path": "/out"}, "globalName": pick(self._dice, ["one", "two"])}
        parameters = [exported if self._racy else LEAF["outputs"]["parameters"][0]]
        script = {"image": "none", "command": ["sh"], "source": "echo"}
        outputs = {"parameters": parameters, "artifacts": [{"name": "art", "path": "/art", "optional": True}]}
        return {"script": script, "inputs": LEAF["inputs"], "outputs": outputs}

    def _gated(self, body: Body) -> Body:
        """Locks, a cache entry, a time limit."""
        if self._plain:
            return body
        choice = self._dice.number(0, 11)
        if choice == 11 and not body.get("daemon"):
            body["synchronization"] = pick(self._dice, LOCKS if self._racy else LOCKS[:1])
        if choice == 10 and not body.get("daemon"):
            key = pick(self._dice, ["k", "l"]) if self._racy else "{{node.name}}"
            age = pick(self._dice, [{}, {"maxAge": "2s"}]) if self._racy else {}
            body["memoize"] = {"key": key, "cache": {"configMap": {"name": "c"}}, **age}
        if choice == 9 and self._racy:
            body.update(pick(self._dice, LIMITS))
        return body

    # -- what is made of other templates -----------------------------------------------------------------------

    def _call(self, name: str, kind: str, earlier: dict[str, Body], depth: int) -> Body:
        dice = self._dice
        call: Body = {"name": name, **self._what(depth), **self._loop(kind, earlier)}
        when = pick(dice, ["", "", "1 == 1", "1 == 2"])
        if not self._plain and earlier and once_in(dice, 6):
            when = f"{{{{{kind}.{pick(dice, sorted(earlier))}.status}}}} == Succeeded"
        if when:
            call["when"] = when
        if earlier and once_in(dice, 4) and "inputs" in call.get("inline", LEAF):
            values = ["{{%s.%s.outputs.parameters.out}}", "{{%s.%s.status}}"]
            if not self._plain:
                values += ["{{%s.%s.outputs.result}}", "{{=%s['%s'].status}}"]
            value = pick(dice, values) % (kind, pick(dice, sorted(earlier)))
            call["arguments"] = {"parameters": [{"name": "in", "value": value}]}
        hooks: Body = {}
        if once_in(dice, 6):
            hooks["exit"] = {"template": self._handler()}
            if not self._plain and once_in(dice, 2):
                hooks["exit"]["expression"] = f'{kind}.{name}.status != "{pick(dice, STATUSES[1:3])}"'
        if once_in(dice, 6):
            status = pick(dice, STATUSES[:3] if self._plain else STATUSES)
            wrong = not self._plain and once_in(dice, 5)
            when = UNDECIDABLE if wrong else f'{kind}.{name}.status == "{status}"'
            hooks["watch"] = {"template": self._handler(), "expression": when}
        if not self._plain and "exit" not in hooks and once_in(dice, 10):
            call["onExit"] = self._handler()
        return {**call, "hooks": hooks} if hooks else call

    def _what(self, depth: int) -> Body:
        """The template of a step or task: inline, or one that has a name and calls itself."""
        if not self._plain and once_in(self._dice, 12):
            self._left -= 1
            return {"template": "once-more"}
        return {"inline": self.body(depth + 1)}

    def _loop(self, kind: str, earlier: dict[str, Body]) -> Body:
        loop = pick(self._dice, LOOPS[: len(LOOPS) - self._plain])
        if not self._plain and earlier and once_in(self._dice, 8):
            source = pick(self._dice, sorted(earlier))
            return {"withParam": f"{{{{{kind}.{source}.outputs.parameters.out}}}}"}
        return loop

    def _steps(self, depth: int) -> Body:
        dice = self._dice
        groups: list[list[Body]] = []
        earlier: dict[str, Body] = {}
        for index in range(dice.number(1, 3)):
            group: list[Body] = []
            for number in range(dice.number(1, 3)):
                call = self._call(f"s{index}{number}", "steps", earlier, depth)
                if once_in(dice, 2):
                    call["continueOn"] = {"failed": True, "error": once_in(dice, 2)}
                group.append(call)
            earlier.update({call["name"]: call for call in group})
            groups.append(group)
        return {"steps": groups}

    def _dag(self, depth: int) -> Body:
        dice = self._dice
        names = [f"t{number}" for number in range(dice.number(1, 5))]
        tasks: list[Body] = []
        style = not self._plain and once_in(dice, 4)
        made: dict[str, Body] = {}
        for number, name in enumerate(names):
            before = sample(dice, names[:number], 2)
            task = self._call(name, "tasks", {dep: made[dep] for dep in before}, depth)
            if before and style:
                task["dependencies"] = before
            elif before:
                task["depends"] = self._depends(before, made)
            if style and once_in(dice, 3):
                task["continueOn"] = {"failed": True, "error": once_in(dice, 2)}
            made[name] = task
            tasks.append(task)
        dag: Body = {"tasks": tasks, "failFast": not once_in(dice, 2)}
        if not self._plain and once_in(dice, 8):
            dag["target"] = " ".join(sample(dice, names, 2) or names[-1:])
        return {"dag": dag}

    def _depends(self, before: list[str], made: dict[str, Body]) -> str:
        dice = self._dice
        terms = []
        for name in before:
            looping = any(key.startswith("with") for key in made[name])
            result = pick(dice, RESULTS[:5] if self._plain else RESULTS if looping else RESULTS[:7])
            no = "!" if not self._plain and result and once_in(dice, 6) else ""
            terms.append(f"{no}{name}{result}")
        text = pick(dice, [" && ", " || "]).join(terms)
        return f"({text})" if not self._plain and once_in(dice, 6) else text

    def _limited(self, body: Body) -> Body:
        dice = self._dice
        limit = pick(dice, [0, 0, 2, 1])
        if limit and not _has_daemons(body):
            body["parallelism"] = limit
        if self._racy and once_in(dice, 8):
            body["failFast"] = True
        if not self._plain and self._racy and once_in(dice, 12):
            body["synchronization"] = pick(dice, LOCKS)
        if once_in(dice, 4):
            body["retryStrategy"] = {"limit": "1"}
        return body


def _has_daemons(body: Body) -> bool:
    """True for what daemons could fill all places of, so that nothing else ever starts."""
    return "'daemon'" in str(body)
