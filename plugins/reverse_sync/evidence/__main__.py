"""`python -m reverse_sync.evidence FILE`: a run's record as a readable report; `--help` names what else there is."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import log_errors_only
from reverse_sync.errors import ReverseSyncError
from reverse_sync.evidence.export import as_html, as_json, history_as_csv
from reverse_sync.evidence.rebuilding import rebuild
from reverse_sync.evidence.report import render
from reverse_sync.evidence.retention import retire
from reverse_sync.evidence.verification import verify
from reverse_sync.pipeline import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reverse_sync.evidence.shapes import Record

NOT_WHOLE, COULD_NOT_LOOK = 1, 2
COMMANDS = ("show", "verify", "export", "history", "rebuild", "retire")


def main(arguments: Sequence[str] | None = None) -> int:
    """Show, verify, export, rebuild or retire records. Exit 0: proved, or whole; 1: it is not; 2: it could not look."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] not in COMMANDS and not given[0].startswith("-"):
        given = ["show", *given]
    options = _parser().parse_args(given)
    try:
        with redirect_stdout(sys.stderr):  # Airflow logs to stdout, which belongs to the answer
            code, text = options.command(options)
    except (ReverseSyncError, OSError) as problem:
        print(problem, file=sys.stderr)
        return COULD_NOT_LOOK
    print(text)
    return int(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.evidence", description=main.__doc__)
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    for name, command, what in (("show", _show, "print a record"), ("export", _export, "a record as one HTML file")):
        one = commands.add_parser(name, help=what)
        one.set_defaults(command=command)
        one.add_argument("file", metavar="FILE", type=Path, help="the JSON document that a run wrote")
    one.add_argument("--format", choices=("html", "json"), default="html", help="html: one page that loads nothing")
    for name, command, what in (
        ("verify", _verify, "whether a record was removed, edited or reordered"),
        ("history", _history, "all runs as CSV"),
        ("rebuild", _rebuild, "make links again that were lost or half-written, out of the records"),
        ("retire", _retire, "remove old records, with a retirement in the chain"),
    ):
        one = commands.add_parser(name, help=what)
        one.set_defaults(command=command)
        one.add_argument("pipeline", metavar="PIPELINE", type=Path, help="the pipeline file")
        if name == "verify":
            one.add_argument("--head", metavar="SHA256", help="a record's hash, noted elsewhere, that has to be there")
    one.add_argument("--older-than-days", metavar="DAYS", type=int, required=True, help="by when they were written")
    one.add_argument("--by", metavar="NAME", required=True, help="who signs it off")
    one.add_argument("--why", metavar="TEXT", required=True, help="what the retirement says of it")
    return parser


def _show(options: argparse.Namespace) -> tuple[int, str]:
    record = _record(options.file)
    return (0 if record["verdict"]["succeeded"] else 1), render(record)


def _export(options: argparse.Namespace) -> tuple[int, str]:
    record = _record(options.file)
    return 0, as_html(record) if options.format == "html" else as_json(record)


def _record(file: Path) -> Record:
    try:
        record: Record = json.loads(file.read_text(encoding="utf-8"))
        render(record)
    except OSError as error:
        raise ReverseSyncError(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise ReverseSyncError(
            f"{file} is not the record of a run: {error!r}. Give a file that a run's evidence task wrote."
        ) from None
    return record


def _verify(options: argparse.Namespace) -> tuple[int, str]:
    pipeline = read(options.pipeline)
    found = verify(pipeline, options.head)
    lines = [*found.problems, *(f"note: {notice}" for notice in found.notices)]
    if found.head:
        lines.append(f"{found.records} record(s); the last is {found.head[0]}, SHA-256 {found.head[1]}")
    else:
        lines.append(f"{pipeline.name} has no chain of records yet in {pipeline.evidence.base_path}")
    whole = "not whole" if found.problems else "whole"
    return (NOT_WHOLE if found.problems else 0), "\n".join([*lines, f"The chain of {pipeline.name} is {whole}."])


def _history(options: argparse.Namespace) -> tuple[int, str]:
    return 0, history_as_csv(read(options.pipeline)).rstrip("\n")


def _rebuild(options: argparse.Namespace) -> tuple[int, str]:
    found = rebuild(read(options.pipeline))
    made = f"{len(found.made)} link(s) made again" + (f": {', '.join(map(str, found.made))}" if found.made else "")
    return (NOT_WHOLE if found.left else 0), "\n".join([*found.left, made])


def _retire(options: argparse.Namespace) -> tuple[int, str]:
    before = datetime.now(UTC) - timedelta(days=options.older_than_days)
    removed = retire(read(options.pipeline), before, options.by, options.why)
    return 0, "\n".join([*removed, f"{len(removed)} record(s) removed"])


if __name__ == "__main__":
    log_errors_only()
    raise SystemExit(main())
