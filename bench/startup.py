"""Start-up of the command against `python -c pass` in the same environment."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.pairs import ratio, seconds, show

ROOT = Path(__file__).parent.parent
HELLO = str(ROOT / "examples" / "01-hello.yaml")


def report(*, quick: bool) -> None:
    runs = 5 if quick else 15
    tiphys = str(Path(sys.executable).with_name("tiphys"))
    with tempfile.TemporaryDirectory() as home:
        # Compiled modules are kept, as after any ordinary installation.
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"TIPHYS_HOME": home}

        def reference() -> float:
            return seconds([sys.executable, "-c", "pass"], env)

        for name, argv, budget in (
            ("tiphys version", [tiphys, "version"], "3"),
            ("tiphys lint examples/01-hello.yaml", [tiphys, "lint", HELLO], "8"),
            ("tiphys run examples/01-hello.yaml, sandboxed", [tiphys, "run", HELLO], "10"),
        ):
            show(name, ratio(partial(seconds, argv, env), reference, runs), f"<= {budget}")
