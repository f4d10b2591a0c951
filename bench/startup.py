"""Start-up of the command against `python -c pass` in the same environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.pairs import cost, medians, show

ROOT = Path(__file__).parent.parent
HELLO = str(ROOT / "examples" / "01-hello.yaml")


def report(*, quick: bool) -> None:
    runs = 5 if quick else 15
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    with tempfile.TemporaryDirectory() as home:
        # Compiled modules are kept, as after any ordinary installation.
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"TIPHYS_HOME": home}

        bare = [sys.executable, "-c", "pass"]
        for name, argv, budget in (
            ("tiphys version", [tiphys, "version"], "<= 3"),
            ("tiphys --help", [tiphys, "--help"], "<= 6"),
            ("tiphys lint examples/01-hello.yaml", [tiphys, "lint", HELLO], "<= 8"),
            ("tiphys run examples/01-hello.yaml, sandboxed", [tiphys, "run", HELLO], "<= 10"),
        ):
            cost(argv, env), cost(bare, env)
            pairs = [(cost(argv, env), cost(bare, env)) for _ in range(runs)]
            show(name, medians([(ours.wall, other.wall) for ours, other in pairs]), budget)
            times = medians([(ours.processor, other.processor) for ours, other in pairs])
            show(f"  processor time, {_imported(argv, env)} modules", times, "-")


def _imported(argv: list[str], env: dict[str, str]) -> int:
    """How many modules a command imports: a count that no other load changes."""
    timed = subprocess.run([sys.executable, "-X", "importtime", *argv], env=env, capture_output=True, check=True)
    return timed.stderr.count(b"import time:") - 1
