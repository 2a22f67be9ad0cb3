"""The address that Kubernetes tells, read by the provider's hook over TLS, with a token."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import moto
import pytest
from airflow.sdk.exceptions import TaskDeferred

from rehearsal.kubernetes.server import INGRESS, NAMESPACE, KubernetesServer
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.pipeline import Aws, HttpCanary, IngressAddress, load
from reverse_sync.verify import api
from reverse_sync.verify.ingress import IngressAddressSensor, IngressTrigger, ingress_host, ingress_hosts
from reverse_sync.verify.ingress_hook import IngressHttpHook
from reverse_sync.waiting import PollSchedule
from tests.support.parts import ROOT, free_port, part

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration
AWS = Aws(region="ap-northeast-2")
ADDRESS = IngressAddress(kind="ingress", name=INGRESS, namespace=NAMESPACE, connection="cluster")


class Cluster:
    """A Kubernetes API that runs, and its kubeconfig."""

    def __init__(self, home: Path) -> None:
        self.kubeconfig: dict[str, Any] = json.loads((home / "kubeconfig.json").read_text())
        self.url: str = self.kubeconfig["clusters"][0]["cluster"]["server"]
        self.certificate = home / "ca.crt"

    def give(self, *hosts: str) -> None:
        """What the load balancer was given."""
        context = ssl.create_default_context(cafile=self.certificate)
        server = http.client.HTTPSConnection(self.url.removeprefix("https://"), timeout=5, context=context)
        server.request("PUT", "/rehearsal/hosts", json.dumps({"hosts": hosts}))
        assert server.getresponse().status == 200
        server.close()

    def connect(self, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
        """Make Airflow's connection `cluster`; ``changes`` replace the cluster's or the user's fields."""
        config = json.loads(json.dumps(self.kubeconfig))
        config["clusters"][0]["cluster"] |= changes.get("cluster", {})
        config["users"][0]["user"] |= changes.get("user", {})
        value = {"conn_type": "kubernetes", "extra": {"kube_config": json.dumps(config)}}
        monkeypatch.setenv("AIRFLOW_CONN_CLUSTER", json.dumps(value))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    home = tmp_path_factory.mktemp("kubernetes")
    with part("kubernetes", "--home", home, "--port", free_port(), log=home / "log"):
        yield Cluster(home)


@pytest.fixture
def cluster(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    running.give()
    running.connect(monkeypatch)
    return running


@pytest.mark.parametrize("host", ["internal-k8s-flights-1234.ap-northeast-2.elb.amazonaws.com", "10.20.30.40"])
def test_the_address_is_the_hostname_or_the_ip(cluster: Cluster, host: str) -> None:
    cluster.give(host, "second.example")
    assert ingress_host(ADDRESS, AWS) == host


def test_no_address_yet_names_the_ingress_and_what_to_look_at(cluster: Cluster) -> None:
    with pytest.raises(ReverseSyncError, match=f"{INGRESS} in the namespace {NAMESPACE} is there, but") as error:
        ingress_host(ADDRESS, AWS)
    assert not isinstance(error.value, NeedsPersonError)
    assert f"kubectl describe ingress/{INGRESS} -n {NAMESPACE}" in str(error.value)


@pytest.mark.parametrize(
    ("changes", "address", "said"),
    [
        ({"user": {"token": "expired"}}, {}, "answered 401 Unauthorized: put a token that is still valid there"),
        ({}, {"name": "another"}, r"answered 403 Forbidden: let that user `get` this one ingress"),
    ],
)
def test_a_refusal_is_for_a_person_and_holds_no_token(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], address: dict[str, Any], said: str
) -> None:
    cluster.connect(monkeypatch, **changes)
    with pytest.raises(NeedsPersonError, match=said) as refused:
        ingress_host(ADDRESS.model_copy(update=address), AWS)
    assert "the connection 'cluster'" in str(refused.value)
    assert cluster.kubeconfig["users"][0]["user"]["token"] not in str(refused.value)


