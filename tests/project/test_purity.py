"""The core loads nothing that does I/O, and importing Tiphys does no work."""

from __future__ import annotations

import ast
import configparser
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
#: A module of the core → what it loads: a child that loads libraries first, so that only ours is counted.
LOADS = """
import importlib, json, sys
import {libraries}
before = set(sys.modules)
answer = {{}}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    answer[name] = sorted(set(sys.modules) - before)
print(json.dumps(answer))
"""


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def core_modules() -> list[str]:
    return sorted(module_name(file) for file in (SOURCE / "tiphys" / "core").rglob("*.py"))


def run(code: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def forbidden() -> set[str]:
    """The list of ``.importlinter``, the one place where it stands."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    return set(rules["importlinter:contract:pure-core"]["forbidden_modules"].split())


@cache
def loaded_by_core() -> frozenset[str]:
    """Modules that the core loads on top of the third-party libraries that it is allowed."""
    code = LOADS.format(libraries="msgspec, re2, yaml, re, enum, dataclasses, typing, datetime, decimal, difflib")
    answer: dict[str, list[str]] = json.loads(run(code, json.dumps(core_modules())))
    return frozenset(name for names in answer.values() for name in names)


def test_core_loads_no_forbidden_module() -> None:
    assert len(core_modules()) > 10
    assert forbidden() > {"os", "socket", "sqlite3", "asyncio", "subprocess"}
    assert {name.partition(".")[0] for name in loaded_by_core()} & forbidden() == set()


def test_core_loads_nothing_of_the_outer_rings() -> None:
    rings = {name.split(".")[1] for name in loaded_by_core() if name.startswith("tiphys.")}
    assert rings <= {"core", "errors", "ids", "secret"}


def imported(file: Path) -> set[str]:
    """Top-level names of all modules that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("name", core_modules())
def test_core_module_imports_no_forbidden_module_anywhere(name: str) -> None:
    """Also inside functions, where the test above does not see it."""
    file = SOURCE.joinpath(*name.split("."))
    file = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
    assert imported(file) & forbidden() == set()


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("tiphys", {"msgspec", "yaml", "click", "rich", "sqlite3", "asyncio", "platformdirs"}),
        ("tiphys.entrypoints.settings", {"yaml", "click", "rich", "sqlite3", "asyncio", "platformdirs"}),
        ("tiphys.adapters.system", {"uuid", "random", "secrets", "sqlite3", "asyncio"}),
        ("tiphys.adapters.stores.sql.sqlite.store", {"yaml", "click", "rich", "asyncio", "platformdirs"}),
    ],
)
def test_import_is_light(module: str, heavy: set[str]) -> None:
    names = set(json.loads(run(f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))")))
    assert module in names
    assert names & heavy == set()
