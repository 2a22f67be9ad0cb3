"""The service's address as Kubernetes tells it: what a load balancer was given for an ingress."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from botocore.exceptions import NoCredentialsError

from reverse_sync.aws.faults import readable_aws_errors
from reverse_sync.errors import NeedsPersonError, ReverseSyncError
from reverse_sync.pipeline import Aws, IngressAddress
from reverse_sync.results import ApiAddress, Outcome
from reverse_sync.waiting import DeferredSensor, PollResult, PollTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Unpack

    from airflow.providers.amazon.aws.hooks.eks import EksHook
    from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
    from airflow.sdk import Context
    from kubernetes.client import ApiException

    from reverse_sync.pipeline import Pipeline
    from reverse_sync.waiting import PollSchedule, WaitKeywords

_TIMEOUT_S = (5, 10)  # to connect, and to answer


def ingress_hosts(address: IngressAddress, aws: Aws) -> list[str]:
    """The hostnames, or IPs, of `.status.loadBalancer.ingress`; none where no load balancer is ready yet.

    https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/#IngressStatus

    :raises ReverseSyncError: where Kubernetes does not answer, or may recover.
    :raises NeedsPersonError: where there is no such ingress, or it may not be read.
    """
    from kubernetes.client import NetworkingV1Api

    with _readable_errors(address), _kubernetes(address, aws) as hook:
        # The client has no types; what is read of the answer, V1Ingress has.
        ingress: Any = NetworkingV1Api(hook.api_client).read_namespaced_ingress(
            address.name, address.namespace, _request_timeout=_TIMEOUT_S
        )
    if ingress.kind != "Ingress":
        raise ReverseSyncError(
            f"{address} should be read with {address.access}, but what answered there sent no ingress: it is no "
            "Kubernetes, or stands before one. Check the server's address in that access."
        )
    balancer = ingress.status and ingress.status.load_balancer
    entries = (balancer and balancer.ingress) or []
    return [host for entry in entries if (host := entry.hostname or entry.ip)]


@contextmanager
def _readable_errors(address: IngressAddress) -> Iterator[None]:
    """Raise as this project's what may be wrong with Kubernetes, and with the way to it."""
    from airflow.sdk.exceptions import AirflowException
    from kubernetes.client import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError
    from yaml import YAMLError

    try:
        yield
    except ApiException as error:
        raise _refusal(error, address) from None
    except (AirflowException, ConfigException, YAMLError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise NeedsPersonError(f"{address} can't be read with {address.access}: {said}. Correct that access.") from None
    except HTTPError as error:
        raise ReverseSyncError(
            f"{address} should be read with {address.access}, but Kubernetes does not answer: {error}. Check the "
            "server's address and certificate in that access, and that this network reaches it."
        ) from None


def ingress_host(address: IngressAddress, aws: Aws) -> str:
    """The first of :func:`ingress_hosts`.

    :raises ReverseSyncError: as that, and where there is none yet.
    """
    hosts = ingress_hosts(address, aws)
    if not hosts:
        raise ReverseSyncError(no_address(address))
    return hosts[0]


def no_address(address: IngressAddress) -> str:
    """That the ingress has no address, and what to look at."""
    return (
        f"{address} is there, but its .status.loadBalancer.ingress names no address: no load balancer is ready for it. "
        f"Look at `kubectl describe ingress/{address.name} -n {address.namespace}` and at the log of the ingress "
        "controller."
    )


def _refusal(error: ApiException, address: IngressAddress) -> ReverseSyncError:
    fact = f"{address} should be read with {address.access}, but Kubernetes answered {error.status} {error.reason}"
    if error.status == 404:
        return NeedsPersonError(f"{fact}: correct canary.address.name or canary.address.namespace.")
    if error.status == 401 and address.eks_cluster:
        return NeedsPersonError(f"{fact}: give the identity behind aws.connection an access entry in that cluster.")
    if error.status == 401:
        return NeedsPersonError(f"{fact}: put a token that is still valid there.")
    if error.status == 403:
        return NeedsPersonError(f"{fact}: let that user `get` this one ingress, as docs/ingress-role.yaml does.")
    return ReverseSyncError(f"{fact}: the next try asks again.")


@contextmanager
def _kubernetes(address: IngressAddress, aws: Aws) -> Iterator[KubernetesHook]:
    """The provider's hook, by the Kubernetes connection, or with a token that EKS takes."""
    from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook

    if address.eks_cluster is None:
        yield KubernetesHook(conn_id=address.connection)
        return
    from airflow.providers.amazon.aws.hooks.eks import EksHook

    with readable_aws_errors(aws.connection):
        eks = EksHook(aws_conn_id=aws.connection, region_name=aws.region)
        _require_active(address, aws, eks.get_cluster_state(address.eks_cluster).value)
        with (
            _credentials_file(eks) as credentials,
            eks.generate_config_file(address.eks_cluster, address.namespace, credentials) as file,
        ):
            yield KubernetesHook(conn_id=None, kubernetes_conn_id=None, config_file=file)


def _require_active(address: IngressAddress, aws: Aws, state: str) -> None:
    """A cluster that is not there has no address, and one that is being made has none yet."""
    if state == "NONEXISTENT":
        raise NeedsPersonError(
            f"{address} should be read with {address.access}, but {aws.region} has no such cluster: correct "
            "canary.address.eks_cluster or aws.region."
        )
    if state not in ("ACTIVE", "UPDATING"):
        raise ReverseSyncError(
            f"{address} should be read with {address.access}, but that cluster is {state}: the next try looks again."
        )


@contextmanager
def _credentials_file(eks: EksHook) -> Iterator[str]:
    """What the provider's kubeconfig sources before it makes a token; readable by this user only, and soon gone."""
    found = eks.get_session().get_credentials()
    if found is None:
        raise NoCredentialsError
    credentials = found.get_frozen_credentials()
    names = {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token,
    }
    file, path = tempfile.mkstemp(prefix="reverse-sync-eks-")
    try:
        with os.fdopen(file, "w") as content:
            content.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in names.items() if value)
        yield path
    finally:
        os.unlink(path)


