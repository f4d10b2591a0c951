"""Signing in: headers before cookies, nothing but the right token."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tiphys.entrypoints.server.auth.credentials import credentials
from tiphys.entrypoints.server.auth.owner import FILE, OwnerToken
from tiphys.entrypoints.server.auth.signin import SignIns
from tiphys.entrypoints.server.problems import UnauthenticatedError
from tiphys.ports.identity import OWNER


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, ()),
        ({"authorization": ""}, ()),
        ({"authorization": "Bearer a", "cookie": "authorization=Bearer b"}, ("Bearer a",)),
        ({"authorization": " ", "cookie": 'x=1; authorization="Bearer b"; authorization=c'}, ("Bearer b", "c")),
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
    assert owner.principal(f"Bearer {token}") == OWNER
    for wrong in (token, f"Basic {token}", f"Bearer {token}x", "Bearer ", "Bearer ü"):
        assert owner.principal(wrong) is None


def test_two_data_directories_have_two_tokens(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert OwnerToken(tmp_path / "a").token != OwnerToken(tmp_path / "b").token


def test_nobody_is_somebody_only_without_credentials(tmp_path: Path) -> None:
    owner = OwnerToken(tmp_path)
    closed, open_ = SignIns([owner.principal]), SignIns([owner.principal], OWNER)
    assert closed({"authorization": f"Bearer {owner.token}"}) == OWNER
    assert open_({}) == OWNER
    for sign_in, headers in ((closed, {}), (closed, {"authorization": "Bearer x"}), (open_, {"authorization": "x"})):
        with pytest.raises(UnauthenticatedError):
            sign_in(headers)
