"""What the steps of a decommission share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from reverse_sync.pipeline import Pipeline
    from reverse_sync.results import DecommissionPlan, SelectedTable


class DecommissionArguments(TypedDict):
    """The arguments of every step."""

    pipeline: Pipeline
    tables: list[SelectedTable] | None
    plan: DecommissionPlan | None
