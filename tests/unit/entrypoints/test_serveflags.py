"""The flags of ``tiphys server``: those of ``argo server``, each with its variable."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner
from msgspec.structs import fields

from tiphys.core.manifest.model.scalars import JsonObject
from tiphys.entrypoints.cli.commands.server import command
from tiphys.entrypoints.cli.serveroptions import server_options
from tiphys.entrypoints.serveflags import ServeFlags
from tiphys.errors import UsageError

#: ``spec/cli.md`` 8, without those that every command has.
ARGO = [
    "port",
    "base-href",
    "secure",
    "tls-certificate-secret-name",
    "hsts",
    "auth-mode",
    "configmap",
    "namespaced",
    "managed-namespace",
    "browser",
    "event-operation-queue-size",
    "event-worker-count",
    "event-async-dispatch",
    "x-frame-options",
    "access-control-allow-origin",
    "api-rate-limit",
    "allowed-link-protocol",
    "kube-api-qps",
    "kube-api-burst",
]


def parsed(*words: str, **environment: str) -> ServeFlags:
    found: list[ServeFlags] = []

    @click.command
    @server_options
    def collect(**given: Any) -> None:
        found.append(ServeFlags(**given))

    result = CliRunner().invoke(collect, words, env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return found[0]


def test_every_flag_of_argo_is_there_and_has_its_variable() -> None:
    options = {name: option for option in command.params for name in option.opts}
    for name in ARGO:
        assert options[f"--{name}"].envvar == f"ARGO_{name.upper().replace('-', '_')}"
    # The program gives every command the flags that hold for all, under names of their own.
    own = {option.name for option in command.params if not str(option.name).startswith("global_")}
    assert {field.name for field in fields(ServeFlags)} == own


def test_defaults_are_argos() -> None:
    found = parsed()
    assert (found.port, found.x_frame_options, found.hsts, found.api_rate_limit) == (2746, "DENY", True, 1000)
    assert (found.event_operation_queue_size, found.event_worker_count, found.event_async_dispatch) == (16, 4, False)
    assert found.allowed_link_protocol == ("http", "https")


def test_variables_and_flags() -> None:
    found = parsed("--auth-mode", "sso", "--no-hsts", ARGO_PORT="77", ARGO_BASE_HREF="a/b", ARGO_NAMESPACED="true")
    assert (found.port, found.base, found.namespaced, found.hsts, found.auth_mode) == (
        77,
        "/a/b/",
        True,
        False,
        ("sso",),
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "", "x"])
def test_links_that_pages_would_run_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not allowed"):
        parsed().check_links([{"name": "bad", "url": url}])


def test_links_that_are_allowed() -> None:
    links: list[JsonObject] = [{"name": "a", "url": "https://x/"}, {"name": "b", "url": "vscode://y"}]
    parsed("--allowed-link-protocol", "https", "--allowed-link-protocol", "vscode").check_links(links)


@pytest.mark.parametrize(
    ("host", "inside"), [("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback(host: str, *, inside: bool) -> None:
    assert parsed("--host", host).on_loopback is inside
