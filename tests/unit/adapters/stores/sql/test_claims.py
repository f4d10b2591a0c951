from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiphys.adapters.stores.sql.sqlite.claims import Claims
from tiphys.errors import StoreError
from tiphys.ids import WorkflowUid

UID = WorkflowUid("0b8b1c9c-3f0e-4a52-9a0e-000000000001")
HOLDER = """
import sys
from pathlib import Path
from tiphys.adapters.stores.sql.sqlite.claims import Claims
claims = Claims(Path(sys.argv[1]))
print(claims.claim(sys.argv[2]), flush=True)
sys.stdin.read()
"""


def holder(directory: Path) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", HOLDER, str(directory), UID]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def test_claim_ends_when_its_process_is_killed(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    with holder(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert claims.claim(UID) is False
        process.kill()
    assert claims.claim(UID) is True
    claims.close()


def test_released_claim_leaves_no_file(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    claims.claim(UID)
    assert [path.name for path in tmp_path.iterdir()] == [UID]
    claims.release(UID)
    assert list(tmp_path.iterdir()) == []


def test_waiting_opener_notices_that_the_file_was_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder lets go between another's open and lock: a lock on the unlinked file must not count."""
    first, second, third = Claims(tmp_path), Claims(tmp_path), Claims(tmp_path)
    assert first.claim(UID)
    real = os.open
    opened: list[int] = []

    def slow_open(path: Path, flags: int, mode: int = 0o777) -> int:
        opened.append(real(path, flags, mode))
        if len(opened) == 1:
            first.release(UID)
        return opened[-1]

    monkeypatch.setattr(os, "open", slow_open)
    assert second.claim(UID) is True
    assert len(opened) == 2
    assert third.claim(UID) is False
    second.close()


def test_forked_child_does_not_keep_the_claim(tmp_path: Path) -> None:
    claims, other = Claims(tmp_path), Claims(tmp_path)
    assert claims.claim(UID)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)  # until the parent is done
        os._exit(0)
    try:
        os.close(reader)
        assert other.claim(UID) is False
        claims.release(UID)
        assert other.claim(UID) is True
    finally:
        os.close(writer)
        os.waitpid(child, 0)
        other.close()


def test_directory_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot lock") as caught:
        Claims(tmp_path / "file" / "claims").claim(UID)
    assert caught.value.where == str(tmp_path / "file" / "claims" / UID)
