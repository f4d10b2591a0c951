"""Print the figures behind the budgets of ARCHITECTURE.md.

Usage: python -m bench [PART ...] [--quick], the parts being those of ``PARTS`` and ``LONG`` below.

Every time is set against a reference that is measured in the same run, in turn with it, because machines are shared
and noisy: read the ratios.  The end lists every budget and whether it was kept.
"""

from __future__ import annotations

import argparse
import importlib
import os
import time

from bench import verdicts

PARTS = ("startup", "engine", "commands", "large", "containers", "language", "artifacts", "server", "lists", "ui")
#: What takes minutes runs only when it is asked for by name.
LONG = ("watchers", "chaos", "fleet")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="|".join(PARTS + LONG))
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for part in options.parts:
        print(f"== {part}")
        begin = time.perf_counter()
        importlib.import_module(f"bench.{part}").report(quick=options.quick)
        print(f"   ({time.perf_counter() - begin:.0f} s)", flush=True)
    verdicts.report()


if __name__ == "__main__":
    main()
