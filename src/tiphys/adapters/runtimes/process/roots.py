"""Private roots: made from a skeleton, and used again when a container left nothing in them.

Making a root costs some thirty new inodes, more than all the rest of a pod together.  Most containers write nothing
to theirs; such a root, checked name by name, goes to ``spare/`` and from there to a later pod, at the price of two
renames.  A root in which anything changed stays with its pod.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Sequence

_KEPT = 64


class Skeleton:
    """What every private root has: directories (path, mode) and links (path, target), relative to it."""

    def __init__(self, directories: Sequence[tuple[str, int]], links: Sequence[tuple[str, str]]) -> None:
        self.directories = directories
        self.links = links
        self.digest = hashlib.sha256(repr((directories, links)).encode()).hexdigest()[:16]
        self._names: dict[str, set[str]] = {name: set() for name in ("", *(name for name, _ in directories))}
        for name, _ in (*directories, *links):
            self._names[os.path.dirname(name)].add(os.path.basename(name))

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


class Roots:
    """The roots of one data directory."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._skeletons: dict[tuple[object, object], Skeleton] = {}
        self._spare: dict[str, list[str]] = {}
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
            with contextlib.suppress(OSError):
                return os.rename(spare.pop(), target)
        return skeleton.make(target, self._links(skeleton))

    def give(self, skeleton: Skeleton, root: str) -> None:
        """Keep the root of an ended container for another one, if nothing in it changed."""
        spare = self._spare[skeleton.digest]
        if len(spare) < _KEPT and skeleton.untouched(root):
            self._count += 1
            path = f"{self._home}/spare/{skeleton.digest}/{os.getpid()}-{self._count}"
            with contextlib.suppress(OSError):
                os.rename(root, path)
                spare.append(path)

    def _open(self, skeleton: Skeleton) -> None:
        folder, links = f"{self._home}/spare/{skeleton.digest}", self._links(skeleton)
        os.makedirs(folder, 0o700, exist_ok=True)
        os.makedirs(links, 0o700, exist_ok=True)
        for number, (_, target) in enumerate(skeleton.links):
            with contextlib.suppress(FileExistsError):
                os.symlink(target, f"{links}/{number}")
        self._spare[skeleton.digest] = [
            f"{folder}/{name}" for name in os.listdir(folder) if skeleton.untouched(f"{folder}/{name}")
        ]

    def _links(self, skeleton: Skeleton) -> str:
        return f"{self._home}/spare/{skeleton.digest}.links"
