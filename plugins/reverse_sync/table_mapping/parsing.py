"""The text of a mapping file -> its rules, or every fault in it."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reverse_sync.table_mapping import grammar, settings
from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.expressions import (
    CONSTANTS,
    HEADERS,
    TYPE_OF_COLUMN,
    Analysis,
    analyse,
    name_expression,
)
from reverse_sync.table_mapping.functions import OF_THE_CONNECTION, OPERATION_INDICATOR, QUOTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Rule = grammar.Selection | grammar.Transformation | settings.TableSettings | settings.Validation

_KNOWN_KEYS = sorted(
    {
        field.alias or name
        for model in (
            grammar.Selection, grammar.Transformation, grammar.Locator, grammar.Filter, grammar.Condition,
            grammar.DataType, grammar.PrimaryKeyDefinition, grammar.Document, settings.TableLocator,
            settings.TableSettings, settings.ParallelLoad, settings.LobSettings, settings.Validation,
        )
        for name, field in model.model_fields.items()
    }
)  # fmt: skip
_RULE_TYPES = {"selection", "transformation", "table-settings", "validation"}
_RULE_TYPES_OF_OTHERS = {
    "object-mapping": "it maps tables to Kafka, Kinesis and DynamoDB as targets",
    "post-processing": "it is for Amazon S3 as the target",
}
_KEYS_OF_OTHERS = {"collection-count-from-metadata", "max-records-skip-per-page", "batch-size"}
_TYPES_OF_OTHERS = ("set", "list", "map", "tuple")
_NO_COLUMN = re.compile(rf"{QUOTED}|\$[\w:]+(?:\([^)]*\))?|(?P<parameter>[:@]\w+)")
"""What SQLite has for a parameter besides `$name`, outside of texts."""
_CURLY_QUOTES = re.compile("[\u2018\u2019\u201c\u201d]")


def parse_rules(text: str, source: str) -> tuple[Rule, ...]:
    """The rules of a mapping; MappingError with every Problem where DMS or Reverse Sync could not use it."""
    document = _load(text, source)
    try:
        rules = grammar.Document.model_validate(document).rules
    except ValidationError as error:
        raise MappingError(source, [_problem(detail, document) for detail in _first_causes(error)]) from None
    problems = [*_duplicates(rules), *_no_selection(rules), *_expressions(rules)]
    if problems:
        raise MappingError(source, problems)
    return rules


def _load(text: str, source: str) -> object:
    repeated: list[Problem] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1 and len({json.dumps(value) for name, value in pairs if name == key}) > 1:
                where = dict(pairs).get("rule-id")
                message = f"the key {key} stands {count} times in one object, with different values; keep one"
                repeated.append(Problem("duplicate-key", message, str(where) if where else None, key))
        return dict(pairs)

    if text.startswith("\ufeff"):
        message = "not JSON that DMS reads: it begins with a byte order mark; save it as UTF-8 without one"
        raise MappingError(source, [Problem("not-json", message)])
    try:
        document = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise MappingError(source, [Problem("not-json", message)]) from None
    except (RecursionError, ValueError) as error:  # a ValueError is of a number with more digits than Python reads
        reason = "nested too deeply" if isinstance(error, RecursionError) else "a number has thousands of digits"
        raise MappingError(source, [Problem("not-json", f"not JSON that can be read: {reason}")]) from None
    if repeated:
        raise MappingError(source, repeated)
    if isinstance(document, dict) and "rules" not in document and "rule-type" in document:
        message = 'a rule stands by itself; put it into the list of rules: {"rules": [...]}'
        raise MappingError(source, [Problem("missing-key", message, _id_of(document), "rules")])
    return document


def _duplicates(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    for key, values in (
        ("rule-id", [str(rule.rule_id) for rule in rules]),
        ("rule-name", [rule.rule_name for rule in rules]),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                rule_id = value if key == "rule-id" else None
                yield Problem(
                    f"duplicate-{key}", f"{key} {value!r} is used by {count} rules; each needs its own", rule_id, key
                )


def _no_selection(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    if not any(isinstance(rule, grammar.Selection) and rule.rule_action != "exclude" for rule in rules):
        yield Problem(
            "no-selection", 'no selection rule includes a table; add one with "rule-action": "include"', None, "rules"
        )


def _expressions(rules: tuple[Rule, ...]) -> Iterator[Problem]:
    for rule in rules:
        if isinstance(rule, grammar.Transformation) and rule.expression:
            problem = _fault_of(rule, rule.expression)
            if problem:
                code, message = problem
                yield Problem(code, message, str(rule.rule_id), "expression")


def _hint(fault: str, expression: str) -> str:
    """What the writer may have meant where SQLite can't evaluate an expression; empty where nothing tells."""
    if _CURLY_QUOTES.search(expression):
        return "; write texts between straight quotes: 'so'"
    bare = _BARE_COLUMN.fullmatch(fault)
    return f"; a column of the source is ${bare[1]} there" if bare else ""


