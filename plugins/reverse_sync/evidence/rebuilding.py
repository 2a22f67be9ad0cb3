"""Links that were lost or half-written are made again out of the records, which say all that a link does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from reverse_sync.evidence import store
from reverse_sync.evidence.linking import NOT_A_RECORD, content_hash, link_of
from reverse_sync.evidence.links import make_link, read_links, remove_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reverse_sync.evidence.links import Link
    from reverse_sync.pipeline import Pipeline


class Rebuilt(NamedTuple):
    """The numbers of the links that were made again, and of those that could not be, a sentence each."""

    made: list[int]
    left: list[str]


def rebuild(pipeline: Pipeline) -> Rebuilt:
    """Make each link again that is missing or can't be read, where one record fits between its neighbours.

    A record that was edited has not the hash that it says, or not the one that the next link names: no link is made
    for it, so that nothing is hidden.
    """
    links = read_links(pipeline)
    records = _unlinked(pipeline, links)
    last = max([*links, *records], default=0)
    made, left = [], []
    for number in range(last, 0, -1):  # backwards: the link after it says which hash is the right one
        if links.get(number):
            continue
        fitting = [one for one in records.get(number, []) if _fits(one, links.get(number + 1))]
        if len(fitting) != 1:
            left.append(f"record {number}: {len(fitting) or 'no'} record(s) fit, so its link is not made again")
            continue
        if number in links:
            remove_link(pipeline, number)
        links[number] = fitting[0]
        if make_link(pipeline, fitting[0]):
            made.append(number)
    return Rebuilt(sorted(made), left[::-1])


def _fits(link: Link, after: Link | None) -> bool:
    return after is None or after["previous_sha256"] == link["sha256"]


def _unlinked(pipeline: Pipeline, links: Mapping[int, Link | None]) -> dict[int, list[Link]]:
    """What the links of records would be that no link names; only of records whose hash is that of their content."""
    known = {link["sha256"] for link in links.values() if link}
    found: dict[int, list[Link]] = {}
    for file, document in _documents(pipeline):
        with suppress(*NOT_A_RECORD):
            place = document["chain"]
            if place["sha256"] == content_hash(document) and place["sha256"] not in known:
                link = link_of(document, store.first_name(file, place["sequence"]))
                found.setdefault(link["sequence"], []).append(link)
    return found


def _documents(pipeline: Pipeline) -> Iterator[tuple[str, store.Document]]:
    """The records of both DAGs and the retirements; what is half-written is none."""
    for folder in (pipeline.dag_id, pipeline.decommission_dag_id, f"chains/{pipeline.name}"):
        for file in store.documents(pipeline.evidence, folder):
            try:
                yield file, store.read_document(pipeline.evidence, file) or {}
            except ValueError:
                continue
