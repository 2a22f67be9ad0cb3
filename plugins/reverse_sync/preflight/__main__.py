"""`python -m reverse_sync.preflight [PIPELINE ...] [--mapping FILE] [--json] [--offline | --assess]`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from reverse_sync.airflow_seams import log_errors_only
from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import pipeline_files, read, shared_names
from reverse_sync.preflight.assess_now import assess_now
from reverse_sync.preflight.finding import Finding, Severity, error
from reverse_sync.preflight.report import as_json, print_findings
from reverse_sync.preflight.runner import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOUND_ERRORS, COULD_NOT_LOOK = 1, 2
_WIDTH_WITHOUT_TERMINAL = 150


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what would fail. Exit 0: no error; 1: errors; 2: no error seen, but something could not be looked at."""
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.preflight", description=main.__doc__)
    parser.add_argument("pipelines", metavar="PIPELINE", nargs="*", type=Path, help="pipeline files (default: all)")
    parser.add_argument("--mapping", metavar="FILE", type=Path, help="look at this mapping instead of the pipeline's")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--offline", action="store_true", help="check only what needs no connection")
    how.add_argument("--assess", action="store_true", help="have AWS assess the task first (dms.assessment)")
    options = parser.parse_args(arguments)
    found: list[Finding] = []
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)
    for path in options.pipelines or list(pipeline_files()):
        findings = _look(path, options.mapping, offline=options.offline, assess=options.assess)
        found += findings
        if not options.json:
            print_findings(path.name, findings, console)
    if options.json:
        print(as_json(found))
    return exit_code(found)


def exit_code(findings: Sequence[Finding]) -> int:
    """0, 1 or 2, as `main` says."""
    if any(finding.severity is Severity.ERROR and not finding.blind for finding in findings):
        return FOUND_ERRORS
    return COULD_NOT_LOOK if any(finding.blind for finding in findings) else 0


def _look(path: Path, mapping: Path | None, *, offline: bool, assess: bool) -> list[Finding]:
    try:
        pipeline = read(path)
        text = mapping.read_text(encoding="utf-8") if mapping else pipeline.mapping_text
    except (PipelineError, OSError, UnicodeError) as problem:
        return [
            error(
                str(problem),
                "nothing else can be looked at",
                "correct the file; README.md explains every key",
                code="unreadable-file",
                group="mapping",
                blind=not path.is_file() or bool(mapping and not mapping.is_file()),
            )
        ]
    # Airflow logs to stdout, which belongs to the report.
    with redirect_stdout(sys.stderr):
        return [
            *_shared(path),
            *(assess_now(pipeline) if assess else ()),
            *run(pipeline, mapping_file=str(mapping) if mapping else None, mapping_text=text, offline=offline),
        ]


def _shared(path: Path) -> Iterator[Finding]:
    if said := shared_names(path):
        yield error(
            said,
            "Airflow shows neither of the pipelines",
            "give each pipeline names of its own",
            code="shared-names",
            group="mapping",
        )


def _keep_stdout_for_the_report() -> None:
    """Airflow's loggers have taken hold of standard output by now, which belongs to the report: lead them away."""
    report = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = os.fdopen(report, "w", encoding="utf-8")


if __name__ == "__main__":
    log_errors_only()
    _keep_stdout_for_the_report()
    sys.exit(main())
