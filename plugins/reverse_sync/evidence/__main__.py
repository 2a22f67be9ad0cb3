"""`python -m reverse_sync.evidence FILE`: a run's record as a readable report."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from reverse_sync.evidence.report import render


def main() -> int:
    """Print the report; 0 where the row was proved and nothing failed, 1 where not, 2 where the file can't be read."""
    parser = argparse.ArgumentParser(prog="python -m reverse_sync.evidence", description=__doc__)
    parser.add_argument("file", type=Path, help="the JSON document that a run wrote")
    file = parser.parse_args().file
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        report = render(record)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(
            f"{file} is not the record of a run: {error!r}. Give a file that a run's evidence task wrote.",
            file=sys.stderr,
        )
        return 2
    print(report)
    return 0 if record["verdict"]["succeeded"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
