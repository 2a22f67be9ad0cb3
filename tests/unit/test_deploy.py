"""deploy/: what can be said of it where no Kubernetes is. docs/kubernetes.md says what else was tried, by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from airflow.configuration import retrieve_configuration_description
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator
from kubernetes.client import ApiClient

from tests.support.parts import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = ROOT / "deploy/kubernetes/pod-template.yaml"
POD: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text())
VALUES: dict[str, Any] = yaml.safe_load((ROOT / "deploy/helm/values.yaml").read_text())
OPTIONS = {
    (section, option) for section, found in retrieve_configuration_description().items() for option in found["options"]
}


def test_kubernetes_knows_every_field_of_the_pod_template() -> None:
    read = PodGenerator.deserialize_model_file(str(TEMPLATE))
    assert ApiClient().sanitize_for_serialization(read) == POD


def test_the_executor_makes_a_tasks_pod_of_it() -> None:
    made = PodGenerator.construct_pod(
        dag_id="flightspecials_reverse_sync",
        task_id="verify.compare_row",
        pod_id="one",
        try_number=1,
        kube_image="registry/image:1",
        date=None,
        args=["python", "-m", "airflow.sdk.execution_time.execute_workload"],
        pod_override_object=None,
        base_worker_pod=PodGenerator.deserialize_model_file(str(TEMPLATE)),
        namespace="airflow",
        scheduler_job_id="1",
        run_id="manual__1",
    )
    [container] = made.spec.containers
    assert (container.image, container.args[0]) == ("registry/image:1", "python")
    assert {one["name"] for one in POD["spec"]["containers"][0]["env"]} < {one.name for one in container.env}
    assert (made.spec.restart_policy, made.metadata.labels["dag_id"]) == ("Never", "flightspecials_reverse_sync")


def test_every_setting_is_one_of_airflow() -> None:
    variables = [one["name"] for one in POD["spec"]["containers"][0]["env"]]
    settings = {
        (section.lower(), option.lower())
        for section, option in re.findall(r"AIRFLOW__([A-Z_]+?)__([A-Z_]+)", " ".join(variables))
    }
    settings |= {(section, option) for section, found in VALUES["config"].items() for option in found}
    assert len(settings) == 7
    assert settings - OPTIONS == set()


def test_both_ways_name_the_same_image_secrets_and_storage() -> None:
    texts = [TEMPLATE.read_text(), (ROOT / "deploy/helm/values.yaml").read_text()]
    for name in (
        "YOUR-REGISTRY/reverse-sync-airflow",
        "reverse-sync-connections",
        "airflow-fernet-key",
        "s3://YOUR-BUCKET/airflow-logs",
    ):
        assert all(name in text for text in texts), name


def test_the_chart_gets_the_airflow_of_the_lock() -> None:
    [locked] = re.findall(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert VALUES["airflowVersion"] == locked


def test_no_value_is_a_secret() -> None:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, one in value.items():
                assert not re.search("password|passwd|^pass$|fernetKey$|secretKey$", name) or one is None, name
                yield from texts(one)
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)
        else:
            yield str(value)

    assert [text for text in texts(VALUES) if "://" in text] == ["s3://YOUR-BUCKET/airflow-logs"]
