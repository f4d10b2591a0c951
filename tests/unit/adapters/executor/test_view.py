"""Outputs are read inside the container's own directories, and removed without following a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tiphys.adapters.executor.outputs import read_parameters
from tiphys.adapters.executor.removal import remove_tree
from tiphys.adapters.executor.view import View
from tiphys.ports.runtime import OutputParameter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "tmp" / "deep").mkdir(parents=True)
    (root / "tmp" / "f").write_text("inside")
    (tmp_path / "outside").write_text("outside")
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "v").write_text("volume")
    return root


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("tmp/a", "/tmp/f"), ("tmp/a", "f"), ("tmp/a", "../tmp/f"), ("tmp/a", "../../../tmp/f"), ("tmp/a", "deep/../f"),
        ("tmp/deep/a", "../f"), ("a", "tmp/./f"),
    ],
)  # fmt: skip
def test_links_are_resolved_inside_the_root(root: Path, link: str, target: str) -> None:
    (root / link).symlink_to(target)
    assert View(str(root)).read("/" + link, 100) == b"inside"


@pytest.mark.parametrize("target", ["../../outside", "{}/outside", "../../../../../../../../etc/hostname"])
def test_links_never_leave_the_root(root: Path, tmp_path: Path, target: str) -> None:
    (root / "tmp" / "a").symlink_to(target.format(tmp_path))
    (root / "tmp" / "dir").symlink_to(str(tmp_path))
    for path in ("/tmp/a", "/tmp/dir/outside", "/tmp/../../outside", "../outside"):
        with pytest.raises(FileNotFoundError):
            View(str(root)).read(path, 100)


def test_mounts_are_seen_where_the_container_saw_them(root: Path, tmp_path: Path) -> None:
    (root / "tmp" / "a").symlink_to("/data/v")
    (tmp_path / "volume" / "up").symlink_to("../tmp/f")
    view = View(str(root), [("/data", str(tmp_path / "volume"))])
    assert view.read("/data/v", 100) == view.read("/tmp/a", 100) == view.read("data//v", 100) == b"volume"
    assert view.read("/data/up", 100) == b"inside"


def test_what_is_no_file_is_refused(root: Path) -> None:
    os.mkfifo(root / "pipe")
    (root / "loop").symlink_to("loop")
    (root / "large").write_bytes(b"x" * 11)
    for path, number in (("/pipe", 22), ("/loop", 40), ("/tmp", 21), ("/large", 27), ("/tmp/f/x", 20)):
        with pytest.raises(OSError, match=r".") as caught:
            View(str(root)).read(path, 10)
        assert caught.value.errno == number


def test_descriptors_are_given_back(root: Path) -> None:
    (root / "tmp" / "a").symlink_to("/tmp/deep/../f")
    before = set(Path("/proc/self/fd").iterdir())
    View(str(root)).read("/tmp/a", 100)
    with pytest.raises(FileNotFoundError):
        View(str(root)).read("/tmp/deep/none", 100)
    assert set(Path("/proc/self/fd").iterdir()) == before


def test_parameters_are_read_in_order_up_to_the_first_error(root: Path) -> None:
    (root / "tmp" / "n").write_bytes(b"a\n\n")
    (root / "tmp" / "b").write_bytes(b"\xff")

    def wanted(name: str, default: str | None = None) -> OutputParameter:
        return OutputParameter(name=name, path=f"/tmp/{name}", default=default)

    view = View(str(root))
    found = read_parameters(view, [wanted("n"), wanted("b"), wanted("none", "d")])
    assert found == ((("n", "a\n"), ("b", "�"), ("none", "d")), None)
    found = read_parameters(view, [wanted("n"), wanted("none"), wanted("b")])
    assert found == ((("n", "a\n"),), "open /tmp/none: no such file or directory")
    assert read_parameters(view, [wanted("deep", "d")]) == ((), "read /tmp/deep: is a directory")


def test_a_root_that_is_gone_has_no_files(tmp_path: Path) -> None:
    found = read_parameters(View(str(tmp_path / "gone")), [OutputParameter(name="p", path="/x", default="d")])
    assert found == ((("p", "d"),), None)


def test_removal_follows_no_link_and_opens_closed_directories(root: Path, tmp_path: Path) -> None:
    (root / "dir").symlink_to(tmp_path / "volume")
    (root / "tmp" / "deep" / "x").write_text("")
    (root / "tmp" / "deep").chmod(0)
    (root / "tmp").chmod(0o500)
    remove_tree(str(root))
    assert not root.exists() and (tmp_path / "volume" / "v").read_text() == "volume"
    remove_tree(str(root))
    (tmp_path / "link").symlink_to(tmp_path / "volume")
    remove_tree(str(tmp_path / "link"))
    assert not (tmp_path / "link").is_symlink() and (tmp_path / "volume").is_dir()


def test_what_an_unsandboxed_container_did_not_write_is_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").write_text("text")
    assert View("/").read(f"{tmp_path}/there", 10) == b"text"
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("it was walked to"))
    with pytest.raises(FileNotFoundError):
        View("/").read(f"{tmp_path}/missing", 10)
