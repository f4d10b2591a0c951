"""The web UI as the server gives it out: files, pages, headers, and what it says when it was not built."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any, cast

import pytest

from tiphys.entrypoints.server.call import Answer, Call
from tiphys.entrypoints.server.parts import Parts, ServerOptions
from tiphys.entrypoints.server.problems import UnimplementedError
from tiphys.entrypoints.server.query import Query
from tiphys.entrypoints.server.routes import ROUTES, static
from tiphys.entrypoints.server.routing import Table
from tiphys.ports.identity import OWNER, Principal

INDEX = '<!doctype html><head><base href="/" /></head>'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text(INDEX)
    (built / "assets" / "main-1a2b.js").write_text("export const answer = 42;\n" * 100)
    (built / ".vite").mkdir()
    (built / ".vite" / "manifest.json").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    monkeypatch.setattr(static, "FOLDER", built)
    return built


def sign_in(_headers: object) -> Principal:
    return OWNER


def get(path: str, base: str = "/", framing: str = "DENY", **headers: str) -> Answer:
    options = ServerOptions(version="v4.1.2", base_href=base, frame_options=framing)
    given: dict[str, Any] = {"sign_in": sign_in, "options": options}
    parts = Parts(**{name: given.get(name, cast(Any, None)) for name in Parts.__struct_fields__})
    return static.static(parts, Call(principal=OWNER, path={"path": path}, query=Query(""), headers=headers))


@pytest.mark.parametrize("path", ["", "workflows/default", "workflows/default/hello.v1", "index.html"])
def test_every_page_is_the_index_with_the_base(folder: Path, path: str) -> None:
    answer = get(path, '/a"b/')
    assert answer.status == 200
    assert b'<base href="/a&quot;b/" />' in (answer.body or b"")
    assert answer.headers["cache-control"] == "no-cache"


def test_hashed_files_are_kept_for_ever_and_compressed(folder: Path) -> None:
    answer = get("assets/main-1a2b.js", **{"accept-encoding": "br, gzip"})
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert gzip.decompress(answer.body or b"").startswith(b"export const")
    assert answer.headers["vary"] == "accept-encoding"


def test_a_missing_file_is_no_page(folder: Path) -> None:
    assert get("assets/gone.js").status == 404


@pytest.mark.parametrize("path", ["../secret", "assets/../../secret", ".vite/manifest.json", "..\\secret", "a\0b"])
def test_nothing_outside_and_nothing_hidden(folder: Path, path: str) -> None:
    assert INDEX.encode() == get(path).body or get(path).status == 404


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder / "assets" / "out.js").symlink_to(folder.parent / "secret")
    assert get("assets/out.js").status == 404


def test_the_policy(folder: Path) -> None:
    policy = get("").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-ancestors 'self'" in get("widgets/workflow-graphs/default").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["api/v1/nonsense", "api/", "oauth2/redirect"])
def test_services_are_no_pages(folder: Path, path: str) -> None:
    with pytest.raises(UnimplementedError):
        get(path)


def test_says_how_to_get_the_ui(folder: Path) -> None:
    (folder / "index.html").unlink()
    page = (get("", "/x/").body or b"").decode()
    assert "make ui" in page
    assert "/x/api/v1/version" in page


def test_the_pages_come_after_all_other_routes() -> None:
    match = Table(ROUTES).find("GET", "/healthz")
    assert match is not None
    assert match.route.pattern == "/healthz"


@pytest.mark.parametrize(
    ("path", "framing", "word", "ancestors"),
    [
        ("", "DENY", "DENY", "frame-ancestors 'none'"),
        ("widgets/a", "DENY", "SAMEORIGIN", "frame-ancestors 'self'"),
        ("", "SAMEORIGIN", "SAMEORIGIN", "frame-ancestors 'self'"),
        ("", "", None, None),
        ("", "ALLOWALL", "ALLOWALL", None),
    ],
)
def test_who_may_frame_pages(folder: Path, path: str, framing: str, word: str | None, ancestors: str | None) -> None:
    headers = get(path, framing=framing).headers
    assert headers.get("x-frame-options") == word
    policy = headers["content-security-policy"]
    assert ("frame-ancestors" in policy) == (ancestors is not None)
    assert policy.endswith(ancestors or "form-action 'self'")
