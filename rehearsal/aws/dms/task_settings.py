"""Task settings: what DMS assumes, and what a task says instead.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html; the defaults beside this
file are those that DescribeReplicationTasks shows for a task made without settings.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from rehearsal.aws.dms.errors import invalid_value

_HERE = Path(__file__).parent
DEFAULTS: dict[str, Any] = json.loads((_HERE / "default_task_settings.json").read_text())
_CHOICES: dict[str, list[str]] = json.loads((_HERE / "task_setting_choices.json").read_text())
_REFUSED = {
    *("TargetSchema", "ValidationOnly", "EnableTT", "PostProcessingRules"),
    *("CharacterSetSettings", "LoopbackPreventionSettings", "BeforeImageSettings"),
}
"""What would make other rows, or send them elsewhere, and has no effect here."""
_UNLIMITED = {"RecoverableErrorCount", "RecoveryTimeout"}
"""-1 stands for no limit."""


def merge(text: str | None, *, over: dict[str, Any] | None = None, creating: bool = False) -> dict[str, Any]:
    """The settings of the JSON ``text`` over those of ``over`` (DMS's defaults, if None).

    Raises AwsError with everything that DMS would not take.
    """
    try:
        given = json.loads(text) if text else {}
    except ValueError as error:
        raise invalid_value(f"Task Settings document error: Invalid json: {error}") from error
    if not isinstance(given, dict):
        raise invalid_value("Task Settings document error: Invalid json: an object is expected")
    problems: list[str] = []
    result: dict[str, Any] = _merge_into(copy.deepcopy(over or DEFAULTS), given, "", problems)
    if result["TargetMetadata"]["FullLobMode"] and result["TargetMetadata"]["LimitedSizeLobMode"]:
        problems.append("FullLobMode and LimitedSizeLobMode exclude each other")
    if problems:
        raise invalid_value(f"Task Settings document error: {'; '.join(problems)}")
    if creating and (result["Logging"]["CloudWatchLogGroup"] or result["Logging"]["CloudWatchLogStream"]):
        raise invalid_value("Task Settings CloudWatchLogGroup or CloudWatchLogStream cannot be set on create.")
    return result


def _merge_into(base: dict[str, Any], given: dict[str, Any], path: str, problems: list[str]) -> dict[str, Any]:
    for name, value in given.items():
        where = f"{path}{name}"
        if name not in base:
            problems.append(f"{where} is not known")
        elif name in _REFUSED and value:
            problems.append(f"the rehearsal does not have the effect of {where}; leave it out")
        elif isinstance(base[name], dict) and isinstance(value, dict):
            _merge_into(base[name], value, f"{where}.", problems)
        elif value is None:
            continue
        elif base[name] is not None and type(value) is not type(base[name]):
            problems.append(f"{where} is {json.dumps(value)}; a value like {json.dumps(base[name])[:40]} is expected")
        elif name in _CHOICES and value not in _CHOICES[name]:
            problems.append(f"{where} is {json.dumps(value)}; it can be {', '.join(_CHOICES[name])}")
        elif name == "LobMaxSize" and not 0 <= value <= 102400:
            problems.append(f"{where} is {value} KB; it can be 0 to 102400")
        elif isinstance(value, int) and value < (-1 if name in _UNLIMITED else 0):
            problems.append(f"{where} is {value}; it cannot be negative")
        else:
            base[name] = value
    return base
