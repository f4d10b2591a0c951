"""Options that every command takes (``spec/cli.md`` 2)."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.unit.entrypoints.cli.cli_fakes import FakeSystem
from tests.unit.entrypoints.cli.conftest import Run

from tiphys.entrypoints.cli import flags, session
from tiphys.entrypoints.cli.goflags import spelled_out
from tiphys.entrypoints.cli.loading import load_command
from tiphys.entrypoints.settings import Settings, load
from tiphys.errors import UsageError
from tiphys.ports.api import ListFilter


@pytest.mark.parametrize("words", [("-n", "ns", "list"), ("list", "-n", "ns"), ("-n", "other", "list", "-n=ns")])
def test_a_namespace_before_or_after_the_command(run: Run, system: FakeSystem, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 0
    assert isinstance(system.filters[0], ListFilter) and system.filters[0].namespace == "ns"


def test_groups_take_them_too(run: Run) -> None:
    assert "--home DIR" in run("template", "get", "--help")[1]
    assert "-s, --argo-server HOST:PORT" in run("--help")[1]


def settings_of(*words: str) -> Settings:
    """The settings that a command sees."""
    found: list[Settings] = []

    @click.command("probe")
    def probe() -> None:
        found.append(session.settings())

    flags.extend(probe).main(list(words), standalone_mode=False)
    return found[0]


def test_they_say_what_the_variables_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARGO_TOKEN", raising=False)
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    chosen = settings_of(
        *("--home", str(tmp_path), "-s", "host:1", "--token", "abc", "-H", "a: b", "-H", "c:d,e:f"),
        *(
            "--no-secure",
            "-k",
            "--request-timeout",
            "1m",
            "--certificate-authority",
            str(ca),
            "--argo-base-href",
            "/x/",
        ),
    )
    server = chosen.server
    assert server is not None and (server.host, server.base_href) == ("host:1", "/x")
    assert (server.secure, server.verify, server.seconds, server.authorities) == (False, False, 60, str(ca))
    assert server.token.reveal() == b"Bearer abc"
    assert server.headers == (("a", "b"), ("c", "d"), ("e", "f"))


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ARGO_INSTANCEID": "i"}, "cannot use instance ID with Argo Server"),
        ({"ARGO_CLIENT_KEY": "k"}, "--client-certificate and --client-key must be provided together"),
        ({"ARGO_HEADER": "x"}, "additional headers must be colon(:)-separated: x"),
        ({"ARGO_CERTIFICATE_AUTHORITY": "/none"}, "/none is no file"),
        ({"ARGO_REQUEST_TIMEOUT": "soon"}, "invalid duration"),
    ],
)
def test_what_does_not_fit_a_server(tmp_path: Path, environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        load(home=tmp_path, environment={"ARGO_SERVER": "host:1", **environment})
    assert message in str(raised.value)


def test_credentials_of_name_and_password(tmp_path: Path) -> None:
    chosen = load(home=tmp_path, environment={"ARGO_USERNAME": "ana", "ARGO_PASSWORD": "x"})
    assert chosen.token == "Basic YW5hOng="
    assert load(home=tmp_path, environment={"ARGO_TOKEN": "t", "ARGO_USERNAME": "ana"}).token == "t"


def test_flags_of_clusters_are_refused_with_a_hint(run: Run) -> None:
    code, out, err = run("list", "--context", "prod")
    assert (code, out) == (1, "")
    assert "--context is for clusters" in err and "--argo-server" in err


def test_options_as_go_has_them() -> None:
    listed = load_command("list")
    words = ["-o=json", "-l=a=b", "--running=true", "--no-headers=0", "-e=false", "--", "--running=true"]
    assert spelled_out(words, listed) == [
        *("-o", "json", "-l", "a=b", "--running", "--no-secure", "--", "--running=true")
    ]
    assert spelled_out(["wf", "node", "cut", "-d=x"], load_command("exec"))[-1] == "-d=x"
    given = ["--strict=F", "-p", "--wait=x", "--name=n", "--pause-on-failure=1"]
    assert spelled_out(given, load_command("submit")) == [
        *("--no-strict", "-p", "--wait=x", "--name=n", "--pause-on-failure")
    ]
    assert spelled_out(["lint", "--strict=false"], load_command("template")) == ["lint", "--no-strict"]


def test_switches_of_go_before_and_after_the_command(run: Run, system: FakeSystem) -> None:
    assert run("-n=ns", "--argo-http1=true", "list", "--no-headers=true", "-o=name")[0] == 0
    assert isinstance(system.filters[0], ListFilter) and system.filters[0].namespace == "ns"


def test_a_command_of_this_machine_says_that_a_server_is_not_asked(
    run: Run, system: FakeSystem, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run("get-object", "pods", "-s", "host:1")
    assert code == 2 and "asks no server" in err and "at --argo-server" in err
    monkeypatch.setenv("ARGO_SERVER", "host:1")
    with session.local_system(known_local=True):
        assert capsys.readouterr().err == ""
    with session.local_system():
        assert "ARGO_SERVER is not asked" in capsys.readouterr().err
