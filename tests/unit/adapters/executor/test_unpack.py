"""Nothing that an archive says leads out of the directory that it is unpacked to (demand.md S08, S09)."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tiphys.adapters.executor.limits import Limits
from tiphys.adapters.executor.unpack import unpack_tar, unpack_zip
from tiphys.errors import ArtifactError

Member = tuple[str, bytes, str]
"""Name, type of tarfile, content or link target."""

FILE, DIR, SYM, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def tar_of(members: Iterable[Member], mode: int = 0o644) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755 if kind == DIR else mode
            if kind in {SYM, HARD}:
                info.linkname = data
                archive.addfile(info)
            else:
                content = data.encode()
                info.size = len(content) if kind == FILE else 0
                archive.addfile(info, io.BytesIO(content))
    return gzip.compress(plain.getvalue())


def zip_of(members: Iterable[Member]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, kind, text in members:
            info = zipfile.ZipInfo(name + ("/" if kind == DIR else ""))
            bits = {FILE: stat.S_IFREG | 0o644, DIR: stat.S_IFDIR | 0o755, SYM: stat.S_IFLNK | 0o777}[kind]
            info.external_attr = bits << 16
            archive.writestr(info, "" if kind == DIR else text)
    return data.getvalue()


@pytest.fixture
def jail(tmp_path: Path) -> Path:
    """A directory to unpack in, beside files that must stay as they are."""
    (tmp_path / "victim").write_text("untouched")
    (tmp_path / "jail").mkdir()
    (tmp_path / "jail" / "out2").write_text("untouched")
    return tmp_path / "jail"


def untar(jail: Path, data: bytes, limits: Limits | None = None) -> Path:
    unpack_tar(io.BytesIO(data), str(jail / "out"), limits or Limits())
    return jail / "out"


def unzip(jail: Path, data: bytes, limits: Limits | None = None) -> Path:
    unpack_zip(io.BytesIO(data), str(jail / "out"), limits or Limits())
    return jail / "out"


def outside(jail: Path) -> dict[str, str]:
    """All that lies around the target."""
    found = {}
    for path in jail.parent.rglob("*"):
        if path.is_file() and (jail / "out") not in path.parents and path != jail / "out":
            found[str(path.relative_to(jail.parent))] = path.read_text()
    return found


UNTOUCHED = {"victim": "untouched", "jail/out2": "untouched"}

BAD_NAMES = ["../victim", "../../victim", "a/../../victim", "a/b/../../../victim", "../out2", "..", "a/../..", "./../x"]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize(("unpack", "pack"), [(untar, tar_of), (unzip, zip_of)])
def test_names_that_climb_out_are_refused(
    jail: Path, unpack: Callable[[Path, bytes], Path], pack: Callable[[Iterable[Member]], bytes], name: str
) -> None:
    with pytest.raises(ArtifactError, match="illegal file path"):
        unpack(jail, pack([("ok", FILE, "1"), (name, FILE, "evil")]))
    assert outside(jail) == UNTOUCHED
    assert sorted(os.listdir(jail)) == ["out2"]


@pytest.mark.parametrize(
    "name", ["/etc/tiphys-evil", "//etc/tiphys-evil", "C:\\evil", "a\\..\\..\\evil", "…", "a/./b", "\u202egnp.exe"]
)
def test_odd_names_stay_inside(jail: Path, name: str) -> None:
    out = untar(jail, tar_of([("ok", FILE, "1"), (name, FILE, "x")]))
    assert len([path for path in out.rglob("*") if path.is_file()]) == 2
    assert outside(jail) == UNTOUCHED
    assert not Path("/etc/tiphys-evil").exists()


BAD_LINKS: dict[str, list[Member]] = {
    "absolute": [("l", SYM, "/etc/passwd")],
    "up": [("l", SYM, "../victim")],
    "up from below": [("d/l", SYM, "../../victim")],
    "to the parent": [("l", SYM, "..")],
    "then a file through it": [("d", SYM, ".."), ("d/evil", FILE, "x")],
    "chain": [("a", SYM, "b/.."), ("b", SYM, "..")],
    "deep link to the root, then up": [("a/b/x", SYM, "../.."), ("a/b/y", SYM, "x/../..")],
    "loop": [("a", SYM, "b"), ("b", SYM, "a")],
    "itself": [("a", SYM, "a")],
    "empty": [("a", SYM, "")],
    "through a file name": [("f", FILE, ""), ("l", SYM, "f/../../victim")],
    "dangling, then up": [("l", SYM, "none/../../victim")],
    "hard, up": [("h", HARD, "../victim")],
    "hard, absolute": [("h", HARD, "/etc/passwd")],
    "hard, to a link": [("s", SYM, "ok"), ("h", HARD, "s")],
    "hard, to a directory": [("d", DIR, ""), ("h", HARD, "d")],
    "hard, to nothing": [("h", HARD, "none")],
    "hard, through a link": [("s", SYM, "."), ("h", HARD, "s/ok")],
}


@pytest.mark.parametrize("case", BAD_LINKS)
def test_links_that_lead_out_are_refused(jail: Path, case: str) -> None:
    with pytest.raises(ArtifactError, match=r"illegal (symlink target|file path)"):
        untar(jail, tar_of([("ok", FILE, "1"), *BAD_LINKS[case]]))
    assert outside(jail) == UNTOUCHED
    assert sorted(os.listdir(jail)) == ["out2"]


def test_no_file_is_written_through_a_link(jail: Path) -> None:
    with pytest.raises(ArtifactError, match="illegal file path after symlink resolution: l/evil"):
        untar(jail, tar_of([("d", DIR, ""), ("l", SYM, "d"), ("l/evil", FILE, "x")]))


def test_a_lone_link_or_what_leads_out_of_the_lone_entry_is_refused(jail: Path) -> None:
    for members in ([("l", SYM, "out2")], [("d/f", FILE, ""), ("d/l", SYM, "../out2")]):
        with pytest.raises(ArtifactError, match="illegal symlink target"):
            untar(jail, tar_of(members))


def test_good_links_are_kept(jail: Path) -> None:
    out = untar(
        jail,
        tar_of(
            [("d/f", FILE, "data"), ("d/l", SYM, "f"), ("up", SYM, "d/../d/f"), ("h", HARD, "d/f"), ("n", SYM, "none")]
        ),
    )
    assert (out / "d" / "l").read_text() == (out / "up").read_text() == (out / "h").read_text() == "data"
    assert (out / "h").stat().st_ino == (out / "d" / "f").stat().st_ino
    assert (out / "n").is_symlink()


def test_the_last_of_several_entries_with_a_name_counts(jail: Path) -> None:
    out = untar(
        jail,
        tar_of(
            [
                ("f", FILE, "1"),
                ("h", HARD, "f"),
                ("f", FILE, "2"),
                ("l", SYM, "f"),
                ("l", FILE, "3"),
                ("e", DIR, ""),
                ("e", FILE, "4"),
            ]
        ),
    )
    assert {path.name: path.read_text() for path in out.iterdir()} == {"f": "2", "h": "1", "l": "3", "e": "4"}
    assert not (out / "l").is_symlink()


def test_a_file_does_not_replace_a_full_directory(jail: Path) -> None:
    with pytest.raises(ArtifactError, match="illegal file path"):
        untar(jail, tar_of([("d/f", FILE, "1"), ("d", FILE, "2")]))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes_are_refused(jail: Path, kind: bytes) -> None:
    with pytest.raises(ArtifactError, match="illegal file type: dev"):
        untar(jail, tar_of([("ok", FILE, ""), ("dev", kind, "")]))


def test_special_bits_are_dropped(jail: Path) -> None:
    out = untar(jail, tar_of([("a", FILE, "x"), ("b", FILE, "x")], mode=0o7755))
    assert stat.S_IMODE((out / "a").stat().st_mode) == 0o755


def test_a_directory_without_rights_can_still_be_filled(jail: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        info = tarfile.TarInfo("d")
        info.type, info.mode = DIR, 0o000
        archive.addfile(info)
        archive.addfile(tarfile.TarInfo("d/f"), io.BytesIO())
    out = untar(jail, gzip.compress(plain.getvalue()))
    assert (out / "f").exists()


def test_a_single_entry_takes_the_place_of_the_directory(jail: Path) -> None:
    assert untar(jail, tar_of([("whatever", FILE, "alone")])).read_text() == "alone"
    (jail / "out").unlink()
    assert (untar(jail, tar_of([("dir", DIR, ""), ("dir/f", FILE, "x")])) / "f").read_text() == "x"


def test_an_archive_without_entries_is_an_empty_directory(jail: Path) -> None:
    assert list(untar(jail, tar_of([])).iterdir()) == []


BOMB = gzip.compress(bytes(64 << 20))


def test_sizes_are_limited_by_what_is_unpacked(jail: Path) -> None:
    limits = Limits(size=1 << 20, count=10)
    big = tar_of([("a", FILE, "x" * (1 << 19)), ("b", FILE, "x" * (1 << 19)), ("c", FILE, "x")])
    with pytest.raises(ArtifactError, match="unpacks to more than 1048576 bytes"):
        untar(jail, big, limits)
    with pytest.raises(ArtifactError, match="more than 10 entries"):
        untar(jail, tar_of([(f"{number}", FILE, "") for number in range(11)]), limits)
    lying = io.BytesIO()
    with zipfile.ZipFile(lying, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(4 << 20))
    with pytest.raises(ArtifactError, match="unpacks to more than 1048576 bytes"):
        unzip(jail, lying.getvalue(), limits)
    assert sorted(os.listdir(jail)) == ["out2"]


def test_a_header_does_not_fill_the_memory(jail: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = b"x", 7 << 30
    with pytest.raises(ArtifactError, match="a header is too long"):
        untar(jail, gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 16)))


@pytest.mark.parametrize(
    "data", [b"", b"plain", gzip.compress(b"no tar at all" * 100), tar_of([("a", FILE, "x" * 5000)])[:60], BOMB[:-10]]
)
def test_what_is_no_archive_is_an_error(jail: Path, data: bytes) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        untar(jail, data)


def test_damage_is_noticed(jail: Path) -> None:
    data = bytearray(tar_of([("a", FILE, "x" * 5000), ("b", FILE, "y")]))
    data[-6] ^= 0xFF  # the checksum of the stream
    with pytest.raises(ArtifactError, match="cannot be read"):
        untar(jail, bytes(data))
    with pytest.raises(ArtifactError, match="cannot be read"):
        unzip(jail, zip_of([("a", FILE, "x")])[:-30])


def test_zips_keep_links_and_modes(jail: Path) -> None:
    out = unzip(jail, zip_of([("d", DIR, ""), ("d/f", FILE, "x"), ("l", SYM, "d/f")]))
    assert (out / "l").readlink() == Path("d/f")
    for members in ([("l", SYM, "/etc/passwd")], [("a", FILE, ""), ("l", SYM, "../out2")]):
        with pytest.raises(ArtifactError, match="illegal symlink target"):
            unpack_zip(io.BytesIO(zip_of(members)), str(jail / "other"), Limits())
