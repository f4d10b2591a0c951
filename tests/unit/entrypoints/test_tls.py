"""The certificate that a data directory makes for itself."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

import pytest

from tiphys.adapters.system import SystemClock
from tiphys.entrypoints import tls
from tiphys.errors import UsageError


def test_a_certificate_lasts_and_its_key_is_nobody_elses(tmp_path: Path) -> None:
    made = tls.own(tmp_path, "127.0.0.1", SystemClock())
    key = made.key.read_bytes()
    assert tls.own(tmp_path, "127.0.0.1", SystemClock()) == made and made.key.read_bytes() == key
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.certificate, made.key)
    tls.own(tmp_path, "host.example", SystemClock())
    assert made.key.read_bytes() != key


def test_two_data_directories_have_two_keys(tmp_path: Path) -> None:
    keys = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keys.append(tls.own(tmp_path / name, "localhost", SystemClock()).key.read_bytes())
    assert keys[0] != keys[1]


def test_a_given_certificate_needs_its_key(tmp_path: Path) -> None:
    assert tls.given(None, None) is None
    for certificate, key in (("a", None), (None, "a"), ("a", str(tmp_path / "none"))):
        with pytest.raises(UsageError):
            tls.given(certificate, key)
