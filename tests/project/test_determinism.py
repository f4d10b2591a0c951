"""Two runs of one history agree, whatever the hash seed of the process."""

from __future__ import annotations

import os
import subprocess
import sys

STORY = """
import msgspec
from tiphys.core.manifest.load import load
from tiphys.testing.playbook import Playbook

text = '''
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  parallelism: 3
  onExit: leaf
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: leaf, withItems: [1, 2, {b: 2, a: 1}]}
      - {name: b, template: leaf}
      - {name: c, depends: "a.Succeeded && (b.Failed || b)", template: steps}
      - {name: d, depends: "a.AllFailed", template: leaf}
  - name: steps
    steps:
    - - {name: x, template: leaf, continueOn: {failed: true}}
      - {name: yy, template: leaf, withSequence: {count: 3}}
    - - {name: z, template: leaf, when: "{{steps.x.status}} == Failed"}
  - name: leaf
    container: {image: none, command: [echo, "{{workflow.name}} {{pod.name}}"]}
'''
book = Playbook(load(text, "t").documents[0].manifest)
number = 0
while book.running:
    pod = sorted(book.started)[0]
    number += 1
    (book.fail if number % 4 == 0 else book.succeed)(pod)
rows = [(row.status, row.internal) for row in book.rows.values()]
print(msgspec.json.encode([rows, book.commands]).decode(), book.workflow)
"""


def test_the_hash_seed_changes_nothing() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", STORY],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
    assert "'Failed'" in answers.pop()
