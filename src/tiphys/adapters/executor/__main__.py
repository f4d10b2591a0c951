"""``python -m tiphys.adapters.executor JOB RESULT [TETHER]``: one job, then its end (``job.command``)."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence

from tiphys.adapters.executor.job import DONE, UNUSABLE, Job, Result, take_job, write_result
from tiphys.ports.artifacts import SecretLookup
from tiphys.secret import Secret

#: How long an interrupted job may take to remove what it has half made.
_LAST_SECONDS = 2.0


def main(words: Sequence[str]) -> int:
    """Do the job that the words name; the exit code says whether there is a result."""
    try:
        job_path, result_path, *tether = words
        if tether:
            _hold(int(tether[0]))
        job = take_job(job_path)
        write_result(result_path, perform(job))
    except Exception as error:  # the boundary of the program; a message could hold a credential, its place cannot
        sys.stderr.write(f"{type(error).__name__} {_place(error)}\n")
        return UNUSABLE
    return DONE


def perform(job: Job) -> Result:
    """Do a job in this process; what goes wrong with an artifact is in the result.

    Raises:
        OSError: there is no room for a scratch directory.
    """
    scratch = f"{job.options.get('home') or job.root}/artifacts/tmp/job-{os.urandom(8).hex()}"
    os.makedirs(scratch, 0o700)
    try:
        if job.action == "load":
            from tiphys.adapters.executor.staging import load

            return load(job, _lookup(job), scratch)
        from tiphys.adapters.executor.saving import save

        return save(job, _lookup(job), scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _hold(tether: int) -> None:
    """End when the other end of the tether is closed: at once if the work can be interrupted, else soon."""
    import _thread

    def watch() -> None:
        os.read(tether, 1)
        _thread.interrupt_main()
        time.sleep(_LAST_SECONDS)
        os._exit(UNUSABLE)

    _thread.start_new_thread(watch, ())


def _place(error: BaseException) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"at {at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at is not None else ""


def _lookup(job: Job) -> SecretLookup:
    def find(name: str, key: str) -> Secret | None:
        return job.secrets.get(name, {}).get(key)

    return find


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
