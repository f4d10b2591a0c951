"""Print the figures behind the budgets of ARCHITECTURE.md.

Usage: python -m bench [PART ...] [--quick]

Every time is set against a reference that is measured in the same run, in turn with it, because machines are shared
and noisy: read the ratios.
"""

from __future__ import annotations

import argparse
import importlib

PARTS = ("startup", "engine", "commands", "containers", "language", "artifacts", "server", "lists", "ui")
#: What takes minutes runs only when it is asked for by name.
LONG = ("watchers", "chaos")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="|".join(PARTS + LONG))
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    options = parser.parse_args()
    for part in options.parts:
        print(f"== {part}")
        importlib.import_module(f"bench.{part}").report(quick=options.quick)


if __name__ == "__main__":
    main()
