"""When the containers of a run's pods ran."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.unit.app.test_driver import Machine

from tiphys.app.services.podtimes import PodTimes
from tiphys.errors import NotFoundError
from tiphys.ids import NodeId
from tiphys.ports.runtime import ContainerStatus, PodKey
from tiphys.ports.store import ListOptions

RUN = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: two}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: known, template: work}
      - {name: gone, template: work}
      - {name: gate, template: gate}
  - {name: work, container: {image: none, command: [x]}}
  - {name: gate, suspend: {duration: 1s}}
"""


def test_each_pod_that_is_still_known_tells_of_its_containers() -> None:
    machine = Machine()
    status = machine.run(RUN).status
    ids = {node.display_name: node.id for node in ((status and status.nodes) or {}).values()}
    asked: list[str] = []

    def containers(key: PodKey) -> Sequence[ContainerStatus]:
        asked.append(key.node_id)
        return machine.runtime.containers(key)

    uid = machine.store.list(ListOptions(kind="Workflow")).items[0].uid
    machine.runtime.remove(uid, NodeId(str(ids["gone"])))

    times = PodTimes(machine.store, containers)
    assert {node: [each.name for each in found] for node, found in times.of("default", "two").items()} == {
        ids["known"]: ["main"]
    }
    assert sorted(asked) == sorted([str(ids["known"]), str(ids["gone"])])
    with pytest.raises(NotFoundError):
        times.of("default", "none")
