"""Threads that read their first record of a kind at the same moment."""

import subprocess
import sys

#: Without ``ready_records`` this ends with SIGSEGV: each thread has msgspec look at the same fields.
_AT_ONCE = """
import sys, threading, msgspec
from tiphys.entrypoints.records import ready_records

ready_records()
known = set(sys.modules)
from tiphys.core.manifest.model.cron import CronWorkflow

assert set(sys.modules) == known
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

found = []

def read():
    together.wait()
    found.append(msgspec.json.decode(b'{"spec": {"schedules": ["@daily"]}}', type=CronWorkflow).spec.schedules[0])

threads = [threading.Thread(target=read) for _ in range(together.parties)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(*found)
"""


def test_threads_read_their_first_record_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.split()) == (0, "", ["@daily"] * 8)