def _fault_of(rule: grammar.Transformation, expression: str) -> tuple[str, str] | None:
    found, shown = analyse(expression), _shown(expression)
    if found.fault:
        return "bad-expression", (
            f"expression {shown} is not one that SQLite can evaluate: {found.fault}{_hint(found.fault, expression)}"
        )
    if parameter := next((hit["parameter"] for hit in _NO_COLUMN.finditer(expression) if hit["parameter"]), None):
        return "bad-expression", f"expression {shown} names {parameter}; a column is ${parameter[1:]} there"
    if cast := next((name for name in found.columns if "::" in name), None):
        return "bad-expression", (
            f"expression {shown}: SQLite takes all of ${cast} for a name, for it has no cast by ::; write "
            f"CAST(${cast.partition('::')[0]} AS ...)"
        )
    if OPERATION_INDICATOR in found.functions:
        return "unsupported-action", (
            "operation_indicator keeps rows in the target that the source has deleted, so the two sides never hold the "
            "same rows and nothing about them can be proved"
        )
    if outside := sorted(found.functions & OF_THE_CONNECTION):
        return "bad-expression", (
            f"expression {shown} calls {outside[0]}, which is about SQLite's connection, not about a row: AWS does not "
            "list it"
        )
    if found.aggregates:
        return "bad-expression", f"expression {shown} aggregates rows, but it is evaluated over one row at a time"
    if TYPE_OF_COLUMN in found.constants:
        return "unsupported-action", (
            f"${TYPE_OF_COLUMN} is a data type that AWS does not say how it spells: nothing made of it can be foreseen"
        )
    for name in (*found.constants, *found.headers):
        if name not in CONSTANTS | HEADERS:
            hint = _did_you_mean(name, sorted(CONSTANTS | HEADERS))
            return "bad-expression", f"expression {shown} names ${name}, which DMS does not have{hint}"
    return _fault_of_scope(rule)


def _fault_of_scope(rule: grammar.Transformation) -> tuple[str, str] | None:
    """What the expression may not name where it stands: a name is made without a row, an added column of no column."""
    found = analyse(rule.expression or "")
    action = rule.rule_action
    if action == "add-column" and "AR_M_SOURCE_COLUMN_NAME" in found.constants:
        return "bad-expression", "an added column has no source column, so $AR_M_SOURCE_COLUMN_NAME names nothing"
    return _fault_of_name(rule.expression or "", found) if action == "rename" else None


def _fault_of_name(expression: str, found: Analysis) -> tuple[str, str] | None:
    """Why an expression gives no name: it is tried on names that any object may have."""
    if outside := [*found.columns, *found.headers]:
        return "bad-expression", f"a name is made of $AR_M_... constants only, not of ${outside[0]}"
    if found.only_dms_knows:
        return "bad-expression", f"a name is made of $AR_M_... constants only, not of {found.only_dms_knows}"
    try:
        [name] = name_expression(expression).evaluate(dict.fromkeys(CONSTANTS, "name"))
    except ValueError as error:
        return "bad-expression", f"expression {_shown(expression)} gives no name: {error}"
    if not isinstance(name, str) or not name:
        return "bad-expression", f"expression {_shown(expression)} gives no name: it gives {name!r:.40}"
    return None


def _first_causes(error: ValidationError) -> Iterator[ErrorDetails]:
    """Its faults, without "too short" about a list whose items are the ones at fault."""
    details = error.errors()
    for detail in details:
        depth = len(detail["loc"])
        if detail["type"] == "too_short" and any(
            other["loc"][:depth] == detail["loc"] for other in details if len(other["loc"]) > depth
        ):
            continue
        yield detail


