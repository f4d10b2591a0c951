"""The file of a multipart form, written to disk as it comes: no part of a form is held in memory."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from tiphys.entrypoints.server.problems import InvalidArgumentError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: The headers of one part, in bytes.
_HEADER_LIMIT = 16 << 10


def save_file(content_type: str, chunks: Iterable[bytes], into: BinaryIO, *, member: str = "file") -> str:
    """Write the first file of that member; the answer is its name without any folder.

    Raises:
        InvalidArgumentError: it is no form, it ends too early, or it has no such file.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise InvalidArgumentError("the body is no form: its content type has to be multipart/form-data")
    receiver = _Receiver(member.encode(), into)
    try:
        parser = MultipartParser(boundary, receiver.callbacks())
        for chunk in chunks:
            parser.write(chunk)
    except (FormParserError, ValueError) as error:
        raise InvalidArgumentError(f"the body is no form: {error}") from None
    if not receiver.ended:
        raise InvalidArgumentError("the form is cut off")
    if receiver.filename is None:
        raise InvalidArgumentError("the form has no file")
    return _plain(receiver.filename)


class _Receiver:
    """Takes the file that is wanted from what the parser tells, and drops all else."""

    def __init__(self, member: bytes, into: BinaryIO) -> None:
        self.filename: bytes | None = None
        self.ended = False
        self._member = member
        self._into = into
        self._header = [b"", b""]
        self._disposition = b""
        self._size = 0
        self._writing = False

    def callbacks(self) -> MultipartCallbacks:
        """What the parser is to call."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._add(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._add(1, data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition, self._size, self._writing = b"", 0, False

    def _add(self, place: int, data: bytes) -> None:
        self._size += len(data)
        if self._size > _HEADER_LIMIT:
            raise FormParserError("the headers of a part are too large")
        self._header[place] += data

    def _header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = value
        self._header = [b"", b""]

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        wanted = options.get(b"name") == self._member and b"filename" in options
        if wanted and self.filename is None:
            self.filename, self._writing = options[b"filename"], True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._writing:
            self._into.write(data[start:end])

    def _end(self) -> None:
        self.ended = True


def _plain(filename: bytes) -> str:
    r"""The last part of a name, which hides nothing and leads nowhere.

    >>> [_plain(name) for name in (b"../a.txt", rb"C:\b.txt", b"..", b".bashrc", b"a\nb")]
    ['a.txt', 'b.txt', 'file', 'bashrc', 'ab']
    """
    name = posixpath.basename(filename.decode("utf-8", "replace").replace("\\", "/"))
    return "".join(letter for letter in name if letter.isprintable()).lstrip(".") or "file"
