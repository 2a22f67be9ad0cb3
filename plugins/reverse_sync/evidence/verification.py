"""Whether a pipeline's records are those that were written: each one that was removed, edited or reordered is named."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from reverse_sync.evidence import store
from reverse_sync.evidence.canonical import sha256
from reverse_sync.evidence.linking import NOT_A_RECORD, content_hash, summary
from reverse_sync.evidence.links import read_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reverse_sync.evidence.links import Link
    from reverse_sync.evidence.shapes import Record
    from reverse_sync.evidence.store import Document
    from reverse_sync.pipeline import Pipeline

RETIREMENT = "retirement"


class Verification(NamedTuple):
    """What was found.

    :param problems: what speaks against the chain, a sentence each
    :param notices: what a reader should know, and what does not: files outside the chain, records that were retired
    :param records: how many records are in the chain
    :param head: the last record's number and hash; the hash of a chain noted elsewhere shows that its end is there
    """

    problems: list[str]
    notices: list[str]
    records: int
    head: tuple[int, str] | None


def verify(pipeline: Pipeline, head: str | None = None) -> Verification:
    """Read all links and records.

    :param head: the hash of a record that has to be in the chain
    """
    links = read_links(pipeline)
    readable = {number: link for number, link in links.items() if link}
    documents = {number: _read(pipeline, link) for number, link in readable.items()}
    retired = _retired(readable, documents)
    outside, end = dict(_outside(pipeline, readable)), max(links, default=0)
    problems = [
        *_gaps(links),
        *_beyond(outside, end),
        *_order(links),
        *(problem for number in sorted(readable) for problem in _record(readable, documents, retired, number)),
        *_retired_links(readable, documents),
    ]
    if head and head not in {link["sha256"] for link in readable.values()}:
        problems.append(f"no record has the SHA-256 {head}: the end of the chain was removed, or all of it made again")
    last = max(readable, default=None)
    return Verification(
        problems=problems,
        notices=list(_notices(outside, end, len(retired))),
        records=len(readable),
        head=(last, readable[last]["sha256"]) if last else None,
    )


def links_hash(links: Iterable[Link]) -> str:
    """The hash of several links, which a retirement keeps of those whose records it removed."""
    return sha256(list(links))


def _read(pipeline: Pipeline, link: Link) -> Document | str:
    """The record of a link, or why there is none."""
    names = (link["file"], store.earlier_name(link["file"], link["sequence"]))
    reasons = []
    for name in names:
        try:
            found = store.read_document(pipeline.evidence, name)
        except ValueError as error:
            reasons.append(f"{name} is damaged or half-written: {error}")
            continue
        if found and _sequence(found) == link["sequence"]:
            return found
        if found and name == names[0]:
            reasons.append(f"{name} says that it is record {_sequence(found)}")
    return "; ".join(reasons) or f"{link['file']} is not there"


def _sequence(document: Mapping[str, object]) -> object:
    chain = document.get("chain")
    return chain.get("sequence") if isinstance(chain, dict) else None


def _gaps(links: Mapping[int, Link | None]) -> Iterator[str]:
    for number in range(1, max(links, default=0) + 1):
        if number not in links:
            yield f"record {number}: its link is missing; it was removed, or lost with its storage"
        elif links[number] is None:
            yield f"record {number}: its link can't be read; it was edited, or is half-written"


def _order(links: Mapping[int, Link | None]) -> Iterator[str]:
    first = links.get(1)
    if first and first["previous_sha256"] is not None:
        yield "record 1: it names a record before it, so it is not the first; the beginning was removed"
    for number, link in links.items():
        if link and link["sequence"] != number:
            yield f"record {number}: its link says that it is record {link['sequence']}; the order was changed"
    for (before, earlier), (number, link) in pairwise(links.items()):
        if earlier and link and number == before + 1 and link["previous_sha256"] != earlier["sha256"]:
            yield (
                f"record {number}: it names {link['previous_sha256']} as the one before it, but record {before} has "
                f"{earlier['sha256']}; one of both was replaced, or the order was changed"
            )


def _record(
    links: Mapping[int, Link], documents: Mapping[int, Document | str], retired: set[int], number: int
) -> Iterator[str]:
    link, document = links[number], documents[number]
    if isinstance(document, str):
        if number not in retired:
            yield f"record {number}: {document}; it was removed, or lost with its storage"
        return
    found = content_hash(document)
    if not found == document["chain"].get("sha256") == link["sha256"]:
        yield f"record {number}: {link['file']} was edited; its content has {found}, its link says {link['sha256']}"
    elif document["chain"].get("previous_sha256") != link["previous_sha256"]:
        yield f"record {number}: its link was edited; it names another record before it than {link['file']} does"
    elif not _same_summary(link, document):
        yield f"record {number}: its link was edited; its summary is not what {link['file']} says"


def _same_summary(link: Link, document: Document) -> bool:
    """Whether the link says of the run what the record does; links of older versions may say less."""
    if "run" not in link:
        return True
    try:
        return link["run"].items() <= summary(cast("Record", document)).items()
    except NOT_A_RECORD:
        return False


def _removals(links: Mapping[int, Link], documents: Mapping[int, Document | str]) -> Iterator[tuple[int, Document]]:
    """What each retirement removed, by the retirement's number; one that was edited removed nothing."""
    for at, found in documents.items():
        if isinstance(found, dict) and found.get("kind") == RETIREMENT and content_hash(found) == links[at]["sha256"]:
            yield at, found["removed"]


