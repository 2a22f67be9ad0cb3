"""`python -m rehearsal.aws.worker`: one task, from its slot to Oracle. The job is the first line of stdin."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import closing
from typing import Any

import oracledb
import psycopg2

from rehearsal.aws.worker.dialogue import Commands, Log, report
from rehearsal.aws.worker.errors import FatalError, RecoverableError, Retries
from rehearsal.aws.worker.source import Source
from rehearsal.aws.worker.source import worker_error as source_error
from rehearsal.aws.worker.stream import Stopped, Stream
from rehearsal.aws.worker.target import Target
from rehearsal.aws.worker.target import worker_error as target_error
from rehearsal.lifetime import die_with_parent
from reverse_sync.table_mapping import MappingError


def main() -> None:
    """Replicate until told to stop or nothing can be done; recoverable errors are tried again."""
    die_with_parent(signal.SIGKILL)
    commands = Commands()
    job = commands.next(timeout_s=60)
    if job is None:
        sys.exit("no job came on stdin")
    log, retries = Log(), Retries(job["settings"]["ErrorBehavior"], job["retry_second"])
    try:
        while True:
            try:
                _replicate(job, commands, log, retries)
            except RecoverableError as error:
                _recover(error, commands, log, retries)
    except Stopped:
        log.add("TASK_MANAGER", "I", "Task was stopped by a request")
        log.send()
        report("stopped")
    except (FatalError, MappingError) as error:
        report("failed", message=str(error), stop_reason="FATAL_ERROR")


def _replicate(job: dict[str, Any], commands: Commands, log: Log, retries: Retries) -> None:
    """One attempt; ends by an exception only."""
    login, control_schema = job["target"], job["settings"]["ControlTablesSettings"]["ControlSchema"]
    try:
        with (
            closing(Target(login, job["task"], control_schema or str(login["user"]).upper())) as target,
            closing(Source(job["source"], job["slot"], job["plugin"])) as source,
        ):
            stream = Stream(job, source, target, commands, log, retries.succeeded)
            stream.prepare()
            job["start"] = "resume"
            stream.run()
    except psycopg2.Error as error:
        raise source_error(error) from error
    except oracledb.Error as error:
        raise target_error(error) from error
    finally:
        log.send()


def _recover(error: RecoverableError, commands: Commands, log: Log, retries: Retries) -> None:
    """Wait until the next attempt. Raises FatalError's kin by ending the process where DMS would give up."""
    wait_s = retries.wait_s()
    if wait_s is None:
        report("failed", message=f"{error}; no more attempts are made", stop_reason="RECOVERABLE_ERROR")
        sys.exit(0)
    log.add("TASK_MANAGER", "W", f"{error}; attempt {retries.failures} to recover follows in {wait_s:g} s")
    log.send()
    report("error", message=str(error), metrics={"CDCLatencyTarget": retries.failing_s()})
    deadline = time.monotonic() + wait_s
    while (left_s := deadline - time.monotonic()) > 0:
        if (commands.next(left_s) or {}).get("do") == "stop":
            raise Stopped


if __name__ == "__main__":
    main()
