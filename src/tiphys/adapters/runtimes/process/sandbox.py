"""The sandbox of a container: bubblewrap with a private, writable root over the host's read-only files.

The private root is a plain directory of the pod.  The host's program directories are bound over it read-only; the
user's home directory, where tools like pyenv live, is bound aside and linked entry by entry, so that everything in it
can be read and new files can be written.  All other paths are directories of the private root.  Few mounts: each one
costs every container some 0.1 ms.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

#: File descriptor on which bubblewrap reports the pid of the namespace's first process and the exit code.
STATUS_FD = 3
#: The first of the file descriptors from which it reads secrets.
DATA_FD = 20
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#: Directory in the private root for the programs of images.
PROGRAMS = "/.tiphys/bin"
_HOME = "/.tiphys/home"
#: Where host directories lie into which a container mounts something.
_ASIDE = "/.tiphys/host"
_OPTIONS = (
    "--proc", "/proc", "--dev", "/dev", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent",
)  # fmt: skip
#: What a root has besides what is mounted, with the modes.
_DIRECTORIES = (
    (".tiphys", 0o755), ("tmp", 0o1777), ("var", 0o755), ("var/tmp", 0o1777), ("run", 0o755), ("run/argo", 0o777),
    ("mnt", 0o755),
)  # fmt: skip
_TOP_LEVEL = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "opt", "nix", "gnu", "snap")
_LINK_LIMIT = 128
#: What root inside the sandbox may do: what the common container engines leave it.
_CAPABILITIES = {
    "CAP_CHOWN": 0, "CAP_DAC_OVERRIDE": 1, "CAP_FOWNER": 3, "CAP_FSETID": 4, "CAP_KILL": 5, "CAP_SETGID": 6,
    "CAP_SETUID": 7, "CAP_SETPCAP": 8, "CAP_NET_BIND_SERVICE": 10, "CAP_NET_RAW": 13, "CAP_SYS_CHROOT": 18,
    "CAP_SETFCAP": 31,
}  # fmt: skip
CAPABILITY_NUMBERS = frozenset(_CAPABILITIES.values())


class User(Struct, frozen=True):
    """Whom a container runs as; None: as the user of this process.  ``writable`` says whether its root is."""

    uid: int | None = None
    gid: int | None = None
    writable: bool = True


class Sandbox(Struct, frozen=True):
    """How containers are sandboxed on this machine; made once by ``describe``.

    ``binds`` (target, source) are the host's directories that hide the private root at the same paths, read-only;
    ``options`` follow them.  ``directories`` (path, mode) and ``links`` (path, target) are made in every private
    root; they are relative to it.  ``hidden`` (directory of the host, below one of the binds) is the data directory.
    """

    program: str
    binds: tuple[tuple[str, str], ...]
    options: tuple[str, ...]
    directories: tuple[tuple[str, int], ...]
    links: tuple[tuple[str, str], ...]
    hidden: str = ""

    def command(
        self,
        root: str,
        mounts: Sequence[str],
        hostname: str,
        cwd: str,
        *,
        opened: Collection[str] = (),
        user: User | None = None,
    ) -> tuple[str, ...]:
        """The command line in front of the user's: ``mounts`` are further options of bubblewrap.

        ``opened`` are targets of ``binds`` whose entries the private root has as links instead (``openings``).
        """
        user = user or User()
        words = [self.program, "--bind", root, "/"]
        for target, source in self.binds:
            shown = _ASIDE + target if target in opened else target
            words += ["--ro-bind", source, shown]
            if self.hidden and _within(self.hidden, source):
                words += ["--tmpfs", shown + self.hidden.removeprefix(source)]
        words += [*self.options, *mounts]
        if not user.writable:
            words += ["--remount-ro", "/"]
        if user.uid is not None or user.gid is not None:
            words += ["--unshare-user", "--uid", str(user.uid or 0), "--gid", str(user.gid or 0)]
        words += ["--hostname", hostname[:63] or "pod", "--chdir", cwd, "--json-status-fd", str(STATUS_FD), "--"]
        return tuple(words)

    def hides(self, path: str) -> bool:
        """Whether ``path`` lies in a directory of the host that is bound read-only."""
        return self.cover(path) is not None

    def cover(self, path: str) -> str | None:
        """The directory of the host, bound read-only, in which ``path`` lies."""
        found = [target for target, _ in self.binds if _within(path, target)]
        return max(found, key=len, default=None)

    def openings(self, cover: str, paths: Collection[str]) -> tuple[list[str], list[tuple[str, str]]]:
        """What makes ``paths``, below the bound directory ``cover``, places where a container can have its own files.

        Every directory from ``cover`` to the parent of a path becomes one of the private root; their other entries
        become links to the host's, bound aside.  Returns the directories and the links (path, target), all absolute in
        the container.
        """
        source = dict(self.binds)[cover]
        own = {path[len(cover) :].rstrip("/") for path in paths}
        directories = {""}
        for inside in own:
            parts = inside.strip("/").split("/")
            above = ["".join(f"/{part}" for part in parts[:end]) for end in range(1, len(parts))]
            directories.update(name for name in above if os.path.isdir(source + name))
        links = [
            (f"{cover}{inside}/{name}", _shown(source, f"{inside}/{name}", cover))
            for inside in sorted(directories)
            for name in sorted(os.listdir(source + inside))
            if f"{inside}/{name}" not in directories | own
        ]
        return [cover + inside for inside in sorted(directories)], links


def _shown(source: str, inside: str, cover: str) -> str:
    """What a link in an opened directory points to: links of the host stay what they are."""
    path = source + inside
    return os.readlink(path) if os.path.islink(path) else _ASIDE + cover + inside


def describe(program: str, hidden: str, home: str, environment: Mapping[str, str]) -> Sandbox:
    """Look at this machine and say how its containers are sandboxed.

    Args:
        program: Path of bubblewrap.
        hidden: The data directory, which no container may see.
        home: The user's home directory on the host.
        environment: What containers start with; directories of its PATH are made readable.
    """
    binds: dict[str, str] = {}
    links: list[tuple[str, str]] = [("var/run", "../run")]
    for name in _TOP_LEVEL:
        path = "/" + name
        if os.path.islink(path):
            links.append((name, os.readlink(path)))
        elif os.path.isdir(path):
            binds[path] = path
    directories = list(_DIRECTORIES)
    _add_home(home, binds, directories, links)
    for directory in environment.get("PATH", "").split(":"):
        _add_tools(directory, home, binds)
    names = os.path.realpath("/etc/resolv.conf")
    if names.startswith("/run/") and os.path.exists(names):
        binds[os.path.dirname(names)] = os.path.dirname(names)
    _add_mount_points((*binds, "/proc", "/dev"), directories)
    options = list(_OPTIONS)
    if os.geteuid() == 0:
        options += ["--cap-drop", "ALL", *(word for name in _CAPABILITIES for word in ("--cap-add", name))]
    return Sandbox(
        program, tuple(binds.items()), tuple(options), tuple(directories), tuple(links), os.path.realpath(hidden)
    )


def _add_mount_points(targets: Iterable[str], directories: list[tuple[str, int]]) -> None:
    """Add what is mounted over, with its parents: a mount point that is there already keeps the root as it was made."""
    known = {name for name, _ in directories}
    for target in targets:
        parts = target.strip("/").split("/")
        for end in range(1, len(parts) + 1):
            name = "/".join(parts[:end])
            if name not in known:
                known.add(name)
                directories.append((name, 0o755))


def find_program(environment: Mapping[str, str]) -> str | None:
    """Find bubblewrap on the PATH of ``environment`` or in the system's directories."""
    for directory in (environment.get("PATH", "") + ":" + DEFAULT_PATH).split(":"):
        path = f"{directory}/bwrap"
        if directory.startswith("/") and os.access(path, os.X_OK):
            return path
    return None


