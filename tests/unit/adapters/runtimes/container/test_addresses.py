"""Addresses that pods are told before they start."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from tiphys.adapters.runtimes.container.addresses import (
    PLACEHOLDER,
    candidates,
    machine_address,
    wants_address,
    with_fixed_address,
)


def test_the_same_key_has_the_same_addresses_in_the_upper_half() -> None:
    found = list(candidates("10.88.0.0/16", "uid/node"))
    assert found == list(candidates("10.88.0.0/16", "uid/node")) != list(candidates("10.88.0.0/16", "uid/other"))
    assert len(set(found)) > 1
    assert all(ipaddress.ip_address(item) in ipaddress.ip_network("10.88.128.0/17") for item in found)
    assert "10.88.255.255" not in found


@pytest.mark.parametrize("subnet", ["", "none", "10.0.0.0/30"])
def test_a_network_that_is_none_or_small_has_none(subnet: str) -> None:
    assert list(candidates(subnet, "k")) == []


def test_the_address_stands_in_words_and_variables_alone() -> None:
    config = {
        "Env": [f"A={PLACEHOLDER}", "B=b"],
        "Cmd": [f"http://{PLACEHOLDER}/"],
        "HostConfig": {"Binds": [PLACEHOLDER]},
    }
    assert wants_address(config) and not wants_address({"HostConfig": config["HostConfig"]})
    made = with_fixed_address(config, "net", "10.0.0.9")
    assert (made["Env"], made["Cmd"]) == (["A=10.0.0.9", "B=b"], ["http://10.0.0.9/"])
    assert made["HostConfig"] == {"Binds": [PLACEHOLDER]}
    assert made["NetworkingConfig"]["EndpointsConfig"] == {"net": {"IPAMConfig": {"IPv4Address": "10.0.0.9"}}}


def test_the_address_of_the_machine_is_one_of_its_own() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((machine_address(), 0))  # an address of another machine is refused
        assert line.getsockname()[0] != "0.0.0.0"
