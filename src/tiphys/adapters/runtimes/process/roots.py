"""Private roots: made from a skeleton, and used again when a container left nothing in them.

Making a root costs some thirty new inodes, more than all the rest of a pod together.  Most containers write nothing
to theirs; such a root, checked name by name, goes to ``spare/`` and from there to a later pod, at the price of two
renames.  A root in which anything changed stays with its pod.

Looking at every name costs a hundred system calls.  Nobody can set the time at which a directory's inode changed, so
for a root that was used before the times of its directories tell the same (``Skeleton.stamps``).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Sequence

_KEPT = 64
#: A change within one tick of the clock of a file system cannot be told from the one before.
_TICK_NS, _COARSE_TICK_NS = 50_000_000, 2_000_000_000
_SECOND_NS = 1_000_000_000
#: Of each directory below a root: its inode, mode, owner and when the inode changed.
Stamps = tuple[tuple[int, int, int, int], ...]


class Skeleton:
    """What every private root has: directories (path, mode) and links (path, target), relative to it."""

    def __init__(self, directories: Sequence[tuple[str, int]], links: Sequence[tuple[str, str]]) -> None:
        self.directories = directories
        self.links = links
        self.digest = hashlib.sha256(repr((directories, links)).encode()).hexdigest()[:16]
        self._names: dict[str, set[str]] = {name: set() for name in ("", *(name for name, _ in directories))}
        for name, _ in (*directories, *links):
            self._names[os.path.dirname(name)].add(os.path.basename(name))
        self._top_links = [(name, target) for name, target in links if "/" not in name]

    def make(self, root: str, links: str) -> None:
        """Make a root at ``root``; ``links`` is a directory that holds one original of every link.

        A hard link to a symbolic link needs no inode.
        """
        os.mkdir(root, 0o755)
        for name, mode in self.directories:
            os.mkdir(f"{root}/{name}", mode)
            if mode != 0o755:
                os.chmod(f"{root}/{name}", mode)
        for number, (name, target) in enumerate(self.links):
            try:
                os.link(f"{links}/{number}", f"{root}/{name}", follow_symlinks=False)
            except OSError:  # too many links, or a file system without
                os.symlink(target, f"{root}/{name}")

    def untouched(self, root: str) -> bool:
        """Whether a root is as it was made: nothing added, removed or replaced."""
        try:
            for name, expected in self._names.items():
                if set(os.listdir(f"{root}/{name}")) != expected:
                    return False
            for name, mode in self.directories:
                found = os.lstat(f"{root}/{name}")
                if found.st_mode != stat.S_IFDIR | mode or found.st_uid != os.geteuid():
                    return False
            return all(os.readlink(f"{root}/{name}") == target for name, target in self.links)
        except OSError:
            return False

    def stamps(self, root: str) -> Stamps | None:
        """What tells a later change in any directory below an untouched root; None while a change may not show yet."""
        try:
            found = self._stamps(root)
        except OSError:
            return None
        changed = [moment for _, _, _, moment in found]
        tick = _TICK_NS if any(moment % _SECOND_NS for moment in changed) else _COARSE_TICK_NS
        return found if max(changed, default=0) < time.time_ns() - tick else None

    def unchanged(self, root: str, stamps: Stamps) -> bool:
        """Whether a root is as it was when its stamps were taken; moving it changed nothing but its own inode."""
        try:
            return (
                self._stamps(root) == stamps
                and set(os.listdir(root)) == self._names[""]
                and all(os.readlink(f"{root}/{name}") == target for name, target in self._top_links)
            )
        except OSError:
            return False

    def _stamps(self, root: str) -> Stamps:
        found = [os.lstat(f"{root}/{name}") for name, _ in self.directories]
        return tuple((one.st_ino, one.st_mode, one.st_uid, one.st_ctime_ns) for one in found)


class Roots:
    """The roots of one data directory."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._skeletons: dict[tuple[object, object], Skeleton] = {}
        self._spare: dict[str, list[tuple[str, Stamps | None]]] = {}
        self._lent: dict[str, Stamps] = {}
        self._count = 0

    def skeleton(self, directories: Sequence[tuple[str, int]], links: Sequence[tuple[str, str]]) -> Skeleton:
        """The skeleton of these entries; finds the spare roots that an earlier supervisor left."""
        key = (directories, links)
        found = self._skeletons.get(key)
        if found is None:
            found = self._skeletons[key] = Skeleton(directories, links)
            self._open(found)
        return found

    def take(self, skeleton: Skeleton, target: str) -> None:
        """Put a root at ``target``, whose parent exists.

        Raises:
            OSError: It cannot be made.
        """
        spare = self._spare[skeleton.digest]
        while spare:
            path, stamps = spare.pop()
            with contextlib.suppress(OSError):
                os.rename(path, target)
                if stamps is not None:
                    self._lent[target] = stamps
                return None
        return skeleton.make(target, self._links(skeleton))

    def give(self, skeleton: Skeleton, root: str) -> None:
        """Keep the root of an ended container for another one, if nothing in it changed."""
        stamps = self._lent.pop(root, None)
        spare = self._spare[skeleton.digest]
        if len(spare) >= _KEPT:
            return
        if stamps is None or not skeleton.unchanged(root, stamps):
            stamps = skeleton.stamps(root)
            if not skeleton.untouched(root):
                return
        self._count += 1
        path = f"{self._home}/spare/{skeleton.digest}/{os.getpid()}-{self._count}"
        with contextlib.suppress(OSError):
            os.rename(root, path)
            spare.append((path, stamps))

    def leave(self, root: str) -> None:
        """The root stays with its pod."""
        self._lent.pop(root, None)

    def _open(self, skeleton: Skeleton) -> None:
        folder, links = f"{self._home}/spare/{skeleton.digest}", self._links(skeleton)
        os.makedirs(folder, 0o700, exist_ok=True)
        os.makedirs(links, 0o700, exist_ok=True)
        for number, (_, target) in enumerate(skeleton.links):
            with contextlib.suppress(FileExistsError):
                os.symlink(target, f"{links}/{number}")
        left = [f"{folder}/{name}" for name in os.listdir(folder)]
        self._spare[skeleton.digest] = [(path, None) for path in left if skeleton.untouched(path)]

    def _links(self, skeleton: Skeleton) -> str:
        return f"{self._home}/spare/{skeleton.digest}.links"
