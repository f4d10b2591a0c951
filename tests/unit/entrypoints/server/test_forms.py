"""Files of multipart forms, whatever the form holds and however it is cut."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiphys.entrypoints.server.forms import save_file
from tiphys.entrypoints.server.problems import InvalidArgumentError

TYPE = 'multipart/form-data; boundary="b0"'


def part(disposition: str, content: bytes, *more: str) -> bytes:
    lines = [f"Content-Disposition: {disposition}", *more]
    return b"--b0\r\n" + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + content + b"\r\n"


FILE = part('form-data; name="file"; filename="a.txt"', b"content", "Content-Type: text/plain")


def save(body: bytes, size: int = 1 << 20, kind: str = TYPE) -> tuple[str, bytes]:
    into = io.BytesIO()
    name = save_file(kind, (body[at : at + size] for at in range(0, len(body), size)), into)
    return name, into.getvalue()


@given(content=st.binary(max_size=200), size=st.integers(min_value=1, max_value=50))
def test_a_file_is_the_same_however_it_is_cut(content: bytes, size: int) -> None:
    if b"--b0" not in content:
        body = part('form-data; name="file"; filename="x"', content) + b"--b0--\r\n"
        assert save(body, size) == ("x", content)


def test_the_first_file_of_the_member_counts() -> None:
    text, other = part('form-data; name="file"', b"no file"), part('form-data; name="other"; filename="o"', b"other")
    second = part('form-data; name="file"; filename="second"', b"second")
    assert save(text + other + FILE + second + b"--b0--\r\n") == ("a.txt", b"content")


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (FILE + b"--b0--", "text/plain", "no form"),
        (FILE + b"--b0--", "multipart/form-data", "no form"),
        (b"nonsense", TYPE, "no form"),
        (b"", TYPE, "cut off"),
        (FILE[:-4], TYPE, "cut off"),
        (FILE, TYPE, "cut off"),
        (part('form-data; name="other"; filename="o"', b"") + b"--b0--", TYPE, "has no file"),
        (part("form-data", b"", "X: " + "y" * 20_000) + b"--b0--", TYPE, "no form"),
    ],
)
def test_what_is_no_form_with_a_file(body: bytes, kind: str, why: str) -> None:
    with pytest.raises(InvalidArgumentError, match=why):
        save(body, kind=kind)
