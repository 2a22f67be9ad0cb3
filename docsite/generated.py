"""Which pages are made out of the code."""

from __future__ import annotations

from pathlib import Path

from docsite import evidence, findings, operators, pipeline_keys

DOCS = Path(__file__).parents[1] / "docs"


def generated() -> dict[str, str]:
    """Path below docs/ -> page."""
    return {
        **{f"findings/{name}": text for name, text in findings.pages().items()},
        "record.md": evidence.page(),
        "operators.md": operators.page(),
        "pipeline-keys.md": pipeline_keys.page(),
    }
