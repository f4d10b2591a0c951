"""Runtimes of templates without containers keep the contract of runtimes as far as it applies to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.serving import Quiet, serving

from tiphys.adapters.runtimes.agent.runtime import AgentRuntime
from tiphys.adapters.runtimes.resource.runtime import ResourceRuntime
from tiphys.adapters.runtimes.routed import Leaf, RoutedRuntime
from tiphys.adapters.stores.memory import MemoryStore
from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.ports.identity import OWNER
from tiphys.ports.runtime import PodRequest, PodRuntime
from tiphys.testing.clock import VirtualClock
from tiphys.testing.cluster import plain_objects
from tiphys.testing.contracts.leaf import LeafContract, leaf
from tiphys.testing.fake_runtime import FakeRuntime

Reopen = Callable[[], PodRuntime]


def resources(home: Path, *, far: bool = False) -> Reopen:
    """Runtimes on one set of objects, where everything is allowed."""
    clock = VirtualClock()
    objects = plain_objects(MemoryStore(clock), clock)
    binding: JsonObject = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "all"},
        "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "default"}],
    }
    objects.create(OWNER, binding, "argo")
    return lambda: ResourceRuntime(str(home / "resource"), clock, objects, lambda *_: "", far=far)


def create(name: str, **more: str) -> PodRequest:
    """A resource template that makes a ConfigMap."""
    manifest = f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}"
    return leaf(name, {"resource": {"action": "create", "manifest": manifest, **more}})


class TestResource(LeafContract):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return resources(tmp_path)

    @pytest.fixture
    def runtime(self, reopen: Reopen) -> Iterator[PodRuntime]:
        made = reopen()
        yield made
        made.close()

    def ending(self, name: str) -> PodRequest:
        return create(name)

    def staying(self, name: str) -> PodRequest:
        return create(name, successCondition="status.done == yes")


class TestFarResource(TestResource):
    """Calls of a cluster, which go in threads."""

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return resources(tmp_path, far=True)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that answers at once, or at its end."""
    over = threading.Event()

    class Handler(Quiet):
        def do_GET(self) -> None:
            if self.path == "/stay":
                over.wait()
            self.answer(200)

    with serving(Handler) as address:
        yield address
        over.set()


def agents(home: Path, woken: Callable[[], None] = lambda: None) -> Reopen:
    """Runtimes on one directory."""
    return lambda: AgentRuntime(
        str(home / "agent"),
        VirtualClock(),
        secret=lambda *_: None,
        plugins=lambda *_: [],
        woken=woken,
        options={},
    )


class TestAgent(LeafContract):
    waits = "Pending"

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        return agents(tmp_path)

    @pytest.fixture
    def runtime(self, reopen: Reopen, url: str) -> Iterator[PodRuntime]:
        self.url = url
        made = reopen()
        yield made
        made.close()

    def ending(self, name: str) -> PodRequest:
        return leaf(name, {"http": {"url": f"{self.url}/end"}})

    def staying(self, name: str) -> PodRequest:
        return leaf(name, {"http": {"url": f"{self.url}/stay", "timeoutSeconds": 1000}})


class TestRouted(LeafContract):
    """All of it through the runtime in front, which waits for the pods' only."""

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Reopen:
        resource = resources(tmp_path)

        def reopen() -> PodRuntime:
            pods = FakeRuntime(VirtualClock())
            agent = Leaf(agents(tmp_path, pods.wake), tmp_path / "agent")
            acting = Leaf(resource, tmp_path / "resource")
            return RoutedRuntime(pods, {"resource": acting, "http": agent, "plugin": agent, "data": agent})

        return reopen

    @pytest.fixture
    def runtime(self, reopen: Reopen) -> Iterator[PodRuntime]:
        made = reopen()
        yield made
        made.close()

    def ending(self, name: str) -> PodRequest:
        return create(name)

    def staying(self, name: str) -> PodRequest:
        return create(name, successCondition="status.done == yes")
