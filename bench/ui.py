"""Pages of the web UI with much to show, in Debian's chromium, and the sizes of its parts (``ui/bench``, ``ui/tools``).

The server is a stand-in that answers from memory.  An empty page in the same run says how busy the machine is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "ui"


def report(*, quick: bool) -> None:
    npm = shutil.which("npm")
    if npm is None or not (FOLDER / "node_modules").is_dir():
        print("needs Node.js with npm, and `make ui` before")
        return
    env = dict(os.environ) | {"BENCH_QUICK": "1" if quick else "0"}
    if not (ROOT / "src/tiphys/entrypoints/server/static/index.html").is_file():
        subprocess.run([npm, "run", "--silent", "build"], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([npm, "run", "--silent", "sizes"], cwd=FOLDER, check=True)
    subprocess.run([npm, "run", "--silent", "bench"], cwd=FOLDER, check=True, env=env)
