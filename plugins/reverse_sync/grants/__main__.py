"""`python -m reverse_sync.grants PIPELINE [--postgres LOGIN] ...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reverse_sync.errors import PipelineError
from reverse_sync.grants import oracle, postgres
from reverse_sync.grants.selected import selected
from reverse_sync.pipeline import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reverse_sync.pipeline import Pipeline


def script(pipeline: Pipeline, logins: argparse.Namespace) -> Iterator[str]:
    """The lines: PostgreSQL's, then Oracle's.

    :param logins: `postgres`, `dms_source`, `oracle` (None: the tables' owner), `dms_target`
    """
    tables, source = selected(pipeline.mapping), pipeline.dms.source_endpoint
    yield f"-- PostgreSQL, database {source.database}: run by RDS's master user"
    yield f"\n-- Connection {source.connection}: DMS reads the changes"
    yield from postgres.for_dms(pipeline, tables, logins.dms_source)
    yield f"\n-- Connection {pipeline.postgres.connection}: the DAGs and the preflight"
    yield from postgres.for_the_dags(pipeline, tables, logins.postgres, logins.dms_source)
    yield "\n-- Oracle: run by a DBA"
    yield f"\n-- Connection {pipeline.dms.target_endpoint.connection}: DMS writes the rows"
    yield from oracle.for_dms(pipeline, tables, logins.dms_target)
    yield f"\n-- Connection {pipeline.oracle.connection}: the DAGs and the preflight"
    yield from oracle.for_the_dags(tables, logins.oracle or tables.owner or "REVERSE_SYNC")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each login of a pipeline needs, and no more. Make the logins before, with passwords of your own."""
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.grants", description=main.__doc__)
    parser.add_argument("pipeline", metavar="PIPELINE", type=Path, help="the pipeline file")
    parser.add_argument("--dms-source", metavar="LOGIN", default="dmsuser", help="DMS's in PostgreSQL (%(default)s)")
    parser.add_argument("--postgres", metavar="LOGIN", default="reverse_sync", help="the DAGs' there (%(default)s)")
    parser.add_argument("--dms-target", metavar="LOGIN", default="DMSUSER", help="DMS's in Oracle (%(default)s)")
    parser.add_argument("--oracle", metavar="LOGIN", help="the DAGs' there (the tables' owner)")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(script(read(options.pipeline), options)))
    except PipelineError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
