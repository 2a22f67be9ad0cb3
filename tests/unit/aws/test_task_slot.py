"""Which slot a line of DMS names."""

import pytest

from reverse_sync.aws.task_slot import named_in


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["[SOURCE_CAPTURE  ]I:  Reading slot dzps2_awsdms by pglogical_output from 0/16B3748"], "dzps2_awsdms"),
        (['E: replication slot "abc1_00016402_1a2b" does not exist'], "abc1_00016402_1a2b"),
        (["I: Created replication slot 'ab_1'", "I: Slot has plugin 'pglogical'"], "ab_1"),
        (["I: drops slot old_1", "I: Using slot name new_1"], "new_1"),
        (["I: the slot is active", "I: No slot was found", ""], None),
        ([], None),
    ],
)
def test_the_last_line_that_names_a_slot_names_the_tasks(lines: list[str], name: str | None) -> None:
    assert named_in(lines) == name
