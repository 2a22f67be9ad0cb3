"""Replication slots of any PostgreSQL."""

import time

import psycopg


def drop_slot(connection: psycopg.Connection, slot: str, timeout_s: float = 10) -> None:
    """Drop a slot; whoever reads it loses the connection first. Raises psycopg.Error."""
    deadline = time.monotonic() + timeout_s
    while True:
        connection.execute(
            "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s AND active", [slot]
        )
        try:
            connection.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [slot]
            )
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
