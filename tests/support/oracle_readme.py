"""The Oracle stand-in's README, made from its tests: `python -m tests.support.oracle_readme` writes it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from tests.support.oracle_dialect import CASES, STATEMENTS, Case, Steps
from tests.support.oracle_refusals import REFUSED, UNLISTED

README = Path(__file__).parents[2] / "rehearsal/oracle/README.md"
_MARK = "<!-- Below this line: made from the tests by `python -m tests.support.oracle_readme`. -->\n"


def render() -> str:
    """The README as it should be: its own words, then the list."""
    words = README.read_text().partition(_MARK)[0]
    return words + _MARK + "\n".join([*_known(), *_refused()]) + "\n"


def _known() -> list[str]:
    lines = [
        "",
        "## What it knows",
        "",
        "Each entry is a test against the answer of the documentation that it links to.",
    ]
    known: list[Case | Steps] = [*CASES, *STATEMENTS]
    for group, entries in groupby(known, key=lambda entry: entry.group):
        lines += ["", f"**{group}**: " + ", ".join(f"[{entry.construct}]({entry.address})" for entry in entries) + "."]
    return lines


def _refused() -> list[str]:
    lines = [
        "",
        "## What it refuses",
        "",
        "Everything else. Tested examples of what Oracle knows and this list does not (ORA-03001 quotes the construct):",
        "",
    ]
    lines += [f"- `{statement}`" for statement in UNLISTED]
    lines += ["", "and of what PostgreSQL or a lenient parser would accept though Oracle does not:", ""]
    return lines + [f"- `{statement}`: ORA-{number:05d}" for statement, number in REFUSED.items()]


if __name__ == "__main__":
    README.write_text(render())