def _problem(detail: ErrorDetails, document: object) -> Problem:
    path = [part for part in detail["loc"] if part not in _RULE_TYPES]
    rule_id = None
    if len(path) > 1 and path[0] == "rules" and isinstance(path[1], int):
        rule_id = _rule_id(document, path[1])
        path = path[2:]
    key = ".".join(str(part) for part in path) or None
    code, message = _explain(detail, key or ("the rule" if rule_id else "the document"))
    return Problem(code, message, rule_id, key)


def _rule_id(document: Any, index: int) -> str:  # pydantic has found `rules` there, and the rule in it
    rule = document["rules"][index]
    return (_id_of(rule) if isinstance(rule, dict) else None) or f"number {index + 1} in the list"


def _id_of(rule: dict[str, Any]) -> str | None:
    found = rule.get("rule-id")
    return str(found)[:40] if isinstance(found, str | int) and str(found) else None


def _explain(detail: ErrorDetails, key: str) -> tuple[str, str]:
    kind, given = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    last = str(detail["loc"][-1]) if detail["loc"] else key
    match kind:
        case "missing" | "union_tag_not_found":
            key = "rule-type" if kind == "union_tag_not_found" else key
            return "missing-key", f"the key {key} is missing"
        case "missing-key" | "unsupported-action" | "bad-value":
            return kind, detail["msg"]
        case "extra_forbidden" if last in _KEYS_OF_OTHERS:
            return "unsupported-action", f"{key} is for MongoDB and Amazon DocumentDB as the source"
        case "extra_forbidden":
            said = "; it belongs elsewhere" if last in _KNOWN_KEYS else _did_you_mean(last, _KNOWN_KEYS)
            return "unknown-key", f"unknown key {key}{said}"
        case "literal_error" | "union_tag_invalid":
            allowed = re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags")))
            given = context.get("tag", given)
            key = "rule-type" if kind == "union_tag_invalid" else key
            other = _RULE_TYPES_OF_OTHERS.get(str(given)) if key == "rule-type" else None
            if other:
                return "unsupported-action", f"rule-type {given} is not for Oracle as the target: {other}"
            hint = (
                "; AWS has it for document stores"
                if given in _TYPES_OF_OTHERS
                else _did_you_mean(_DMS_NAMES.get(str(given).lower(), str(given)), allowed)
            )
            return "bad-value", f"{key} is {_shown(given)}; allowed: {', '.join(allowed)}{hint}"
        case "rule_id":
            return "bad-value", f"{key} is {_shown(given)}; allowed: {detail['msg']}"
        case _:
            return "bad-value", f"{key} is {_shown(given)}: {_NEEDS.get(kind, _NEEDS_SOMETHING_ELSE).format(**context)}"


_DMS_NAMES = {
    **dict.fromkeys(("varchar", "varchar2", "char", "character varying"), "string"),
    **dict.fromkeys(("nvarchar", "nvarchar2", "nchar"), "wstring"),
    **dict.fromkeys(("number", "decimal"), "numeric"),
    **dict.fromkeys(("int", "integer"), "int4"),
    **dict.fromkeys(("float", "double", "double precision", "binary_double"), "real8"),
    **dict.fromkeys(("timestamp", "timestamptz"), "datetime"),
    **dict.fromkeys(("bytea", "raw"), "bytes"),
    "smallint": "int2",
    "bigint": "int8",
    "real": "real4",
    "text": "nclob",
    "bool": "boolean",
}
"""What databases call a type -> what DMS calls it."""
_BARE_COLUMN = re.compile(r"no such column: (\w+)")
_NEEDS_SOMETHING_ELSE = "that is not what AWS documents there"
_NEEDS = {
    **dict.fromkeys(("string_type",), "it needs a text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "it needs a whole number"),
    **dict.fromkeys(("tuple_type", "list_type"), "it needs a list, [...]"),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "it needs an object, {{...}}"),
    "string_too_short": "it may not be empty",
    "too_short": "it needs at least {min_length} entry",
    "too_long": "it takes at most {max_length} entries",
    "greater_than_equal": "it must be at least {ge}",
    "less_than_equal": "it must be at most {le}",
}
"""What pydantic calls a fault -> what the value there has to be."""


def _did_you_mean(word: str, candidates: list[str]) -> str:
    close = difflib.get_close_matches(word[:60], candidates, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
