"""What the quick commands must not import, and what the real process does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[4]
PROBE = """
import sys
sys.argv = ["tiphys", *{arguments!r}]
from tiphys.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {{"click", "rich", "msgspec", "yaml", "re2", "sqlite3", "asyncio"}} & set(sys.modules)
sys.stderr.write(",".join(sorted(heavy)))
"""


def python(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that finds the sources."""
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin", **settings}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=PATIENCE, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [(["version"], ""), (["--version"], ""), (["version", "--short"], ""), (["--help"], "click"), ([], "click")],
)
def test_quick_commands_import_little(arguments: list[str], heavy: str) -> None:
    done = python("-c", PROBE.format(arguments=arguments))
    assert (done.returncode, done.stderr) == (0, heavy)
    assert "tiphys" in done.stdout


def test_a_wrong_call_is_a_sentence() -> None:
    done = python("-m", "tiphys", "rnu")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: no such command: rnu [T010]\n  hint: did you mean 'run'?\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["version"]])
def test_a_reader_that_left_is_no_traceback(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tiphys", *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


#: What a run of one step has no use for; each was loaded once.
UNUSED_BY_A_RUN = {
    "asyncio", "rich", "re2", "logging", "httpx", "platformdirs",
    "typing_extensions",  # msgspec takes it where it is installed, and `typing` where not
    "tiphys.core.engine.explain", "tiphys.core.engine.rerun", "tiphys.app.services.artifactfiles",
    "tiphys.app.services.cluster.pods", "tiphys.core.objects.rbac",
    "tiphys.adapters.supervisor.server", "tiphys.adapters.runtimes.process.bodies",
}  # fmt: skip
RUN = """
import sys
sys.argv = ["tiphys", "run", {file!r}]
from tiphys.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
sys.stderr.write("\\nloaded " + " ".join(sys.modules))
"""


def test_a_run_of_one_step_loads_only_what_it_needs(tmp_path: Path) -> None:
    environment = {"TIPHYS_SANDBOX": "off", "TIPHYS_HOME": str(tmp_path)}
    done = python("-c", RUN.format(file=str(ROOT / "examples" / "01-hello.yaml")), **environment)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stderr.rpartition("loaded ")[2].split())
    assert "tiphys.core.engine.run" in loaded
    assert loaded & UNUSED_BY_A_RUN == set()
