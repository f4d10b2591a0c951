"""The shape of the source: small modules, telling names, a reference that is current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tiphys.core.manifest.diagnostics import ManifestError
from tiphys.errors import TiphysError

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "src").rglob("*.py"))
#: Written by ``tools/generate_model.py``, one module per group of kinds.
GENERATED = ROOT / "src" / "tiphys" / "core" / "manifest" / "model"
LINES = 600
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def test_no_module_is_too_long() -> None:
    written = [file for file in FILES if file.parent != GENERATED]
    assert len(written) > 30
    long = {str(file.relative_to(ROOT)): lines for file in written if (lines := file.read_bytes().count(b"\n")) > LINES}
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(file) for file in FILES if {file.stem, file.parent.name} & FORBIDDEN_NAMES] == []


def test_pages_of_errors_are_current() -> None:
    arguments = [sys.executable, str(ROOT / "tools" / "generate_reference.py"), "--check"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_error_class_has_a_heading() -> None:
    classes: list[type[TiphysError]] = [TiphysError, *TiphysError.__subclasses__()]
    assert ManifestError in classes
    for each in classes:
        assert f"\n## {each.code} {each.__name__}\n" in ERRORS


def test_every_code_in_the_source_has_one_heading() -> None:
    used = {code for file in FILES for code in re.findall(r'"(T[0-9]{3})"', file.read_text(encoding="utf-8"))}
    headings = re.findall(r"^## (T[0-9]{3}) ", ERRORS, re.MULTILINE)
    assert len(headings) == len(set(headings))
    assert used == set(headings)


@pytest.mark.parametrize("target", ["run", "test", "check", "fix", "bench", "conformance", "clean"])
def test_makefile_has_every_target_that_the_guide_names(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
    assert f"`make {target}`" in guide


def test_paths_of_the_guide_exist() -> None:
    """A recipe that names a file which was moved sends a newcomer nowhere."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|docs|tools|examples|bench|\.ci)/[^`*<>{} ]*)`", guide))
    assert named
    # Names of new files in recipes are called ``foo``.
    assert sorted(path for path in named if "foo" not in path and not (ROOT / path).exists()) == []
