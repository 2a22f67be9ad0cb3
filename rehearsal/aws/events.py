"""Events of RDS and of DMS: kept, and found again by the parameters that both of their DescribeEvents have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any


class Events:
    """What happened in one service, oldest first."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []

    def add(self, kind: str, identifier: str, category: str, message: str, **more: Any) -> None:
        """Remember that something happened now to the resource of that SourceType and SourceIdentifier."""
        self._events.append(
            {
                "SourceIdentifier": identifier,
                "SourceType": kind,
                "Message": message,
                "EventCategories": [category],
                "Date": datetime.now(UTC),
                **more,
            }
        )

    def find(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Those of the last hour, or as the parameters say: StartTime, EndTime, Duration (minutes), SourceType ...

        https://docs.aws.amazon.com/dms/latest/APIReference/API_DescribeEvents.html
        """
        start, end = asked.get("StartTime"), asked.get("EndTime")
        age, now = timedelta(minutes=int(asked.get("Duration") or 60)), datetime.now(UTC)
        categories = set(asked.get("EventCategories") or ())
        return [
            event
            for event in self._events
            if (start <= event["Date"] if start else now - event["Date"] <= age)
            and (end is None or event["Date"] <= end)
            and all(asked.get(key) in (None, event[key]) for key in ("SourceIdentifier", "SourceType"))
            and (not categories or categories & set(event["EventCategories"]))
        ]
