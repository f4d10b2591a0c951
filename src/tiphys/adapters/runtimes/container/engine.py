"""The only door to the ``docker`` library: finding an engine, and asking it in our words."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from tiphys.adapters.runtimes.container.credentials import login_of
from tiphys.adapters.runtimes.container.line import Line
from tiphys.adapters.runtimes.container.networks import Networks
from tiphys.adapters.runtimes.container.output import Pair
from tiphys.adapters.supervisor.launcher import StartError
from tiphys.errors import PodRuntimeError

#: Labels of every container: the run, the node, and the container's name in the pod.
UID = "dev.tiphys.uid"
NODE = "dev.tiphys.node"
NAME = "dev.tiphys.container"
#: Of the interface; engines say which one they speak.
_OLDEST = "1.40"
_PATIENCE = 30
#: Seconds for one answer of an engine that is there: it may be making a hundred containers.
_LONGEST = 600
_PAUSE = 0.2
#: The exit code of what nobody saw ending.
_UNKNOWN = -1
#: What engines say of a program that cannot be begun, in any case; they call it an error of their own.
PROGRAM_FAULTS = ("executable file not found in $PATH", "no such file or directory", "permission denied")
_INSTALL = "install the extra: pip install 'tiphys[container]'"


def load_library() -> None:
    """Import the library, so that forks of this process need not."""


class Engine:
    """A container engine.  Each process has its own: connections are not shared between forks.

    Raises:
        PodRuntimeError: The library is missing, or no engine answers at ``address``.
    """

    def __init__(self, address: str) -> None:
        try:
            import docker
            import docker.errors
            import requests.exceptions
            import urllib3.exceptions
        except ImportError:
            raise PodRuntimeError("the container runtime needs the docker library", _INSTALL) from None
        self._errors: Any = docker.errors
        #: What is raised when the engine's service has ended or does not answer.
        self.gone: tuple[type[Exception], ...] = (
            ConnectionError,
            TimeoutError,
            http.client.HTTPException,
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.Timeout,
            urllib3.exceptions.HTTPError,
        )
        #: Whatever the library raises: the engine refused, or is gone.
        self.troubles: tuple[type[Exception], ...] = (docker.errors.DockerException, *self.gone)
        try:
            _knock(address)
            # Asking for the version, as the library does, costs Podman a second: a ping tells it too.
            probe: Any = docker.APIClient(base_url=address, version=_OLDEST)
            version = probe.get(f"{probe.base_url}/_ping", timeout=_PATIENCE).headers.get("Api-Version", _OLDEST)
            probe.close()
            self._api: Any = docker.APIClient(base_url=address, version=version, timeout=_LONGEST)
            self.networks = Networks(self._api, docker.errors.DockerException)
        except Exception as error:
            said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            hint = "start Docker, or `podman system service`, or choose --runtime process"
            raise PodRuntimeError(f"no container engine answers at {address}: {said}", hint) from None

    def close(self) -> None:
        """Hang up."""
        self._api.close()

    def ensure_image(self, image: str, policy: str, credentials: Sequence[tuple[str, str, str]]) -> None:
        """Have an image, pulled as the policy says.

        Raises:
            StartError: It cannot be had; the reason is Kubernetes'.
        """
        present = self._has(image)
        if policy == "Never" and not present:
            text = f'Container image "{image}" is not present with pull policy of Never'
            raise StartError(text, "ErrImageNeverPull")
        if policy == "Never" or (present and policy != "Always"):
            return
        login = login_of(image, credentials)
        auth = {"username": login[0], "password": login[1]} if login is not None else None
        try:
            for said in self._api.pull(image, stream=True, decode=True, auth_config=auth):
                if said.get("error"):
                    raise StartError(f'Failed to pull image "{image}": {said["error"]}', "ErrImagePull")
        except self._errors.DockerException as error:
            raise StartError(f'Failed to pull image "{image}": {words_of(error)}', "ErrImagePull") from None

    def create(self, name: str, config: Mapping[str, Any]) -> None:
        """Create a container, in place of one of that name that an earlier attempt left.

        Raises:
            StartError: The engine refuses it.
        """
        try:
            self._create(name, config)
        except StartError:
            if self.inspect(name) is None:
                raise
            self.remove(name)
            self._create(name, config)

    def _create(self, name: str, config: Mapping[str, Any]) -> None:
        with self._told("", "CreateContainerError"):
            self._api.create_container_from_config(dict(config), name)

    def copy_in(self, name: str, archive: bytes) -> None:
        """Unpack a tar over the container's root."""
        with self._told("files cannot be copied in: ", "CreateContainerError"):
            self._api.put_archive(name, "/", archive)

    def copy_out(self, name: str, path: str) -> Iterator[bytes] | None:
        """The tar of a file or directory of the container; None if it is not there."""
        try:
            found: Iterator[bytes] = self._api.get_archive(name, path)[0]
        except self._errors.NotFound:
            return None
        return found

    def follow(self, name: str, *, terminal: bool) -> Iterator[Pair]:
        """What the container prints to its end, from its beginning; call before ``start``.

        Raises:
            StartError: It cannot run, which Podman finds out here.
        """
        with self._told():
            return self._attach(name, terminal=terminal)

    def _attach(self, name: str, *, terminal: bool) -> Iterator[Pair]:
        said = self._api.attach(name, stdout=True, stderr=True, stream=True, logs=True, demux=not terminal)
        return ((_lines(data), None) for data in said) if terminal else cast(Iterator[Pair], said)

    def printed(self, name: str, *, terminal: bool) -> Iterator[Pair]:
        """What the engine kept of the output so far; nothing if it keeps none.

        Raises:
            Exception: One of ``gone``.
        """
        with contextlib.suppress(self._errors.DockerException):
            out = self._api.logs(name, stdout=True, stderr=False, stream=False)
            yield _lines(out) if terminal else out, None
            if not terminal:
                yield None, self._api.logs(name, stdout=False, stderr=True, stream=False)

    def start(self, name: str) -> None:
        """Start a created container.

        Raises:
            StartError: It cannot run.
        """
        with self._told():
            self._api.start(name)

    def wait(self, name: str) -> int:
        """Block until the container has ended or was removed; its exit code, negative if that is not known.

        Raises:
            Exception: One of ``gone``.
        """
        try:
            return int(self._api.wait(name)["StatusCode"])
        except self._errors.NotFound:
            return _UNKNOWN
        except self._errors.APIError as error:  # one that is about to end cannot wait any more
            raise ConnectionError(words_of(error)) from None

    def code_of(self, name: str) -> int:
        """Like ``wait``; an engine that cannot wait at the moment is asked again.

        Raises:
            StartError: It could not for too long.
        """
        end, pauses = time.monotonic() + _PATIENCE, _growing_pauses()
        while True:
            try:
                return self.wait(name)
            except self.gone as error:
                if time.monotonic() > end:
                    raise StartError(f"the engine does not say how the command ended: {error}", "Error") from None
            time.sleep(next(pauses))

    def inspect(self, name: str) -> Mapping[str, Any] | None:
        """What the engine knows of a container; None if it does not exist."""
        try:
            found: Mapping[str, Any] = self._api.inspect_container(name)
        except self._errors.NotFound:
            return None
        return found

    def runs(self, name: str) -> bool:
        """Whether a container runs now."""
        found = self.inspect(name)
        return found is not None and bool(found["State"].get("Running"))

    def waits_for_start(self, name: str) -> bool:
        """Whether a container was made and never started."""
        found = self.inspect(name)
        return found is not None and str(found["State"].get("Status")) == "created"

    def signal(self, name: str, number: str) -> None:
        """Send a signal to a container; one that has ended is passed over.

        Raises:
            Exception: One of ``gone``.
        """
        self._insist(lambda: self._api.kill(name, number))

    def run_inside(self, name: str, argv: Sequence[str]) -> int:
        """Run a command in a container; its exit code.

        Raises:
            StartError: It cannot be begun, or it is not known how it ended.
        """
        with self._told():
            number = str(self._api.exec_create(name, list(argv))["Id"])
            self._api.exec_start(number)
        return self.code_inside(number)

    def converse_inside(self, name: str, argv: Sequence[str], *, terminal: bool) -> tuple[str, Line]:
        """Start a command in a container; its id and the line to it.

        Raises:
            StartError: It cannot be begun.
        """
        with self._told():
            number = str(self._api.exec_create(name, list(argv), stdin=True, tty=terminal)["Id"])
            return number, Line(self._api.exec_start(number, tty=terminal, socket=True))

    def code_inside(self, number: str) -> int:
        """Block until a command that was started in a container has ended; its exit code.

        Its output may end before it does, and it may have ended before the engine knows how.

        Raises:
            StartError: The engine does not say how it ended.
        """
        end, pauses = time.monotonic() + _PATIENCE, _growing_pauses()
        while True:
            with self._told():
                found = self._api.exec_inspect(number)
            code = found.get("ExitCode")
            if not found.get("Running"):
                if code is not None and int(code) >= 0:
                    return int(code)
                if time.monotonic() > end:
                    raise StartError("the engine does not say how the command ended", "Error")
            time.sleep(next(pauses))

    def converse(self, name: str) -> Line:
        """A line to a created container; call before ``start``.

        Raises:
            StartError: It cannot run.
        """
        with self._told():
            return Line(self._api.attach_socket(name, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}))

    def resize(self, name: str, size: tuple[int, int], *, inside: bool) -> None:
        """Tell a container, or a command ``inside`` one, how many (rows, columns) its terminal has."""
        resize = self._api.exec_resize if inside else self._api.resize
        with contextlib.suppress(self._errors.DockerException):
            resize(name, height=size[0], width=size[1])

    def commit(self, name: str) -> str:
        """Make an image of what an ended container left, with its labels; its id.

        Raises:
            StartError: That cannot be done.
        """
        with self._told():
            return str(self._api.commit(name)["Id"])

    def remove_image(self, image: str) -> None:
        """Remove an image; one that is in use or gone is passed over."""
        with contextlib.suppress(self._errors.DockerException):
            self._api.remove_image(image)

    def find(self, uid: str, node_id: str, *, running: bool = False) -> list[str]:
        """The ids of the containers of a pod."""
        chosen = {"label": [f"{UID}={uid}", f"{NODE}={node_id}"]}
        return [item["Id"] for item in self._api.containers(all=not running, filters=chosen)]

    def forget(self, uid: str, node_id: str) -> None:
        """Remove the containers of a pod, and copies of them that somebody looked into and could not remove."""
        for found in self.find(uid, node_id):
            self.remove(found)
        # Podman 4 finds no image by two labels.
        for image in self._api.images(filters={"label": f"{UID}={uid}"}):
            if (image.get("Labels") or {}).get(NODE) == node_id:
                self.remove_image(image["Id"])

    def remove(self, name: str) -> None:
        """Remove a container, running or not; one that does not exist is passed over, so is an engine that is gone."""
        with contextlib.suppress(*self.gone):
            self._insist(lambda: self._api.remove_container(name, force=True, v=True))

    def _insist(self, ask: Callable[[], object]) -> None:
        """Ask again what an engine that is pressed could not do; what it refuses is passed over."""
        for pause in (_PAUSE, 1.0, 5.0, None):
            try:
                ask()
            except self._errors.APIError as error:
                if pause is None or not error.is_server_error():
                    return
                time.sleep(pause)
            else:
                return

    @contextlib.contextmanager
    def _told(self, before: str = "", reason: str = "StartError") -> Iterator[None]:
        """What the engine refuses is an error of ours.

        Raises:
            StartError: With the engine's words, after ``before``; passing if it is the engine that cannot.
        """
        try:
            yield
        except self._errors.DockerException as error:
            said = words_of(error)
            server = isinstance(error, self._errors.APIError) and bool(error.is_server_error())
            passing = server and not any(text.lower() in said.lower() for text in PROGRAM_FAULTS)
            raise StartError(f"{before}{said}", reason, passing=passing) from None

    def _has(self, image: str) -> bool:
        try:
            self._api.inspect_image(image)
        except self._errors.NotFound:
            return False
        except self._errors.DockerException as error:
            raise StartError(f'Failed to inspect image "{image}": {words_of(error)}', "ImageInspectError") from None
        return True


def reach(address: str, patience: float, given_up: Callable[[], bool]) -> Engine:
    """An engine that may be starting again: asked for ``patience`` seconds, or until somebody has ``given_up``.

    Raises:
        PodRuntimeError: It does not answer.
    """
    end = time.monotonic() + patience
    while True:
        try:
            return Engine(address)
        except PodRuntimeError:
            if given_up() or time.monotonic() > end:
                raise
        time.sleep(_PAUSE)


def _knock(address: str) -> None:
    """Connect once: when nobody listens the library leaves its socket to the garbage collector.

    Raises:
        OSError: nobody listens at the address of a socket file.
    """
    path = address.removeprefix("unix://")
    if path != address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_PATIENCE)
            line.connect(path)


def _growing_pauses(first: float = 0.01, longest: float = 1.0) -> Iterator[float]:
    """Seconds between looks at something that is soon over, or takes long."""
    while True:
        yield first
        first = min(first * 1.5, longest)


def _lines(data: bytes) -> bytes:
    """The output of a terminal without its carriage returns."""
    return data.replace(b"\r\n", b"\n")


def words_of(error: Exception) -> str:
    """The engine's own words, without those of HTTP."""
    explanation = getattr(error, "explanation", None)
    return str(explanation or error).strip()
