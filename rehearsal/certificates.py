"""A private authority, and the certificate that it signed for this machine's loopback."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rehearsal.ports import LOOPBACK


class Certificates(NamedTuple):
    """The files: what clients trust, what the server shows, and its key."""

    authority: Path
    certificate: Path
    key: Path


def write_certificates(folder: Path, name: str) -> Certificates:
    """Write ca.crt, server.crt and server.key into ``folder``, the key readable by this user only.

    :param name: the server's common name
    """
    files = Certificates(folder / "ca.crt", folder / "server.crt", folder / "server.key")
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _name(f"{name}-authority")
    hosts = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK)), x509.DNSName("localhost")])
    basic = x509.BasicConstraints(ca=True, path_length=0)
    authority = _certificate(issuer, issuer, authority_key).add_extension(basic, critical=True)
    server = _certificate(_name(name), issuer, key).add_extension(hosts, critical=False)
    files.authority.write_bytes(_pem(authority, authority_key))
    files.certificate.write_bytes(_pem(server, authority_key))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=365))


def _pem(certificate: x509.CertificateBuilder, signer: ec.EllipticCurvePrivateKey) -> bytes:
    return certificate.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
