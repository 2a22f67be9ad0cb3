"""Do the endpoints' extra connection attributes say what they seem to?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reverse_sync.airflow_seams import is_secret_name
from reverse_sync.pipeline.attributes import OF_SOURCES, OF_TARGETS, attributes, is_on
from reverse_sync.preflight import links
from reverse_sync.preflight.finding import Finding, Group, error, warning
from reverse_sync.preflight.nearest import Nearest
from reverse_sync.preflight.registry import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reverse_sync.preflight.cutover import Cutover

_PLUGINS = ("pglogical", "pglogical_output")


@check(Group.REPLICATION, links.DMS_POSTGRES_ATTRIBUTES)
def connection_attribute(cutover: Cutover) -> Iterator[Finding]:
    """An extra connection attribute is none, is a secret, is not documented for its engine, or changes values."""
    dms = cutover.pipeline.dms
    for side, endpoint, known in (
        ("source", dms.source_endpoint, OF_SOURCES),
        ("target", dms.target_endpoint, OF_TARGETS),
    ):
        where = f"dms.{side}_endpoint.extra_connection_attributes"
        for pair in filter(str.strip, endpoint.extra_connection_attributes.split(";")):
            yield from _mistakes(where, pair, known)
        if side == "source":
            yield from _changes_of_values(where, endpoint.attributes)


def _mistakes(where: str, pair: str, known: tuple[str, ...]) -> Iterator[Finding]:
    [(name, value)] = attributes(pair).items()
    if not name or not value:
        yield error(
            f"{where}: {name or 'an attribute'} has no {'value' if name else 'name'}",
            "DMS takes name=value, with a semicolon between two of them",
            "correct it",
        )
    elif is_secret_name(name):
        yield error(
            f"{where}: {name} is a secret",
            "the file is read by everybody who reads the DAGs, and AWS shows the attributes to whoever may list them",
            "remove it: login and password are those of the endpoint's connection, or of its secret",
        )
    elif name not in {one.lower() for one in known}:
        yield warning(
            f"{where}: AWS documents no {name} for this engine{Nearest().hint(name, known)}",
            "DMS refuses the endpoint, or ignores what it does not know",
            "correct the name, or prove in AWS that it does what it should",
        )


def _changes_of_values(where: str, given: dict[str, str]) -> Iterator[Finding]:
    if is_on(given.get("mapunboundednumericasstring"), default=False):
        yield error(
            f"{where}: mapUnboundedNumericAsString is on, which is for PostgreSQL as the target",
            "AWS says not to use it with another target: numbers then travel as texts of at most 28 digits",
            "remove it, and give such columns a precision and scale",
        )
    if is_on(given.get("mapbooleanasboolean"), default=False):
        yield warning(
            f"{where}: mapBooleanAsBoolean is on, and makes a boolean where DMS makes the text 'true' or 'false'",
            "AWS describes it for Redshift, on both endpoints; here booleans are checked and compared as those texts",
            "remove it, and have change-data-type rules with the data-type boolean",
        )
    if (given.get("maplongvarcharas") or "wstring").lower() != "wstring":
        yield warning(
            f"{where}: mapLongVarcharAs is {given['maplongvarcharas']}, and makes LOBs of varchar columns longer than "
            "16387",
            "DMS cuts LOBs at dms.task.limited_lob_max_kb, and here such columns are not looked at for that",
            "remove it, or see that their longest values keep to that limit",
        )
    if (given.get("pluginname") or "pglogical").lower() not in _PLUGINS:
        yield warning(
            f"{where}: pluginName is {given['pluginname']}, and a run prepares pglogical",
            "DMS then decodes by another plugin, and what is known here of pglogical does not hold",
            "remove it, or set pluginName=pglogical",
        )