def test_a_server_that_is_away_or_that_nobody_vouches_for_may_recover(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.connect(monkeypatch, cluster={"server": f"https://127.0.0.1:{free_port()}"})
    with pytest.raises(ReverseSyncError, match=r"Kubernetes does not answer: .*Connection refused") as away:
        ingress_host(ADDRESS, AWS)
    assert not isinstance(away.value, NeedsPersonError)
    cluster.connect(monkeypatch, cluster={"certificate-authority-data": None})
    with pytest.raises(ReverseSyncError, match="certificate"):
        ingress_host(ADDRESS, AWS)


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        (None, "The conn_id `cluster` isn't defined"),
        ({"kube_config": "not: [yaml"}, "while parsing a flow sequence"),
        ({"kube_config": "{}"}, "Invalid kube-config file"),
        ({"kube_config_path": "/nowhere/config"}, "No configuration found"),
        ({"kube_config": "{}", "in_cluster": True}, "mutually exclusive"),
    ],
)
def test_an_access_that_cannot_be_used_is_for_a_person(
    monkeypatch: pytest.MonkeyPatch, connection: dict[str, Any] | None, said: str
) -> None:
    if connection is not None:
        value = json.dumps({"conn_type": "kubernetes", "extra": connection})
        monkeypatch.setenv("AIRFLOW_CONN_CLUSTER", value)
    with pytest.raises(NeedsPersonError, match=f"can't be read with the connection 'cluster': .*{said}") as refused:
        ingress_host(ADDRESS, AWS)
    assert str(refused.value).endswith(". Correct that access.")
    assert "\n" not in str(refused.value)


