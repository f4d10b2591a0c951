"""The language: linting a folder in one call, conditions and expressions, a manifest of 5,000 lines.

References are what a Python program would do without Tiphys: decode YAML with PyYAML, ``eval`` a compiled expression.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml

from bench.pairs import ratio
from tiphys.core.manifest.load import load
from tiphys.core.template.compile import compile_text
from tiphys.core.template.render import Mode
from tiphys.core.template.scope import Scope
from tiphys.core.template.when import evaluate_when
from tiphys.core.validate.check import check_document
from tiphys.core.validate.library import Library
from tiphys.core.validate.options import CheckOptions

ROOT = Path(__file__).parent.parent
CORPUS = Path(os.environ.get("TIPHYS_CORPUS", ROOT.parent / "shared" / "corpus")) / "examples"
LINES = 5_000
TEMPLATE = """\
    - name: step-{number}
      inputs:
        parameters:
          - name: message
            value: "hello {number}"
      retryStrategy: {{limit: "2", retryPolicy: OnFailure}}
      container:
        image: alpine:3
        command: [sh, -c]
        args: ["echo {{{{inputs.parameters.message}}}}"]
"""
HEAD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: large-
spec:
  entrypoint: step-0
  templates:
"""
SCOPE = Scope(
    {
        **{f"inputs.parameters.p{number}": str(number) for number in range(5)},
        **{f"steps.s{number}.outputs.result": "heads" for number in range(5)},
        **{f"steps.s{number}.status": "Succeeded" for number in range(5)},
        "workflow.name": "bench",
        "item": "7",
    }
)
WHEN = "{{steps.s3.outputs.result}} == heads && {{item}} > 5"
TAG = "{{=asInt(item) + 1 > 5 ? workflow.name + '-big' : 'small'}}"


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def lint(texts: dict[str, str]) -> None:
    """What ``tiphys lint`` does after reading the files."""
    loaded = [load(text, name) for name, text in texts.items()]
    documents = [document for each in loaded for document in each.documents]
    library = Library(document.manifest for document in documents)
    for document in documents:
        check_document(document, library, CheckOptions(lint=True))


def plain_yaml(texts: dict[str, str], loader: type) -> None:
    for text in texts.values():
        list(yaml.load_all(text, loader))


def when() -> None:
    condition = compile_text(WHEN)
    assert all(evaluate_when(condition.render(SCOPE, Mode.STRICT)) for _ in range(COUNT))


def tag() -> None:
    text = compile_text(TAG)
    assert all(text.render(SCOPE, Mode.STRICT) == "bench-big" for _ in range(COUNT))


def python_when() -> None:
    code = compile("result == 'heads' and float(item) > 5", "when", "eval")
    names = {"result": "heads", "item": "7"}
    assert all(eval(code, {}, names) for _ in range(COUNT))


def python_tag() -> None:
    code = compile("name + '-big' if int(item) + 1 > 5 else 'small'", "tag", "eval")
    names = {"name": "bench", "item": "7"}
    assert all(eval(code, {}, names) == "bench-big" for _ in range(COUNT))


#: Evaluations per round; the figures are per million.
COUNT = 20_000


def report(*, quick: bool) -> None:
    runs = 3 if quick else 7
    folder = CORPUS if CORPUS.is_dir() else ROOT / "examples"
    texts = {str(file): file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.yaml"))}
    large = HEAD + "".join(TEMPLATE.format(number=number) for number in range((LINES - 7) // 10 + 1))
    print(f"linting {len(texts)} files of {folder.parent.name}/{folder.name} in one call")
    for name, loader in (("yaml.safe_load", yaml.SafeLoader), ("yaml.CSafeLoader", yaml.CSafeLoader)):
        figures = ratio(partial(timed, partial(lint, texts)), partial(timed, partial(plain_yaml, texts, loader)), runs)
        _show(f"  against {name}, ms per file", figures, 1000 / len(texts))
    lines = large.count("\n")
    _show(
        f"loading one manifest of {lines:,} lines, ms (yaml.CSafeLoader)",
        ratio(
            lambda: timed(lambda: load(large, "large.yaml")),
            lambda: timed(lambda: yaml.load(large, yaml.CSafeLoader)),
            runs,
        ),
        1000,
    )
    print(f"{COUNT:,} evaluations a round, scaled to seconds per million (Python's eval of a compiled equivalent)")
    _show(f"  when: {WHEN}", ratio(lambda: timed(when), lambda: timed(python_when), runs), 1e6 / COUNT)
    _show(f"  tag: {TAG}", ratio(lambda: timed(tag), lambda: timed(python_tag), runs), 1e6 / COUNT)


def _show(name: str, figures: tuple[float, float, float], scale: float) -> None:
    mine, other, factor = figures
    print(f"{name:66} {mine * scale:8.2f}   reference {other * scale:8.2f}   ratio {factor:6.2f}")