def _retired(links: Mapping[int, Link], documents: Mapping[int, Document | str]) -> set[int]:
    """Which records a retirement removed; none removes a later one."""
    removals = _removals(links, documents)
    return {number for at, removed in removals for number in removed["sequences"] if number < at}


def _retired_links(links: Mapping[int, Link], documents: Mapping[int, Document | str]) -> Iterator[str]:
    for at, removal in _removals(links, documents):
        removed = [links[number] for number in removal["sequences"] if number in links]
        if links_hash(removed) != removal["links_sha256"]:
            yield f"record {at}: a link of the records that this retirement removed was edited or removed"


def _outside(pipeline: Pipeline, links: Mapping[int, Link]) -> Iterator[tuple[str, Document | None]]:
    """Files beside those of the chain, with what they hold: older records, and what an ended writer left."""
    inside = {
        name for one in links.values() for name in (one["file"], store.earlier_name(one["file"], one["sequence"]))
    }
    for folder in (pipeline.dag_id, pipeline.decommission_dag_id):
        for name in store.documents(pipeline.evidence, folder):
            if name in inside:
                continue
            try:
                yield name, store.read_document(pipeline.evidence, name) or {}
            except ValueError:
                yield name, None


def _beyond(outside: Mapping[str, Document | None], last: int) -> Iterator[str]:
    """Records that say they follow the last link: with its link, the end of a chain can be taken away unseen."""
    for name, found in outside.items():
        number = _sequence(found) if found else None
        if isinstance(number, int) and number > last:
            yield (
                f"record {number}: {name} is there, but its link is missing; it was removed, or the task was ended "
                "before it made it"
            )


def _notices(outside: Mapping[str, Document | None], last: int, retired: int) -> Iterator[str]:
    for name, found in outside.items():
        number = _sequence(found) if found else None
        if found is None:
            yield f"{name} is half-written, and no part of the chain"
        elif "chain" in found and not (isinstance(number, int) and number > last):
            yield f"{name} says that it is record {number}, but no link names it: it is outside the chain"
    if older := sum(found is not None and found.get("format") == 1 for found in outside.values()):
        yield f"{older} record(s) of format 1 are in no chain: nothing tells whether they were edited"
    if retired:
        yield f"{retired} record(s) were removed by a retirement that is in the chain"
