"""What the project does outside its tasks, for Airflow to find: the only file here that it imports by itself."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from reverse_sync.run_end import listener


class ReverseSyncPlugin(AirflowPlugin):
    """Lets the listener see how runs end."""

    name = "reverse_sync"
    listeners = [listener]  # noqa: RUF012 - Airflow's own form
