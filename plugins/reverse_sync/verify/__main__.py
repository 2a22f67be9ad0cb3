"""`python -m reverse_sync.verify PIPELINE [--table SCHEMA.TABLE ...] [--where SQL] [--since COLUMN=VALUE] ...`."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from airflow.sdk.exceptions import AirflowNotFoundException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reverse_sync.airflow_seams import log_errors_only
from reverse_sync.errors import OF_ONE_TABLE, PipelineError, ReverseSyncError, StatementFailedError
from reverse_sync.pipeline import read
from reverse_sync.reconcile.filters import literal
from reverse_sync.reconcile.looks import compared
from reverse_sync.reconcile.pace import Pace
from reverse_sync.reconcile.report import text
from reverse_sync.reconcile.results import refused
from reverse_sync.sql import quoted
from reverse_sync.verify.selection import projections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.progress import TaskID

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.reconcile.results import TableResult
    from reverse_sync.table_mapping import Projection

DIFFERS, COULD_NOT_LOOK = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare every row of the selected tables with Oracle's. Exit 0: equal; 1: rows differ; 2: it could not look.

    A table that can't be compared is named in its place, and the others are compared.
    """
    options = _options(arguments)
    try:
        with redirect_stdout(sys.stderr):  # Airflow logs to stdout, which belongs to the report
            results = _compare(read(options.pipeline), options.table, _condition(options))
    except AirflowNotFoundException as problem:
        print(f"{problem}: give the command that connection, as AIRFLOW_CONN_ and its name.", file=sys.stderr)
        return COULD_NOT_LOOK
    except (PipelineError, ReverseSyncError) as problem:
        print(problem, file=sys.stderr)
        return COULD_NOT_LOOK
    if options.json:
        print(json.dumps([{**result.model_dump(mode="json"), "counts": result.counts} for result in results], indent=2))
    else:
        print("\n\n".join(map(text, results)))
    return exit_code(results)


def exit_code(results: Sequence[TableResult]) -> int:
    """0, 1 or 2, as `main` says; a column or a table that can't be compared was not looked at."""
    if any(result.differences for result in results):
        return DIFFERS
    return 0 if all(result.whole and not result.scanned.left_out for result in results) else COULD_NOT_LOOK


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.verify", description=main.__doc__)
    parser.add_argument("pipeline", metavar="PIPELINE", type=Path, help="the pipeline file")
    parser.add_argument(
        "--table", metavar="SCHEMA.TABLE", action="append", help="a table of PostgreSQL (default: all selected)"
    )
    parser.add_argument("--where", metavar="SQL", help="only the rows of PostgreSQL that fulfil this condition")
    parser.add_argument("--since", metavar="COLUMN=VALUE", help="only rows in which this column is at least this")
    parser.add_argument("--sample", metavar="PERCENT", type=float, help="only so many rows, taken at random")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    options = parser.parse_args(arguments)
    if options.since and not all(options.since.partition("=")):
        parser.error(f"--since wants COLUMN=VALUE, for instance updated_at=2026-11-26, not {options.since!r}")
    if options.sample is not None and not 0 < options.sample <= 100:
        parser.error(f"--sample wants a percentage above 0 and up to 100, not {options.sample:g}")
    return options


def _condition(options: argparse.Namespace) -> str:
    parts = [f"({options.where}\n)"] if options.where else []  # it may end with a comment
    if options.since:
        column, _, value = options.since.partition("=")
        parts.append(f"{quoted(column)} >= {literal(value)}")
    if options.sample:
        parts.append(f"random() < {options.sample / 100}")
    return " AND ".join(parts)


def _compare(pipeline: Pipeline, names: Sequence[str] | None, condition: str) -> list[TableResult]:
    chosen = _chosen(projections(pipeline), names)
    rate = TextColumn("{task.fields[rate]:,.0f} rows/s")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        results: list[TableResult] = []
        for number, projection in enumerate(chosen):
            bar = progress.add_task(projection.source.full_name, total=None, rate=0.0)
            pace = Pace(pipeline, partial(_show, progress, bar))
            try:
                results.append(compared(pipeline, projection, pace, condition))
            except (*OF_ONE_TABLE, StatementFailedError) as why:
                results.append(refused(projection.full_name, why))
            except ReverseSyncError as why:  # so would every other table; and more logins might lock the account
                return [*results, *(refused(left.full_name, why) for left in chosen[number:])]
    return results


def _show(progress: Progress, bar: TaskID, rows: int, expected: int, rate: float) -> None:
    progress.update(bar, completed=rows, total=expected, rate=rate)


def _chosen(selected: Sequence[Projection], names: Sequence[str] | None) -> list[Projection]:
    by_name = {projection.source.full_name: projection for projection in selected}
    unknown = [name for name in names or () if name not in by_name]
    if unknown:
        _refuse(unknown, by_name)
    return [by_name[name] for name in names or by_name]


def _refuse(unknown: Sequence[str], selected: dict[str, Projection]) -> NoReturn:
    raise ReverseSyncError(
        f"--table names {', '.join(unknown)}, but the mapping selects {', '.join(selected)}: name one of those."
    )


if __name__ == "__main__":
    log_errors_only()
    sys.exit(main())
