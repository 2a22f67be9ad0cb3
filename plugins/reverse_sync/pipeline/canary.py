"""The canary of a pipeline file: the change that a run proves, and how it is made."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from reverse_sync.pipeline.section import ConnectionId, Section, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HttpMethod = Literal["PUT", "POST", "PATCH"]
KeyValue = Annotated[int, Field(strict=True)] | Annotated[str, StringConstraints(min_length=1, max_length=1000)]
RowId = KeyValue | Annotated[dict[str, KeyValue], Field(min_length=1)]
TableName = Annotated[
    str, shaped(r"[^.\s]+\.[^.\s]+", "a schema and a table with a dot between them, for instance shop.orders")
]
Path = Annotated[str, shaped(r"/.*", "a path that begins with /, for instance /orders/{id}")]
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
KubernetesName = Annotated[
    str,
    shaped(
        r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?",
        "a name of Kubernetes, small letters, digits, hyphens and dots, for instance orders-ingress",
    ),
]
# https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html
EksName = Annotated[
    str,
    shaped(
        r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", "the name of an EKS cluster, letters, digits, - and _, for instance prod"
    ),
]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class RowCanary(Section):
    """One row, and the column of it that is changed and proved in Oracle.

    It writes to a service, so nothing that says where or what has a default.
    """

    table: TableName
    """The table that the change is made in; the mapping has to carry it to Oracle."""
    id: RowId
    """The row's primary key: a number, a text or a uuid; of several columns all of them, `{order_no: 7, sku: A-1}`,
    and the placeholders are `{order_no}` and `{sku}` then.
    """
    column: str = Field(min_length=1)
    """The text column that is changed; the mapping has to carry it to Oracle."""
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """What is written; a suffix makes it unique to the run."""
    restore: bool = True
    """Put the old text back."""

    @property
    def schema_and_table(self) -> tuple[str, str]:
        """The source table, split."""
        schema, table = self.table.split(".")
        return schema, table


class IngressAddress(Section):
    """Where Kubernetes tells the service's address: an ingress, read by a connection or with a token of EKS."""

    kind: Literal["ingress"]
    """The host is not the connection's but the one that Kubernetes tells for this ingress; the run waits, deferred,
    until there is one. Without the section the host is the connection's.
    """
    name: KubernetesName
    """The ingress."""
    namespace: KubernetesName
    """Its namespace."""
    connection: ConnectionId | None = None
    """A Kubernetes connection (in-cluster, a kubeconfig). Either this or `eks_cluster`."""
    eks_cluster: EksName | None = None
    """The name of an EKS cluster, for which the AWS connection makes a token. Either this or `connection`."""

    @model_validator(mode="after")
    def _one_access(self) -> IngressAddress:
        if (self.connection is None) == (self.eks_cluster is None):
            raise ValueError("either connection, a Kubernetes connection of Airflow, or eks_cluster, a name")
        return self

    @property
    def access(self) -> str:
        """How it is read, as messages name it."""
        if self.eks_cluster is None:
            return f"the connection {self.connection!r}"
        return f"a token for the EKS cluster {self.eks_cluster!r}"

    def __str__(self) -> str:
        return f"The ingress {self.name} in the namespace {self.namespace}"


class HttpCanary(RowCanary):
    """A change through the service's API."""

    kind: Literal["http"] = "http"
    """How the change is made: `http`, a call of the service's API; `sql`, an UPDATE over `postgres.connection`, for
    a table that no API changes (its login needs UPDATE there), and without the keys of the call: `connection`,
    `address`, `path`, `method`, `body`, `headers`.
    """
    connection: ConnectionId
    """An HTTP connection."""
    address: IngressAddress | None = None
    path: Path
    """Where it is called; `{id}` becomes the row's id."""
    method: HttpMethod
    """How it is called."""
    body: dict[str, object] | list[object]
    """The call's JSON, nested as the service wants it: `{id: "{id}", title: "{text}"}` for example, or a list, as JSON
    Patch has it; `{id}` becomes the id, a number where it is one, `{text}` the text.
    """
    headers: dict[str, str] = Field(default_factory=dict)
    """The call's own headers, with the same placeholders."""
    get_path: Path | None = None
    """A path, with the same placeholders: after the change the API has to answer the new text there."""

    @model_validator(mode="after")
    def _says_what_and_where(self) -> HttpCanary:
        placeholders = set(_placeholders(self.body))
        if "text" not in placeholders:
            raise ValueError("a body in which some value has '{text}', the text that the run writes")
        placeholders |= set(_placeholders([self.path, self.headers]))
        wanted = {"id"} if not isinstance(self.id, dict) else set(self.id)
        if missing := sorted(wanted - placeholders):
            names = ", ".join(f"'{{{name}}}'" for name in missing)
            raise ValueError(f"{names}, of the canary's row, in canary.path, canary.body or canary.headers")
        return self

    def fill_path(self, row_id: RowId) -> str:
        """The path for that row, each value encoded for an address."""
        return _address(self.path, row_id)

    def fill_get_path(self, row_id: RowId) -> str | None:
        """Where the API shows that row after the change; None where the run does not ask it."""
        return None if self.get_path is None else _address(self.get_path, row_id)

    def fill_body(self, row_id: RowId, text: str) -> object:
        """The request's JSON; a value that is one placeholder takes the type of what it stands for."""
        return _filled(self.body, {**_key(row_id), "text": text})

    def fill_headers(self, row_id: RowId, text: str) -> dict[str, str]:
        """The request's own headers."""
        return {name: str(_filled(value, {**_key(row_id), "text": text})) for name, value in self.headers.items()}


class SqlCanary(RowCanary):
    """A change through an UPDATE over the source's connection, for a table that no API changes."""

    kind: Literal["sql"]
    """An UPDATE over `postgres.connection`."""


def _kind(value: object) -> str:
    return str(value.get("kind", "http") if isinstance(value, dict) else getattr(value, "kind", "http"))


Canary = Annotated[
    Annotated[HttpCanary, Tag("http")] | Annotated[SqlCanary, Tag("sql")],
    Discriminator(
        _kind,
        custom_error_type="canary_kind",
        custom_error_message="A section whose kind is 'http' or 'sql'",
    ),
]


def key_text(row_id: RowId) -> str:
    """A row's id as a message has it."""
    return json.dumps(row_id, ensure_ascii=False) if isinstance(row_id, dict) else str(row_id)


def key_values(row_id: RowId, columns: Sequence[str]) -> list[KeyValue] | None:
    """The values of a table's primary key, in the order of its columns; None where the id names other columns."""
    values = row_id if isinstance(row_id, dict) else {columns[0]: row_id} if len(columns) == 1 else {}
    return [values[column] for column in columns] if columns and set(values) == set(columns) else None


def _key(row_id: RowId) -> dict[str, KeyValue]:
    return row_id if isinstance(row_id, dict) else {"id": row_id}


def _address(path: str, row_id: RowId) -> str:
    return str(_filled(path, {name: quote(str(value), safe="") for name, value in _key(row_id).items()}))


def _placeholders(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _placeholders(inside)


def _filled(value: object, values: Mapping[str, object]) -> object:
    """The value with its placeholders replaced at any depth; a brace that names nothing known stays."""
    if isinstance(value, dict):
        return {name: _filled(inside, values) for name, inside in value.items()}
    if isinstance(value, list):
        return [_filled(inside, values) for inside in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), value)