class IngressFacts(TypedDict):
    """The addresses that the ingress has."""

    hosts: list[str]


class IngressTrigger(PollTrigger):
    """Asks Kubernetes until the ingress has an address.

    :param address: the fields of an `IngressAddress`
    :param aws: the fields of an `Aws`
    """

    async def poll(self) -> PollResult:
        """Ask once."""
        address, aws = IngressAddress(**self.arguments["address"]), Aws(**self.arguments["aws"])
        hosts = await asyncio.to_thread(ingress_hosts, address, aws)
        return PollResult("success" if hosts else "not yet", {"hosts": hosts})


class IngressAddressSensor(DeferredSensor[IngressFacts, ApiAddress]):
    """Waits, deferred, until the ingress of the service has an address.

    :param address: the ingress
    :param pipeline: the pipeline
    """

    def __init__(self, *, address: IngressAddress, pipeline: Pipeline, **kwargs: Unpack[WaitKeywords]) -> None:
        super().__init__(**kwargs)
        self.address = address
        self.aws = pipeline.aws

    def trigger(self, schedule: PollSchedule, context: Context) -> PollTrigger:  # noqa: ARG002
        """Ask for the ingress."""
        return IngressTrigger(address=self.address.model_dump(), aws=self.aws.model_dump(), schedule=schedule)

    def succeed(self, facts: IngressFacts, context: Context) -> ApiAddress:  # noqa: ARG002
        """The first address is the one that is called."""
        return {"outcome": Outcome.FOUND, "host": facts["hosts"][0], "hosts": facts["hosts"]}

    def explain(self, facts: IngressFacts) -> str:  # noqa: ARG002
        """What keeps an ingress from its address."""
        return no_address(self.address)

    def explain_outage(self, reason: str) -> str:
        """What kept it from being found."""
        return reason
