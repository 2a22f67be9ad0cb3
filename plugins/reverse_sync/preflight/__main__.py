"""`python -m reverse_sync.preflight [PIPELINE ...] [--mapping FILE] [--json] [--offline]`."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import pipeline_files, read
from reverse_sync.preflight.finding import Finding, Severity, error
from reverse_sync.preflight.report import as_json, print_findings
from reverse_sync.preflight.runner import run

if TYPE_CHECKING:
    from collections.abc import Sequence

FOUND_ERRORS, COULD_NOT_LOOK = 1, 2
_WIDTH_WITHOUT_TERMINAL = 150


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what would fail. Exit 0: no error; 1: errors; 2: no error seen, but something could not be looked at."""
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.preflight", description=main.__doc__)
    parser.add_argument("pipelines", metavar="PIPELINE", nargs="*", type=Path, help="pipeline files (default: all)")
    parser.add_argument("--mapping", metavar="FILE", type=Path, help="look at this mapping instead of the pipeline's")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--offline", action="store_true", help="check only what needs no connection")
    options = parser.parse_args(arguments)
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    found: list[Finding] = []
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)
    for path in options.pipelines or list(pipeline_files()):
        findings = _look(path, options.mapping, offline=options.offline)
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


def _look(path: Path, mapping: Path | None, *, offline: bool) -> list[Finding]:
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
        return run(pipeline, mapping_file=str(mapping) if mapping else None, mapping_text=text, offline=offline)


if __name__ == "__main__":
    sys.exit(main())