@pytest.fixture
def answering(running: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """A server in the place of Kubernetes that answers what it is told."""
    port = free_port()
    server = Answering(port, "", running.certificate.parent / "server.crt", running.certificate.parent / "server.key")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    running.connect(monkeypatch, cluster={"server": f"https://127.0.0.1:{port}"})
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Answering(KubernetesServer):
    """Answers everything with ``body``, once ``silent`` is over."""

    body = b""
    silent = threading.Event()

    def finish_request(self, request: Any, client_address: Any) -> None:
        Answer(request, client_address, self)


class Answer(BaseHTTPRequestHandler):
    """One answer."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Answering)
        server.silent.wait(10)
        self.send_response(200)
        self.send_header("Content-Length", str(len(server.body)))
        self.end_headers()
        self.wfile.write(server.body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """Quiet."""


def ingress(**status: Any) -> bytes:
    return json.dumps({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", **status}).encode()


@pytest.mark.parametrize(
    ("body", "hosts"),
    [
        (ingress(), []),
        (ingress(status=None), []),
        (ingress(status={"loadBalancer": None}), []),
        (ingress(status={"loadBalancer": {"ingress": [{"ports": [{"port": 80, "protocol": "TCP"}]}]}}), []),
        (ingress(status={"loadBalancer": {"ingress": [{"hostname": ""}, {"ip": "fd00::1"}]}}), ["fd00::1"]),
        (ingress(status={"loadBalancer": {"ingress": [{"hostname": "", "ip": "10.0.0.1"}]}}), ["10.0.0.1"]),
    ],
)
def test_whatever_kubernetes_leaves_out_is_no_address(answering: Answering, body: bytes, hosts: list[str]) -> None:
    answering.silent.set()
    answering.body = body
    assert ingress_hosts(ADDRESS, AWS) == hosts


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>Log in</html>", b'{"kind": "Status"}'])
def test_what_is_no_kubernetes_is_named(answering: Answering, body: bytes) -> None:
    answering.silent.set()
    answering.body = body
    with pytest.raises(ReverseSyncError, match="what answered there sent no ingress"):
        ingress_hosts(ADDRESS, AWS)


def test_a_kubernetes_that_says_nothing_is_not_waited_for(
    answering: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering.silent.clear()
    monkeypatch.setattr("reverse_sync.verify.ingress._TIMEOUT_S", (0.2, 0.2))
    with pytest.raises(ReverseSyncError, match=r"Kubernetes does not answer: .*Read timed out"):
        ingress_hosts(ADDRESS, AWS)
    answering.silent.set()


def test_an_ipv6_address_is_written_as_urls_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_FLIGHTSPECIALS_API", '{"conn_type": "http", "host": "ignored", "port": 8081}')
    hook = IngressHttpHook(host="fd00::1", http_conn_id="flightspecials_api")
    hook.get_conn()
    assert hook.base_url == "http://[fd00::1]:8081"


@pytest.mark.parametrize(
    ("state", "kind", "said"),
    [
        (
            None,
            NeedsPersonError,
            "ap-northeast-2 has no such cluster: correct canary.address.eks_cluster or aws.region",
        ),
        ("CREATING", ReverseSyncError, "but that cluster is CREATING"),
    ],
)
def test_an_eks_cluster_that_is_not_there_or_not_ready_is_named(
    monkeypatch: pytest.MonkeyPatch, state: str | None, kind: type[Exception], said: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", '{"conn_type": "aws", "login": "key", "password": "secret"}')
    address = IngressAddress(kind="ingress", name=INGRESS, namespace=NAMESPACE, eks_cluster="flights")
    with moto.mock_aws():
        if state:
            role = "arn:aws:iam::123456789012:role/eks"
            boto3.client("eks", AWS.region).create_cluster(name="flights", roleArn=role, resourcesVpcConfig={})
            from moto.eks.models import eks_backends

            eks_backends["123456789012"][AWS.region].clusters["flights"].status = state
        with pytest.raises(ReverseSyncError, match=said) as refused:
            ingress_host(address, AWS)
    assert type(refused.value) is kind


def sensor() -> IngressAddressSensor:
    pipeline = load(ROOT / "include/pipelines/flightspecials.yaml")
    return IngressAddressSensor(
        task_id="api_address", address=ADDRESS, pipeline=pipeline, first_poll_s=0.1, longest_poll_s=5, timeout_s=1800
    )


@pytest.mark.asyncio
async def test_the_wait_is_deferred_and_ends_with_the_address(cluster: Cluster) -> None:
    trigger = IngressTrigger(
        address=ADDRESS.model_dump(), aws=AWS.model_dump(), schedule=PollSchedule.within(60, 0.1, 0.1)
    )
    path, arguments = trigger.serialize()
    assert (path, json.loads(json.dumps(arguments))) == (f"{IngressTrigger.__module__}.IngressTrigger", arguments)
    events = trigger.run()
    waiting = anext(events)
    timer = threading.Timer(0.5, cluster.give, ["lb.example"])
    timer.start()
    event = await waiting
    timer.join()
    assert event.payload == {"status": "success", "facts": {"hosts": ["lb.example"]}, "could_not_look": ""}


def test_the_sensor_defers_without_an_address_and_says_so_at_the_end(cluster: Cluster) -> None:
    with pytest.raises(TaskDeferred):
        sensor().execute({})
    with pytest.raises(NeedsPersonError, match=r"Waited 1800 s without success.*names no address"):
        sensor().execute_complete({}, {"status": "not yet", "facts": {"hosts": []}, "could_not_look": ""})
    cluster.give("lb.example")
    assert sensor().execute({}) == {"outcome": "found", "host": "lb.example", "hosts": ["lb.example"]}


def test_the_change_goes_to_the_ingress_with_the_connections_port_and_login(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[tuple[str, str | None]] = []

    class Service(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            received.append((self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Quiet."""

    service = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=service.serve_forever)
    thread.start()
    connection = {
        "conn_type": "http",
        "host": "nowhere.invalid",
        "port": service.server_port,
        "login": "u",
        "password": "p",
    }
    monkeypatch.setenv("AIRFLOW_CONN_FLIGHTSPECIALS_API", json.dumps(connection))
    cluster.give("127.0.0.1")
    canary = load(ROOT / "include/pipelines/flightspecials.yaml").canaries[0].model_copy(update={"address": ADDRESS})
    assert isinstance(canary, HttpCanary)
    try:
        assert api.change(api.Call(canary, "PUT", 3, "a text"), AWS) == 200
    finally:
        service.shutdown()
        service.server_close()
        thread.join()
    assert received == [("/travelbuddy/flightspecials/3/name", "Basic dTpw")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_eks_cluster_gets_a_token_of_its_own_and_no_credentials_stay(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", '{"conn_type": "aws", "login": "key", "password": "secret"}')
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    address = IngressAddress(kind="ingress", name=INGRESS, namespace=NAMESPACE, eks_cluster="flights")
    with moto.mock_aws():
        boto3.client("eks", AWS.region).create_cluster(
            name="flights", roleArn="arn:aws:iam::123456789012:role/eks", resourcesVpcConfig={}
        )
        from moto.eks.models import eks_backends

        known = eks_backends["123456789012"][AWS.region].clusters["flights"]
        known.endpoint = cluster.url
        known.certificate_authority = {
            "data": cluster.kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"]
        }
        # The stand-in does not know the token that was made for EKS: that it refuses it shows that it got one.
        with pytest.raises(
            NeedsPersonError,
            match="a token for the EKS cluster 'flights', but Kubernetes answered 401 Unauthorized: give the identity",
        ):
            ingress_host(address, AWS)
    assert [file.name for file in tmp_path.iterdir() if "eks" in file.name] == []
