"""`python -m rehearsal.kubernetes --home DIR --port N`: leaves DIR/kubeconfig.json, with which it can be read."""

import argparse
import base64
import json
import secrets
from pathlib import Path
from typing import Any

from rehearsal.certificates import write_certificates
from rehearsal.kubernetes.server import USER, KubernetesServer
from rehearsal.part import announce_ready, part_process
from rehearsal.ports import LOOPBACK


def main() -> None:
    """Serve one ingress over TLS until told to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.kubernetes", description=main.__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder for certificate, key and kubeconfig.json")
    parser.add_argument("--port", type=int, required=True, help="where it listens")
    arguments = parser.parse_args()
    with part_process():
        arguments.home.mkdir(parents=True, exist_ok=True)
        authority, certificate, key = write_certificates(arguments.home, "rehearsal-kubernetes")
        token = secrets.token_urlsafe(24)
        file = arguments.home / "kubeconfig.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(kubeconfig(arguments.port, authority.read_bytes(), token), indent=2))
        server = KubernetesServer(arguments.port, token, certificate, key)
        announce_ready()
        server.serve_forever()


def kubeconfig(port: int, authority: bytes, token: str) -> dict[str, Any]:
    """What a Kubernetes connection of Airflow takes as `kube_config`."""
    cluster = {
        "server": f"https://{LOOPBACK}:{port}",
        "certificate-authority-data": base64.b64encode(authority).decode(),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "rehearsal", "cluster": cluster}],
        "users": [{"name": USER, "user": {"token": token}}],
        "contexts": [{"name": "rehearsal", "context": {"cluster": "rehearsal", "user": USER}}],
        "current-context": "rehearsal",
    }


if __name__ == "__main__":
    main()
