"""Two workers share the tests: a file stays together, and the end-to-end tests share one rehearsal."""

import pytest


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests for pytest-xdist's `--dist loadgroup`."""
    for item in items:
        shares_rehearsal = "end_to_end" in item.path.parts
        item.add_marker(pytest.mark.xdist_group("end_to_end" if shares_rehearsal else str(item.path)))
