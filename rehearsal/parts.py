"""The parts of the rehearsal: how each is started and when."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.layout import Layout, Ports


@dataclass(frozen=True)
class Part:
    """One process of the rehearsal."""

    name: str
    arguments: Callable[[Layout, Ports], list[object]]
    after: tuple[str, ...] = ()
    has_data: bool = True
    """Whether it has data of its own, and so takes `--keep`: to go on with those that it finds, and leave its own."""

    def command(self, layout: Layout, ports: Ports) -> list[str]:
        """What starts the part."""
        return [sys.executable, "-m", f"rehearsal.{self.name}", *map(str, self.arguments(layout, ports))]


def _postgres(layout: Layout, ports: Ports) -> list[object]:
    return ["--home", layout.part_home("postgres"), "--port", ports.postgres, "--control-port", ports.postgres_control]


def _oracle(layout: Layout, ports: Ports) -> list[object]:
    return ["--home", layout.part_home("oracle"), "--port", ports.oracle]


def _aws(layout: Layout, ports: Ports) -> list[object]:
    control = f"http://127.0.0.1:{ports.postgres_control}"
    return [
        *("--home", layout.part_home("aws"), "--port", ports.aws),
        *("--postgres-port", ports.postgres, "--postgres-control", control, "--oracle-port", ports.oracle),
    ]


def _flightspecials_api(_layout: Layout, ports: Ports) -> list[object]:
    return ["--port", ports.flightspecials_api, "--postgres-port", ports.postgres]


def _airflow(layout: Layout, ports: Ports) -> list[object]:
    return [
        *("--home", layout.part_home("airflow"), "--cache", layout.cache, "--port", ports.airflow),
        *("--postgres-port", ports.postgres, "--oracle-port", ports.oracle),
        *("--aws-port", ports.aws, "--api-port", ports.flightspecials_api),
    ]


# Airflow first: it takes longest, and needs only to know where the others will be.
PARTS = (
    Part("airflow", _airflow),
    Part("postgres", _postgres),
    Part("oracle", _oracle),
    Part("aws", _aws, after=("postgres", "oracle")),
    Part("flightspecials_api", _flightspecials_api, after=("postgres",), has_data=False),
)
