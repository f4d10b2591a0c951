"""A compressed stream as ``tarfile`` wants to read it: forwards only, headers of a bounded size."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tiphys.errors import ArtifactError

#: More than this is no header of a tar (names, attributes) but an attempt to fill the memory.
_LONGEST_HEADER = 1 << 20
_SKIP = 1 << 16
_GZIP = b"\x1f\x8b"
_TAR_BLOCK = 512


class Inflated(io.RawIOBase):
    """The plain bytes of a gzip stream.  ``content`` lifts the limit of single reads while a file is read."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._plain = gzip.GzipFile(fileobj=stream, mode="rb")
        self._position = 0
        self._limited = True

    @contextlib.contextmanager
    def content(self) -> Iterator[None]:
        """Reads in here are of a file's content, by whoever knows how much he can take."""
        self._limited = False
        try:
            yield
        finally:
            self._limited = True

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Forwards only."""
        return True

    def tell(self) -> int:
        """The number of plain bytes before this place."""
        return self._position

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` plain bytes, fewer only at the end.

        Raises:
            ArtifactError: the stream is damaged, or a header asks for too much.
        """
        if size < 0 or (self._limited and size > _LONGEST_HEADER):
            raise ArtifactError("the tar archive cannot be read: a header is too long")
        try:
            data = self._plain.read(size)
        except (zlib.error, gzip.BadGzipFile) as error:
            raise ArtifactError(f"the tar archive cannot be read: {error}") from None
        self._position += len(data)
        return data

    def finish(self) -> None:
        """Read the padding behind the last entry, so that the checksum of the stream is compared.

        Raises:
            ArtifactError: the stream is damaged, or much more than padding follows.
        """
        if len(self.read(_LONGEST_HEADER)) == _LONGEST_HEADER:
            raise ArtifactError("the tar archive cannot be read: data follows its end")

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Skip forwards to a place.

        Raises:
            io.UnsupportedOperation: backwards.
        """
        if whence != io.SEEK_SET or offset < self._position:
            raise io.UnsupportedOperation("the stream is read forwards only")
        while self._position < offset:
            if not self.read(min(_SKIP, offset - self._position)):
                break
        return self._position


def is_tar(head: bytes) -> bool:
    """Whether a stream that begins with ``head`` (some KiB) is a gzip-compressed tar."""
    if not head.startswith(_GZIP):
        return False
    try:
        block = zlib.decompressobj(wbits=31).decompress(head, _TAR_BLOCK)
    except zlib.error:
        return False
    return _is_header(block)


def _is_header(block: bytes) -> bool:
    """Whether 512 bytes are the header of a tar entry: its checksum tells."""
    if len(block) < _TAR_BLOCK:
        return False
    try:
        stated = int(block[148:156].strip(b"\0 ") or b"0", 8)
    except ValueError:
        return False
    actual = sum(block[:148]) + 8 * 0x20 + sum(block[156:])
    return stated == actual
