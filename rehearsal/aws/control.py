"""The stand-in's own loopback API: faults, durations, policies and the record of calls (its paths are in README.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.aws.call_log import CallLog
    from rehearsal.aws.faults import Faults
    from rehearsal.aws.permissions import Permissions
    from rehearsal.aws.settings import Settings


@dataclass
class Control:
    """Answers the requests below `/rehearsal/`."""

    faults: Faults
    durations: Settings[float]
    policies: Settings[str]
    calls: CallLog
    damage: Callable[[], list[str]]
    permissions: Permissions

    def answer(self, request: Request) -> Response:
        """One request's answer; what cannot be done is a 400 with the reason."""
        _, _, noun, *name = request.path.rstrip("/").split("/")
        verbs: dict[tuple[str, str, int], Callable[[], Any]] = {
            ("GET", "health", 0): lambda: {"status": "available"},
            ("GET", "faults", 0): self.faults.as_dict,
            ("DELETE", "faults", 0): lambda: {"healed": self.faults.heal()},
            ("PUT", "faults", 1): lambda: {"on": self.faults.set(name[0], _body(request))},
            ("DELETE", "faults", 1): lambda: {"healed": self.faults.heal(name[0])},
            ("GET", "damage", 0): self.damage,
            ("GET", "durations", 0): self.durations.as_dict,
            ("PUT", "durations", 0): lambda: self.durations.update(_body(request)),
            ("GET", "policies", 0): self.policies.as_dict,
            ("PUT", "policies", 0): lambda: self.policies.update(_body(request)),
            ("PUT", "iam-policy", 0): lambda: self.permissions.set(_body(request)),
            ("DELETE", "iam-policy", 0): self.permissions.lift,
            ("GET", "calls", 0): self.calls.as_list,
            ("DELETE", "calls", 0): self.calls.clear,
        }
        verb = verbs.get((request.method, noun, len(name)))
        if verb is None:
            return _json({"error": f"there is no {request.method} {request.path}"}, HTTPStatus.NOT_FOUND)
        try:
            return _json(verb())
        except (ValueError, RuntimeError) as error:
            return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)


def _body(request: Request) -> dict[str, Any]:
    body = json.loads(request.get_data() or b"{}")
    if not isinstance(body, dict):
        raise ValueError(f"the body is {json.dumps(body)}; a JSON object is expected")  # noqa: TRY004
    return body


def _json(body: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
