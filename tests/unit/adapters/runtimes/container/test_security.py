"""What containers of an engine may do."""

from __future__ import annotations

import msgspec
import pytest

from tiphys.adapters.pods import manifest
from tiphys.adapters.runtimes.container.security import host_options
from tiphys.core.manifest.model.scalars import JsonObject


def options(own: JsonObject, pod: JsonObject | None = None) -> JsonObject:
    spec = msgspec.convert(pod or {}, manifest.PodSpec)
    return host_options(spec, msgspec.convert({"name": "main", "securityContext": own}, manifest.Container))


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ({}, {}),
        ({"allowPrivilegeEscalation": True}, {}),
        ({"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}, {"CapDrop": ["ALL"], "CapAdd": ["CHOWN"]}),
        ({"allowPrivilegeEscalation": False}, {"SecurityOpt": ["no-new-privileges"]}),
        ({"seccompProfile": {"type": "RuntimeDefault"}}, {}),
        ({"seccompProfile": {"type": "Unconfined"}}, {"SecurityOpt": ["seccomp=unconfined"]}),
        ({"appArmorProfile": {"type": "Localhost", "localhostProfile": "own"}}, {"SecurityOpt": ["apparmor=own"]}),
        ({"seLinuxOptions": {"type": "t", "level": "s0"}}, {"SecurityOpt": ["label=type:t", "label=level:s0"]}),
    ],
)
def test_what_a_container_says(own: JsonObject, wanted: JsonObject) -> None:
    assert options(own) == wanted


def test_a_container_comes_before_its_pod() -> None:
    pod: JsonObject = {"securityContext": {"seccompProfile": {"type": "Unconfined"}}}
    assert options({}, pod) == {"SecurityOpt": ["seccomp=unconfined"]}
    assert options({"seccompProfile": {"type": "RuntimeDefault"}}, pod) == {}


def test_what_is_the_network_s_and_the_kernel_s() -> None:
    pod: JsonObject = {
        "securityContext": {"sysctls": [{"name": "net.core.somaxconn", "value": "100"}]},
        "dnsConfig": {
            "nameservers": ["1.2.3.4"],
            "searches": ["a.b"],
            "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}],
        },
    }
    assert options({}, pod) == {
        "Sysctls": {"net.core.somaxconn": "100"},
        "Dns": ["1.2.3.4"],
        "DnsSearch": ["a.b"],
        "DnsOptions": ["ndots:2", "edns0"],
    }
