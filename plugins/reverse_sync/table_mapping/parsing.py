"""The text of a mapping file -> its rules, or every fault in it."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reverse_sync.table_mapping import grammar
from reverse_sync.table_mapping.errors import MappingError, Problem
from reverse_sync.table_mapping.expressions import syntax_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Rule = grammar.Selection | grammar.Transformation | grammar.TableSettings

_KNOWN_KEYS = sorted(
    {
        field.alias or name
        for model in (
            grammar.Selection, grammar.Transformation, grammar.SelectionLocator, grammar.Locator, grammar.Filter,
            grammar.Condition, grammar.DataType, grammar.PrimaryKeyDefinition, grammar.Document,
        )
        for name, field in model.model_fields.items()
    }
)  # fmt: skip
_RULE_TYPES = {"selection", "transformation", "table-settings"}


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
            if count > 1:
                where = dict(pairs).get("rule-id")
                message = f"the key {key} stands {count} times in one object; keep one"
                repeated.append(Problem("duplicate-key", message, str(where) if where else None, key))
        return dict(pairs)

    try:
        document = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        raise MappingError(source, [Problem("not-json", message)]) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise MappingError(source, [Problem("not-json", f"not JSON that can be read: {reason}")]) from None
    if repeated:
        raise MappingError(source, repeated)
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
            reason = syntax_error(rule.expression)
            if reason:
                message = f"expression {_shown(rule.expression)} is not one that SQLite can evaluate: {reason}"
                yield Problem("bad-expression", message, str(rule.rule_id), "expression")


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
    code, message = _explain(detail, key or "the document")
    return Problem(code, message, rule_id, key)


def _rule_id(document: Any, index: int) -> str:
    rule = document["rules"][index]
    found = rule.get("rule-id") if isinstance(rule, dict) else None
    return str(found)[:40] if isinstance(found, str | int) and str(found) else f"number {index + 1} in the list"


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
        case "extra_forbidden":
            return "unknown-key", f"unknown key {key}{_did_you_mean(last, _KNOWN_KEYS)}"
        case "literal_error" | "union_tag_invalid":
            allowed = re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags")))
            given = context.get("tag", given)
            key = "rule-type" if kind == "union_tag_invalid" else key
            hint = _did_you_mean(str(given), allowed)
            return "bad-value", f"{key} is {_shown(given)}; allowed: {', '.join(allowed)}{hint}"
        case "rule_id":
            return "bad-value", f"{key} is {_shown(given)}; allowed: {detail['msg']}"
        case _:
            return "bad-value", f"{key} is {_shown(given)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _did_you_mean(word: str, candidates: list[str]) -> str:
    close = difflib.get_close_matches(word[:60], candidates, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
