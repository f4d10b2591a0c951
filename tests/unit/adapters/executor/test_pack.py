"""What is packed and unpacked again is what it was."""

from __future__ import annotations

import io
import os
import socket
import stat
from pathlib import Path
from typing import BinaryIO

import pytest

from tiphys.adapters.executor.limits import Limits
from tiphys.adapters.executor.pack import pack_tar, pack_zip
from tiphys.adapters.executor.unpack import unpack_tar, unpack_zip


def described(path: Path) -> dict[str, object]:
    """Kinds, modes and contents below a path."""
    found: dict[str, object] = {}
    for item in [path, *sorted(path.rglob("*"))]:
        name = str(item.relative_to(path))
        if item.is_symlink():
            found[name] = str(item.readlink())
        elif item.is_dir():
            found[name] = stat.S_IMODE(item.stat().st_mode)
        else:
            found[name] = (stat.S_IMODE(item.stat().st_mode), item.read_bytes())
    return found


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample"
    (path / "empty").mkdir(parents=True)
    (path / "deep" / "er").mkdir(parents=True)
    (path / "deep" / "er" / "file").write_bytes(os.urandom(100_000))
    (path / "run").write_text("#!/bin/sh\n")
    (path / "run").chmod(0o750)
    (path / "link").symlink_to("deep/er/file")
    (path / "ünïcode \n name").write_text("x")
    (path / ("long" * 60)).write_text("long")
    return path


def pack(path: Path, kind: str, level: int = 6) -> bytes:
    target = io.BytesIO()
    fd = os.open(path, os.O_RDONLY)
    try:
        if kind == "zip":
            pack_zip(fd, path.name, target)
        else:
            pack_tar(fd, path.name, target, level)
    finally:
        os.close(fd)
    return target.getvalue()


def unpack(data: BinaryIO, kind: str, path: Path) -> Path:
    (unpack_zip if kind == "zip" else unpack_tar)(data, str(path), Limits())
    return path


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_directory_survives(sample: Path, tmp_path: Path, kind: str) -> None:
    assert described(unpack(io.BytesIO(pack(sample, kind)), kind, tmp_path / "out")) == described(sample)


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_file_survives(sample: Path, tmp_path: Path, kind: str) -> None:
    out = unpack(io.BytesIO(pack(sample / "run", kind)), kind, tmp_path / "out")
    assert out.read_text() == "#!/bin/sh\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o750


def test_levels_change_the_size_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    path.write_bytes(bytes(1 << 20))
    sizes = [len(pack(path, "tar", level)) for level in (0, 1, 9)]
    assert sizes[0] > 1 << 20 > sizes[1] >= sizes[2]
    for level in (0, 1, 9):
        out = unpack(io.BytesIO(pack(path, "tar", level)), "tar", tmp_path / str(level))
        assert out.read_bytes() == path.read_bytes()


def test_the_same_files_give_the_same_bytes(sample: Path) -> None:
    assert pack(sample, "tar") == pack(sample, "tar")
    assert pack(sample, "zip") == pack(sample, "zip")


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "file").write_text("x")
    os.mkfifo(tmp_path / "d" / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "d" / "socket"))
        out = unpack(io.BytesIO(pack(tmp_path / "d", "tar")), "tar", tmp_path / "out")
    assert os.listdir(out) == ["file"]
