"""A stage for the tests that send values all the way: PostgreSQL, DMS's stand-in, Oracle's, comparison."""

from tests.support.stage_fixtures import oracle, parts, prepared, stage

__all__ = ["oracle", "parts", "prepared", "stage"]
