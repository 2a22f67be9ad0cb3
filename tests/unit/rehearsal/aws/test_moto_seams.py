"""The places where the stand-in touches moto are still where it touches them."""

from __future__ import annotations

from typing import Any

import moto
import pytest
from moto.logs import models as logs_models
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from rehearsal.aws import moto_seams

MOVED = (
    f"moto {moto.__version__} moved {{}}, which the rehearsal's AWS stands on:"
    " find its new place and change rehearsal/aws/moto_seams.py"
)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (DBInstance, "address"),
        (DBInstance, "db_parameter_group_status_list"),
        (DBInstance, "db_parameter_groups"),
        (RDSBackend, "reboot_db_instance"),
        (RDSBackend, "modify_db_parameter_group"),
        (RDSBackend, "describe_events"),
        (RDSBackend, "create_db_parameter_group"),
        (RDSBackend, "create_db_instance"),
        (RDSResponse, "describe_db_parameters"),
        (logs_models, "EventMessageFilter"),
    ],
)
def test_what_is_replaced_or_called_exists(owner: Any, name: str) -> None:
    assert hasattr(owner, name), MOVED.format(f"{owner.__name__}.{name}")


@pytest.mark.parametrize(
    ("service", "names"),
    [
        ("logs", ["ensure_log_group", "ensure_log_stream", "put_log_events", "groups"]),
        ("cloudwatch", ["put_metric_data"]),
        ("secretsmanager", ["get_secret_value"]),
        ("rds", ["databases", "db_parameter_groups"]),
        ("s3", ["buckets", "put_object", "_pagination_tokens"]),
    ],
)
def test_the_state_of_other_services_can_be_reached(service: str, names: list[str]) -> None:
    backend = moto_seams.backend(service, "aws" if service == "s3" else "ap-northeast-2")
    for name in names:
        assert hasattr(backend, name), MOVED.format(f"{service}.{name}")


def test_an_instance_keeps_its_status_in_an_attribute() -> None:
    backend = moto_seams.backend("rds", "eu-north-1")
    made = backend.create_db_instance(
        {
            "db_instance_identifier": "seam",
            "db_instance_class": "db.t3.micro",
            "engine": "postgres",
            "engine_version": "15.1",
            "allocated_storage": 20,
            "master_username": "postgres",
            "master_user_password": "sesame-7391",
        }
    )
    assert made.status == "available", MOVED.format("DBInstance.status")


def test_a_moved_seam_is_named() -> None:
    with pytest.raises(
        moto_seams.MotoMovedError,
        match=r"moto .* has no moto\.rds\.models\.RDSBackend\.gone, .* change rehearsal/aws/moto_seams\.py",
    ):
        moto_seams._replace(RDSBackend, "gone", None)
