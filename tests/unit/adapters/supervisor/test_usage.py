"""How full volumes are (``emptyDir.sizeLimit``)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tiphys.adapters.supervisor.records import CapRecord
from tiphys.adapters.supervisor.usage import Usage, in_words


def looks(usage: Usage, times: int) -> str:
    return next((said for _ in range(times) if (said := usage.look())), "")


def test_what_lies_below_counts_and_links_do_not(tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    (volume / "a" / "b").mkdir(parents=True)
    (tmp_path / "large").write_bytes(os.urandom(1 << 20))
    (volume / "link").symlink_to(tmp_path / "large")
    usage = Usage([CapRecord("v", str(volume), 1 << 16)])
    assert looks(usage, 3) == ""
    (volume / "a" / "b" / "file").write_bytes(os.urandom(1 << 17))
    assert looks(usage, 3) == 'Usage of EmptyDir volume "v" exceeds the limit "64Ki". '


def test_many_files_are_counted_in_pieces(tmp_path: Path) -> None:
    for number in range(4_500):
        (tmp_path / str(number)).touch()
    (tmp_path / "last").write_bytes(os.urandom(1 << 14))
    usage = Usage([CapRecord("none", str(tmp_path / "gone"), 1), CapRecord("v", str(tmp_path), 1 << 13)])
    assert looks(usage, 5) == 'Usage of EmptyDir volume "v" exceeds the limit "8Ki". '


def test_without_limits_there_is_nothing_to_look_at() -> None:
    assert looks(Usage([]), 2) == ""


@pytest.mark.parametrize(("size", "text"), [(0, "0"), (1, "1"), (1500, "1500"), (3 << 20, "3Mi"), (1 << 30, "1Gi")])
def test_sizes_are_written_as_kubernetes_does(size: int, text: str) -> None:
    assert in_words(size) == text
