"""Errors that Tiphys raises on purpose.

Every class has a stable ``code``; ``docs/errors.md`` has a heading for each.  Anything else that escapes is a
bug in Tiphys.  A user's failing step is a value (a node phase), never an exception.

TiphysError                 T000  INTERNAL
├── ManifestError           T100  INVALID      the text is refused; carries every diagnostic
├── UsageError              T010  INVALID      the call is wrong (flags, parameters)
├── UnsupportedError        T020  UNSUPPORTED  a runtime or this version cannot honour a field
├── NotFoundError           T030  NOT_FOUND    no such workflow, template or log
├── ConflictError           T040  CONFLICT     the name is taken, or somebody else changed it first
├── StoreError              T050  INTERNAL     the data directory cannot be read or written
│   ├── UnavailableError    T051  UNAVAILABLE  the database does not answer just now
│   ├── FullError           T052  UNAVAILABLE  the disk is full
│   └── HomeError           T053  INVALID      the data directory that was chosen is no place to work in
├── PodRuntimeError            T060  INTERNAL     a runtime cannot do its work
├── ForbiddenError          T070  FORBIDDEN    the caller has no right to do this
├── ArtifactError           T080  INTERNAL     an artifact cannot be loaded, saved or removed
│   ├── ArtifactNotFoundError  T081  NOT_FOUND    there is no such artifact
│   └── SilentStorageError     T082  INTERNAL     a storage says nothing
├── RemoteError             T085  INTERNAL     a server does not answer as it should
└── InvariantError          T090  INTERNAL     our own state is impossible
"""

from __future__ import annotations

import enum
from typing import ClassVar


class Category(enum.Enum):
    """What kind of answer an error is; mapped once to an exit code and once to an HTTP status."""

    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"
    GONE = "gone"
    UNAVAILABLE = "unavailable"
    FORBIDDEN = "forbidden"
    INTERNAL = "internal"


class TiphysError(Exception):
    """Base of every error that Tiphys raises on purpose.

    Args are passed to ``Exception`` by position so that errors survive pickling.
    ``message`` is one line without a full stop or secret values; ``hint`` says what the reader can do next;
    ``where`` is ``file:line:column``, a node or an object name.
    """

    code: ClassVar[str] = "T000"
    category: ClassVar[Category] = Category.INTERNAL

    def __init__(self, message: str, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message, hint, where)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        return f"{head}{self.message} [{self.code}]"


def reason_of(error: Exception) -> str:
    """What an error of the operating system or of a connection says, without its number.

    >>> reason_of(FileNotFoundError(2, "No such file or directory"))
    'no such file or directory'
    """
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    if text.startswith("[Errno "):
        text = text.partition("] ")[2]
    return text[:1].lower() + text[1:]


class UsageError(TiphysError):
    """The call itself is wrong: a flag, a parameter, a file that does not exist."""

    code = "T010"
    category = Category.INVALID


class InvalidObjectError(TiphysError):
    """An object may not be as it is: a name that is none, a field that cannot change; the message is Kubernetes'."""

    code = "T016"
    category = Category.INVALID


class UnsupportedError(TiphysError):
    """The manifest is valid, but the chosen runtime or this version cannot honour it."""

    code = "T020"
    category = Category.UNSUPPORTED


class NotFoundError(TiphysError):
    """No such workflow, template, node or log."""

    code = "T030"
    category = Category.NOT_FOUND


class ConflictError(TiphysError):
    """The name is taken, or the object was changed by somebody else first."""

    code = "T040"
    category = Category.CONFLICT


class AlreadyExistsError(ConflictError):
    """An object of that name exists."""

    code = "T041"


class ExpiredError(TiphysError):
    """The changes since a resource version are no longer known; whoever watches must list again."""

    code = "T042"
    category = Category.GONE


class StoreError(TiphysError):
    """The data directory cannot be read or written."""

    code = "T050"


class UnavailableError(StoreError):
    """The database does not answer just now; the same call may succeed later."""

    code = "T051"
    category = Category.UNAVAILABLE


class FullError(StoreError):
    """The disk is full; nothing was written, and the same call may succeed when somebody gave way."""

    code = "T052"
    category = Category.UNAVAILABLE


class HomeError(StoreError):
    """The data directory that was chosen cannot be made or written to."""

    code = "T053"
    category = Category.INVALID


class PodRuntimeError(TiphysError):
    """A runtime cannot do its work; not the failure of a user's step."""

    code = "T060"


class ForbiddenError(TiphysError):
    """The caller has no right to do this; the message is Kubernetes' own where it has one."""

    code = "T070"
    category = Category.FORBIDDEN


class ArtifactError(TiphysError):
    """An artifact cannot be loaded, saved, listed or removed; ``transient`` says that trying again may help."""

    code = "T080"

    def __init__(
        self, message: str, hint: str | None = None, where: str | None = None, transient: bool = False
    ) -> None:
        super().__init__(message, hint, where)
        self.args = (message, hint, where, transient)
        self.transient = transient


class ArtifactNotFoundError(ArtifactError):
    """There is no artifact at that location."""

    code = "T081"
    category = Category.NOT_FOUND


class SilentStorageError(ArtifactError):
    """A storage took a request and said nothing for as long as it may; trying again may help, but not for ever."""

    code = "T082"

    def __init__(self, message: str, hint: str | None = None, where: str | None = None, transient: bool = True) -> None:
        super().__init__(message, hint, where, transient)


class RemoteError(TiphysError):
    """A server does not answer, or not as it should."""

    code = "T085"


class InvariantError(TiphysError):
    """Our own state is impossible: a bug."""

    code = "T090"