def probe(sandbox: Sandbox, root: str) -> str | None:
    """Run ``true`` in a sandbox; None if that works, else what bubblewrap said.

    Args:
        sandbox: What to try.
        root: An empty directory to use as the private root.
    """
    for name, mode in sandbox.directories:
        os.mkdir(f"{root}/{name}", mode)
    for name, target in sandbox.links:
        os.symlink(target, f"{root}/{name}")
    reader, writer = os.pipe2(os.O_CLOEXEC)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    actions = [
        (os.POSIX_SPAWN_DUP2, null, 0),
        (os.POSIX_SPAWN_DUP2, null, 1),
        (os.POSIX_SPAWN_DUP2, writer, 2),
        (os.POSIX_SPAWN_DUP2, null, STATUS_FD),
    ]
    argv = [*sandbox.command(root, (), "probe", "/"), "true"]
    try:
        pid = os.posix_spawn(argv[0], argv, {"PATH": DEFAULT_PATH}, file_actions=actions)
    except OSError as error:
        os.close(writer)
        return str(error)
    else:
        os.close(writer)
        said = os.read(reader, 4096).decode(errors="replace").strip()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return None if status == 0 else said or f"exit code {status}"
    finally:
        os.close(reader)
        os.close(null)


def _add_home(
    home: str, binds: dict[str, str], directories: list[tuple[str, int]], links: list[tuple[str, str]]
) -> None:
    top = "/" + home.strip("/").split("/")[0]
    if top not in {"/root", "/home", "/Users"} or top in binds or not os.path.isdir(home):
        return
    try:
        entries = sorted(os.listdir(home))
    except OSError:
        return
    if len(entries) > _LINK_LIMIT:
        binds[home] = home
        return
    binds[_HOME] = home
    parts = home.strip("/").split("/")
    directories += [("/".join(parts[: i + 1]), 0o755) for i in range(len(parts))]
    links += [(f"{'/'.join(parts)}/{name}", f"{_HOME}/{name}") for name in entries]


def _add_tools(directory: str, home: str, binds: dict[str, str]) -> None:
    real = os.path.normpath(directory) if directory.startswith("/") else ""
    covered = [*binds, home, "/bin", "/sbin", "/tmp", "/proc", "/dev"]
    if not real or real == "/" or not os.path.isdir(real) or any(_within(real, path) for path in covered):
        return
    parent = os.path.dirname(real)
    tools = parent if os.path.basename(real) in {"bin", "sbin"} and parent != "/" else real
    binds[tools] = tools


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")
