"""What the process runtime keeps on disk: logs, journals, roots."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.waiting import until

from tiphys.adapters.runtimes.process.roots import Roots, Skeleton, Stamps
from tiphys.adapters.supervisor import layout
from tiphys.adapters.supervisor.journal import append_journal, create_journal, read_journal
from tiphys.adapters.supervisor.logfile import LogWriter, read_lines
from tiphys.errors import PodRuntimeError

NOON = 1_767_614_400.25
DIRECTORIES = (("tmp", 0o1777), ("var", 0o755), ("var/tmp", 0o1777), ("usr", 0o755))
LINKS = (("bin", "usr/bin"),)


def lines(path: Path, offset: int = 0) -> list[tuple[str, str]]:
    return [(stream, text) for _, stream, _, text in read_lines(str(path), offset)]


def test_lines_carry_stream_time_and_offset(tmp_path: Path) -> None:
    log = LogWriter(str(tmp_path / "log"))
    log.write(b"stdout", b"one\ntwo\nthr", NOON)
    log.write(b"stderr", b"err\n", NOON + 1)
    log.write(b"stdout", b"ee\nend", NOON + 2)
    log.close(NOON + 3)
    found = list(read_lines(str(tmp_path / "log"), 0))
    assert [(stream, text) for _, stream, _, text in found] == [
        ("stdout", "one"), ("stdout", "two"), ("stderr", "err"), ("stdout", "three"), ("stdout", "end")
    ]  # fmt: skip
    assert [when.isoformat() for _, _, when, _ in found][1:3] == [
        "2026-01-05T12:00:00.250000+00:00",
        "2026-01-05T12:00:01.250000+00:00",
    ]
    for index, (offset, *_) in enumerate(found):
        assert list(read_lines(str(tmp_path / "log"), offset)) == found[index + 1 :]


def test_a_log_is_made_with_the_first_byte(tmp_path: Path) -> None:
    log = LogWriter(str(tmp_path / "log"))
    log.close(NOON)
    assert not (tmp_path / "log").exists() and lines(tmp_path / "log") == []


@given(chunks=st.lists(st.binary(max_size=40), max_size=12))
def test_text_is_kept_however_it_arrives(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("log") / "log"
    log = LogWriter(str(path))
    for chunk in chunks:
        log.write(b"stdout", chunk, NOON)
    log.close(NOON)
    whole = b"".join(chunks)
    expected = whole.removesuffix(b"\n").split(b"\n") if whole else []
    assert [text for _, text in lines(path)] == [line.decode(errors="replace") for line in expected]


def test_a_cut_record_is_left_alone_and_later_offsets_hold(tmp_path: Path) -> None:
    path = tmp_path / "log"
    LogWriter(str(path)).write(b"stdout", b"one\ntwo\n", NOON)
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        assert len(lines(path)) == whole[:cut].count(b"\n")


def test_a_journal_ends_with_its_last_whole_state(tmp_path: Path) -> None:
    pod = tmp_path / "uid" / "node"
    pod.mkdir(parents=True)
    assert read_journal(str(pod)) is None
    (pod / layout.JOURNAL).write_bytes(b'{"uid":"uid","node_id":"node","pod_n')
    assert read_journal(str(pod)) is None
    (pod / layout.JOURNAL).unlink()
    create_journal(str(pod), b'{"uid":"uid","node_id":"node","pod_name":"p"}')
    known = read_journal(str(pod))
    assert known is not None and known[0].pod_name == "p" and known[1].phase == "Pending"
    append_journal(str(pod), b'{"uid":"uid","node_id":"node","phase":"Running"}')
    whole = (pod / layout.JOURNAL).read_bytes()
    (pod / layout.JOURNAL).write_bytes(whole + b'{"uid":"uid","node_id":"node","pha')
    known = read_journal(str(pod))
    assert known is not None and known[1].phase == "Running" and not known[1].ended
    append_journal(str(pod), b'\n{"uid":"uid","node_id":"node","phase":"Failed"}')
    known = read_journal(str(pod))
    assert known is not None and known[1].ended


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", ".hidden", "a\0", "a\n", "x" * 256])
def test_names_that_are_no_directories_are_refused(name: str) -> None:
    with pytest.raises(PodRuntimeError, match="cannot name a directory"):
        layout.pod_directory("/home", "uid", name)


@pytest.fixture
def roots(tmp_path: Path) -> Iterator[Roots]:
    """Roots as the supervisor has them, which sets its umask."""
    before = os.umask(0o022)
    yield Roots(str(tmp_path / "home"))
    os.umask(before)


def test_an_untouched_root_is_used_again(roots: Roots, tmp_path: Path) -> None:
    skeleton = roots.skeleton(DIRECTORIES, LINKS)
    roots.take(skeleton, str(tmp_path / "one"))
    assert (tmp_path / "one" / "bin").readlink() == Path("usr/bin")
    assert (tmp_path / "one" / "var" / "tmp").stat().st_mode & 0o7777 == 0o1777
    number = (tmp_path / "one").stat().st_ino
    roots.give(skeleton, str(tmp_path / "one"))
    assert not (tmp_path / "one").exists()
    roots.take(skeleton, str(tmp_path / "two"))
    assert (tmp_path / "two").stat().st_ino == number
    roots.give(skeleton, str(tmp_path / "two"))
    later = Roots(str(tmp_path / "home"))
    later.take(later.skeleton(DIRECTORIES, LINKS), str(tmp_path / "three"))
    assert (tmp_path / "three").stat().st_ino == number


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "new").write_text(""),
        lambda root: (root / "var" / "tmp" / "new").mkdir(),
        lambda root: (root / "tmp").chmod(0o700),
        lambda root: (root / "bin").unlink(),
        lambda root: ((root / "bin").unlink(), (root / "bin").symlink_to("/evil")),
        lambda root: ((root / "usr").rmdir(), (root / "usr").symlink_to("/evil")),
    ],
)
def test_a_root_in_which_anything_changed_stays_where_it_is(roots: Roots, tmp_path: Path, change: object) -> None:
    skeleton = roots.skeleton(DIRECTORIES, LINKS)
    roots.take(skeleton, str(tmp_path / "one"))
    assert callable(change)
    change(tmp_path / "one")
    roots.give(skeleton, str(tmp_path / "one"))
    assert (tmp_path / "one").exists()


def _used_before(roots: Roots, skeleton: Skeleton, root: Path) -> Stamps:
    """Put a root at ``root`` that was given back when the times of its directories already told every change."""
    roots.take(skeleton, str(root))
    stamps = until(lambda: skeleton.stamps(str(root)))
    assert stamps is not None
    roots.give(skeleton, str(root))
    roots.take(skeleton, str(root))
    return stamps


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "new").write_text(""),
        lambda root: (root / "var" / "tmp" / "new").mkdir(),
        lambda root: ((root / "var" / "tmp" / "new").mkdir(), (root / "var" / "tmp" / "new").rmdir()),
        lambda root: (root / "tmp").chmod(0o700),
        lambda root: ((root / "var" / "tmp").rename(root / "tmp" / "x"), (root / "tmp" / "x").rename(root / "var/tmp")),
        lambda root: ((root / "bin").unlink(), (root / "bin").symlink_to("/evil")),
        lambda root: ((root / "usr").rmdir(), (root / "usr").mkdir()),
        lambda root: (root / "var" / "tmp").chmod(0o1777),
    ],
)
def test_a_change_in_a_root_that_was_used_before_is_seen_too(roots: Roots, tmp_path: Path, change: object) -> None:
    skeleton = roots.skeleton(DIRECTORIES, LINKS)
    stamps = _used_before(roots, skeleton, tmp_path / "one")
    assert skeleton.unchanged(str(tmp_path / "one"), stamps)
    assert callable(change)
    change(tmp_path / "one")
    assert not skeleton.unchanged(str(tmp_path / "one"), stamps)


def test_times_tell_that_a_root_was_not_touched(roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skeleton = roots.skeleton(DIRECTORIES, LINKS)
    _used_before(roots, skeleton, tmp_path / "one")
    monkeypatch.setattr(Skeleton, "untouched", lambda *_: pytest.fail("its names were read one by one"))
    roots.give(skeleton, str(tmp_path / "one"))
    assert not (tmp_path / "one").exists()


def test_times_of_this_moment_tell_nothing(roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one tick of the clock a later change would have the same time."""
    skeleton = roots.skeleton(DIRECTORIES, LINKS)
    roots.take(skeleton, str(tmp_path / "one"))
    made = (tmp_path / "one" / "usr").stat().st_ctime_ns
    monkeypatch.setattr(time, "time_ns", lambda: made + 10_000_000)
    assert skeleton.stamps(str(tmp_path / "one")) is None
