"""A hook of MkDocs: what a page links outside of docs/ is in the site too, below `repository/`, and is checked as well.

So the same Markdown is right where the repository is read, and in the site. https://www.mkdocs.org/dev-guide/plugins/#events
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

_LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
_OUTSIDE = "repository/"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add every file outside of docs/ that a page links, and what those link in turn."""
    root = Path(config.docs_dir).parent
    pending = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    while pending:
        source = pending.pop()
        for target in _targets(source, (root / source).read_text(encoding="utf-8")):
            uri = _uri(target)
            if files.get_file_from_path(uri) or not (root / target).is_file():
                continue
            files.append(File.generated(config, uri, abs_src_path=str(root / target)))
            if target.endswith(".md"):
                pending.append(target)
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The page's links, as the site has them."""
    here = page.file.src_uri
    source = here.removeprefix(_OUTSIDE) if here.startswith(_OUTSIDE) else f"docs/{here}"

    def moved(link: re.Match[str]) -> str:
        uri = _uri(_joined(source, link[1]))
        return posixpath.relpath(uri, posixpath.dirname(here) or ".") + (link[2] or "")

    return _LINK.sub(moved, markdown)


def _targets(source: str, markdown: str) -> Iterator[str]:
    """The files that a Markdown file links, as paths of the repository."""
    for link in _LINK.finditer(markdown):
        yield _joined(source, link[1])


def _joined(source: str, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def _uri(path: str) -> str:
    """Where the site has a file of the repository."""
    return path.removeprefix("docs/") if path.startswith("docs/") else _OUTSIDE + path
