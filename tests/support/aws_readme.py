"""The AWS stand-in's README with its list of operations: `python -m tests.support.aws_readme` writes it."""

from __future__ import annotations

from pathlib import Path

from rehearsal.aws.operations import OPERATIONS

README = Path(__file__).parents[2] / "rehearsal/aws/README.md"
_MARK = "<!-- Below this line: made from operations.json by `python -m tests.support.aws_readme`. -->\n"
_TITLES = {
    "dms": "Database Migration Service",
    "rds": "RDS",
    "logs": "CloudWatch Logs",
    "monitoring": "CloudWatch",
    "secretsmanager": "Secrets Manager",
    "ssm": "Systems Manager",
    "sts": "Security Token Service",
    "iam": "IAM",
    "s3": "S3",
}


def render() -> str:
    """The README as it should be: its own words, then the list."""
    words = README.read_text().partition(_MARK)[0]
    lines = ["", "## What it answers", ""]
    for service, operations in OPERATIONS.items():
        lines.append(f"- **{_TITLES[service]}**: {', '.join(f'`{name}`' for name in operations)}.")
    return words + _MARK + "\n".join(lines) + "\n"


if __name__ == "__main__":
    README.write_text(render())
