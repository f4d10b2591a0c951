"""Files that are named by a URL."""

from __future__ import annotations

from typing import Final

from tiphys.errors import UsageError, reason_of

#: So many bytes at most, as for other manifests; and so many seconds.
_LIMIT: Final = 16 << 20
_SECONDS: Final = 30.0


def download(url: str) -> bytes:
    """The content behind a URL.

    Raises:
        UsageError: it cannot be had, or is too large.
    """
    import httpx

    found = bytearray()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_SECONDS) as response:
            if response.status_code != httpx.codes.OK:
                raise UsageError(f"{url} cannot be read: status {response.status_code}", where=url)
            for part in response.iter_bytes():
                found += part
                if len(found) > _LIMIT:
                    raise UsageError(f"{url} is larger than {_LIMIT >> 20} MiB", "save it to a file", url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"{url} cannot be read: {reason_of(error)}", where=url) from None
    return bytes(found)
