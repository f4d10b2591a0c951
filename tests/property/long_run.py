"""Play many random workflows from seeds, for longer than a test may take.

Usage: python -m tests.property.long_run [COUNT] [FIRST_SEED]

Tells each seed that fails and the reason; ``--show SEED`` prints the smallest workflow that fails as it does.  A seed
means the same workflow only to the version of the generator that is printed with it.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

import msgspec
from tests.property.dice import Dice, Noted, Thrown, Told, smaller
from tests.property.plays import agree_in_any_order, agree_when_restored
from tests.property.random_workflows import VERSION, Maker


def play(dice: Dice, seed: int) -> None:
    """The play of a seed: odd ones are restored, even ones are played in any order."""
    if seed % 2:
        agree_when_restored(dice, Maker(dice, racy=True).workflow())
    else:
        agree_in_any_order(Maker(dice, racy=False).workflow(), seed)


def failure(dice: Dice, seed: int) -> str:
    """Where the play of a seed fails; empty when it does not."""
    try:
        play(dice, seed)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} {place.name}:{place.lineno} {str(error)[:40]}"
    return ""


def show(seed: int) -> None:
    """Print the smallest workflow that fails as the seed does, then fail."""
    noted = Noted(Thrown(seed))
    reason = failure(noted, seed)
    numbers = smaller(noted.noted, lambda told: failure(told, seed)[:38] == reason[:38])
    workflow = Maker(Told(numbers), racy=bool(seed % 2)).workflow()
    print(msgspec.json.format(msgspec.json.encode(workflow.spec)).decode())
    play(Told(numbers), seed)


def main(words: list[str]) -> int:
    """Play them all; answers with 1 when one failed."""
    if words and words[0] == "--show":
        show(int(words[1]))
        return 0
    count, first = int(words[0]) if words else 1000, int(words[1]) if len(words) > 1 else 1
    reasons: Counter[str] = Counter()
    begin = time.monotonic()
    for seed in range(first, first + count):
        reason = failure(Thrown(seed), seed)
        if reason:
            reasons[reason[:60]] += 1
            if sum(reasons.values()) <= 40:
                print(f"seed {seed}: {reason}", flush=True)
    print(
        f"generator {VERSION}: {count} runs in {time.monotonic() - begin:.0f} s, {sum(reasons.values())} failed: {dict(reasons)}"
    )
    return bool(reasons)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
