"""Signing in: headers before cookies, nothing but the right token."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.auth.modes import Gatekeeper, modes_of
from tiphys.entrypoints.server.auth.owner import FILE, OwnerToken
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.errors import UsageError
from tiphys.ports.identity import OWNER, Principal, service_account


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ()),
        ({"authorization": ""}, ()),
        ({"authorization": "Bearer a", "cookie": "authorization=Bearer b"}, ("Bearer a",)),
        ({"authorization": " ", "cookie": 'x=1; authorization="Bearer b"; authorization=c'}, ("Bearer b", "c")),
        ({"cookie": "authorization=Bearer b; authorization2=c"}, ("Bearer b",)),
        ({"cookie": "=;;authorization"}, ()),
    ],
)
def test_credentials_of_a_request(headers: dict[str, str], expected: tuple[str, ...]) -> None:
    assert credentials(headers) == expected


def test_the_token_of_the_owner_lasts_and_only_they_can_read_it(tmp_path: Path) -> None:
    token = OwnerToken(tmp_path).token
    assert OwnerToken(tmp_path).token == token
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    owner = OwnerToken(tmp_path)
    assert owner.principal(token) == OWNER
    for wrong in (f"{token}x", token[:-1], "", "ü"):
        assert owner.principal(wrong) is None


def test_two_data_directories_have_two_tokens(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert OwnerToken(tmp_path / "a").token != OwnerToken(tmp_path / "b").token


def way(token: str) -> Principal | None:
    """The client mode of these tests."""
    return ANA if token == "ana" else None


def session(token: str, namespace: str) -> Principal | None:
    """The sessions of these tests; a broken one."""
    if token == "broken":
        raise KeyError(token)
    return service_account(namespace or "argo", "session") if token == "good" else None


ANA = service_account("argo", "ana")
BASIC_ANA = "Basic " + base64.b64encode(b"anybody:ana").decode()


@pytest.mark.parametrize(
    ("modes", "headers", "who"),
    [
        ("client", {}, None),
        ("client", {"authorization": "Bearer ana"}, "ana"),
        ("client", {"authorization": BASIC_ANA}, "ana"),
        ("client", {"authorization": "Basic !"}, None),
        ("client", {"authorization": "Bearer x"}, None),
        ("client", {"authorization": "Bearer v2:good"}, None),
        ("server", {}, "owner"),
        ("server", {"authorization": "Bearer x"}, "owner"),
        ("hybrid", {}, "owner"),
        ("hybrid", {"authorization": "Bearer ana"}, "ana"),
        ("hybrid", {"authorization": "Bearer x"}, None),
        ("hybrid", {"authorization": "Digest x"}, "owner"),
        ("sso", {}, None),
        ("sso", {"authorization": "Bearer ana"}, None),
        ("sso", {"authorization": "Bearer v2:good"}, "session"),
        ("sso", {"authorization": "Bearer v2:bad"}, None),
        ("sso", {"authorization": "Bearer v2:broken"}, None),
        ("sso client", {"authorization": "Bearer ana"}, "ana"),
        ("sso client", {"cookie": 'authorization="x"; authorization="Bearer v2:good"'}, "session"),
        ("sso client", {"authorization": "x", "cookie": 'authorization="Bearer v2:good"'}, None),
        ("sso server", {"authorization": "Bearer v2:bad"}, None),
    ],
)
def test_the_text_of_a_credential_decides_who_answers_for_it(
    modes: str, headers: dict[str, str], who: str | None
) -> None:
    gate = Gatekeeper(modes_of(modes.split()), [way], session)
    if who is None:
        with pytest.raises(UnauthenticatedError):
            gate(headers)
    else:
        found = gate(headers)
        assert (found.service_account or ("", "owner"))[1] == who
        assert (found == OWNER) == (who == "owner")


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(UsageError, match="invalid mode 'open'"):
        modes_of(["open"])
