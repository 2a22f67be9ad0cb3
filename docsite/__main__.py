"""`python -m docsite`: write the pages that are made out of the code, and remove those of findings that are no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsite.generated import DOCS, generated

if TYPE_CHECKING:
    from pathlib import Path


def write(docs: Path) -> None:
    """Write all of them below `docs`."""
    pages = generated()
    for old in {file.relative_to(docs).as_posix() for file in (docs / "findings").glob("*.md")} - set(pages):
        (docs / old).unlink()
    for name, text in pages.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(DOCS)
