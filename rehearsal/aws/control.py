"""The stand-in's own loopback API: faults, durations, and the record of calls.

GET    /rehearsal/health
GET    /rehearsal/faults            what can be asked for, and what is on
PUT    /rehearsal/faults/NAME       {"calls": 3, ...}
DELETE /rehearsal/faults[/NAME]     heal one, or all
GET    /rehearsal/durations         PUT: {"reboot": 60, "test_connection": 20, ...} in seconds
GET    /rehearsal/calls             DELETE: forget them
GET    /rehearsal/policies          PUT: {"slot_on_task_deletion": "dropped", ...} for tasks started from now on
"""

from __future__ import annotations

import json
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from rehearsal.aws.faults import KINDS, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.calls import CallLog
    from rehearsal.aws.policies import Policies
    from rehearsal.aws.timing import Durations


class Control:
    """Answers the requests below `/rehearsal/`."""

    def __init__(self, faults: Faults, durations: Durations, policies: Policies, calls: CallLog) -> None:
        self._faults = faults
        self._durations = durations
        self._policies = policies
        self._calls = calls

    def answer(self, request: Request) -> Response:
        """One request's answer; what cannot be done is a 400 with the reason."""
        _, _, noun, *name = request.path.rstrip("/").split("/")
        verbs: dict[tuple[str, str, int], Callable[[], Any]] = {
            ("GET", "health", 0): lambda: {"status": "available"},
            ("GET", "faults", 0): self._list_faults,
            ("DELETE", "faults", 0): lambda: {"healed": self._faults.heal()},
            ("PUT", "faults", 1): lambda: self._set_fault(name[0], _body(request)),
            ("DELETE", "faults", 1): lambda: self._heal(name[0]),
            ("GET", "durations", 0): self._durations.as_dict,
            ("PUT", "durations", 0): lambda: self._set_durations(_body(request)),
            ("GET", "policies", 0): self._policies.as_dict,
            ("PUT", "policies", 0): lambda: self._policies.update(_body(request)),
            ("GET", "calls", 0): self._calls.as_list,
            ("DELETE", "calls", 0): self._calls.clear,
        }
        verb = verbs.get((request.method, noun, len(name)))
        if verb is None:
            return _json({"error": f"there is no {request.method} {request.path}"}, HTTPStatus.NOT_FOUND)
        try:
            return _json(verb())
        except (ValueError, RuntimeError) as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)

    def _list_faults(self) -> dict[str, Any]:
        kinds = {name: {"summary": kind.summary, "defaults": kind.defaults} for name, kind in KINDS.items()}
        return {"faults": kinds, "on": self._faults.on()}

    def _set_fault(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self._faults.set(name, arguments)
        return {"on": self._faults.on()}

    def _heal(self, name: str) -> dict[str, Any]:
        if name not in KINDS:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(KINDS)}")
        return {"healed": self._faults.heal(name)}

    def _set_durations(self, seconds: dict[str, Any]) -> dict[str, float]:
        self._durations.update(seconds)
        return self._durations.as_dict()


def healthy(port: int, timeout_s: float = 5) -> bool:
    """Whether the AWS on this port serves."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/rehearsal/health", timeout=timeout_s) as answer:
            return bool(json.load(answer)["status"] == "available")
    except OSError:
        return False


def _body(request: Request) -> dict[str, Any]:
    body = json.loads(request.get_data() or b"{}")
    if not isinstance(body, dict):
        raise ValueError(f"the body is {json.dumps(body)}; a JSON object is expected")  # noqa: TRY004
    return body


def _json(body: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
