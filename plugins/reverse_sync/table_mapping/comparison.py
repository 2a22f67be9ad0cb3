"""Two mapping documents, rule by rule: what one has and the other has not."""

from __future__ import annotations

import json
from typing import NamedTuple


class RuleDifference(NamedTuple):
    """One rule that two documents do not share: `found` is None where the first lacks it, `wanted` where the second.

    `rule` is the rule's id and what it does; with both values `key` names the key in which they differ.
    """

    rule: str
    key: str | None
    found: object
    wanted: object

    def said(self, found_in: str, wanted_in: str) -> str:
        """The difference in words, with the names of the two documents."""
        if self.key is None:
            return f"{self.rule} is only in {wanted_in if self.found is None else found_in}"
        return f"{self.rule}: {self.key} is {_shown(self.found)} in {found_in}, {_shown(self.wanted)} in {wanted_in}"


def rule_differences(found: str, wanted: str) -> list[RuleDifference]:
    """The rules in which two documents differ, those that are in both first; ids tell which rules are the same.

    The order of the rules, the layout, and keys that say nothing (null, "" and []) are no difference. ValueError where
    a text is no mapping document.
    """
    before, after = _rules(found), _rules(wanted)
    changed = [
        RuleDifference(_named(after[rule_id]), key, before[rule_id].get(key), after[rule_id].get(key))
        for rule_id in after
        if rule_id in before
        for key in dict.fromkeys((*after[rule_id], *before[rule_id]))
        if before[rule_id].get(key) != after[rule_id].get(key)
    ]
    removed = [
        RuleDifference(_named(rule), None, rule, None) for rule_id, rule in before.items() if rule_id not in after
    ]
    added = [RuleDifference(_named(rule), None, None, rule) for rule_id, rule in after.items() if rule_id not in before]
    return [*changed, *removed, *added]


def _rules(text: str) -> dict[str, dict[str, object]]:
    try:
        rules = json.loads(text)["rules"]
        return {str(rule["rule-id"]): _flat(rule) for rule in rules}
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"not a table mapping: {error}") from None


def _flat(value: dict[str, object], within: str = "") -> dict[str, object]:
    """Path -> value of everything that says something, numbers as their digits."""
    flat: dict[str, object] = {}
    for key, item in value.items():
        if isinstance(item, dict):
            flat |= _flat(item, f"{within}{key}.")
        elif item not in (None, "", []):
            flat[within + key] = str(item) if isinstance(item, int | float) and not isinstance(item, bool) else item
    return flat


def _named(rule: dict[str, object]) -> str:
    names = (rule.get(f"object-locator.{part}-name") for part in ("schema", "table", "column"))
    what = [rule.get("rule-action") or rule.get("rule-type"), rule.get("value")]
    where = ".".join(str(name) for name in names if name)
    return f"rule {rule['rule-id']} ({' '.join(str(part) for part in (*what, 'on', where) if part)})"


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
