"""Values of output parameters; a jq filter, which may run for ever, runs in a process that can be killed.

As a program (``python -m …``): reads a filter and an object as JSON, prints the value or the error as JSON.
"""

from __future__ import annotations

import subprocess
import sys

import msgspec

from tiphys.core.manifest.model.arguments import ValueFrom
from tiphys.core.manifest.model.scalars import JsonObject, JsonValue
from tiphys.core.template.errors import TemplateError
from tiphys.core.template.live.outputs import output_value

SECONDS = 60.0
_MEMORY = 1 << 30


class _Job(msgspec.Struct):
    filter: str
    item: JsonValue


class _Answer(msgspec.Struct):
    value: str = ""
    error: str = ""


def value_of(source: ValueFrom, item: JsonObject | None) -> str:
    """The value of an output parameter.

    Raises:
        TemplateError: the path or filter is malformed, fails or takes too long.
    """
    if item is None or source.json_path or not source.jq_filter:
        return output_value(source, item)
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=msgspec.json.encode(_Job(source.jq_filter, item)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
        answer = msgspec.json.decode(done.stdout, type=_Answer)
    except subprocess.TimeoutExpired:
        raise TemplateError(f"jq: the filter ran for more than {SECONDS:.0f} seconds") from None
    except (OSError, msgspec.DecodeError):
        raise TemplateError("jq: the filter used too much memory or crashed") from None
    if answer.error:
        raise TemplateError(answer.error)
    return answer.value


def _main() -> None:
    import resource

    from tiphys.core.template.live.jqfilter import jq_filter

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=_Job)
    try:
        answer = _Answer(value=jq_filter(job.filter, job.item))
    except TemplateError as error:
        answer = _Answer(error=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    _main()
