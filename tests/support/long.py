"""The long form of the tests, which `make faults` runs and `make test` skips."""

from __future__ import annotations

import os

import pytest

IS_LONG = os.environ.get("FAULTS") == "all"
only_long = pytest.mark.skipif(not IS_LONG, reason="`make faults` runs it")
