"""An authority of a test, and what it signs: certificates of servers on this machine, and of their clients."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_PEM = serialization.Encoding.PEM


class Authority:
    """Signs certificates for a day; `ca` is the file by which others trust it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.ca = folder / f"{name}.pem"
        self._folder = folder
        self._name = _named(f"Centerline tests {name}")
        self._key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self._certificate = signed
        self.ca.write_bytes(signed.public_bytes(_PEM))

    @classmethod
    def found(cls, folder: Path, name: str = "ca") -> Self:
        """A new one, with its files in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(folder, name)

    def issue(self, name: str, *, key_apart: bool = False) -> Path:
        """A chain and its key, in one PEM file, for a server of this machine or a client of this name.

        With `key_apart` the key is in a file beside it that ends in `.key`.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(_named(name), key, x509.BasicConstraints(ca=False, path_length=None))
        private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        chain = signed.public_bytes(_PEM) + self._certificate.public_bytes(_PEM)
        path = self._folder / f"{name}.pem"
        if key_apart:
            path.write_bytes(chain)
            path.with_suffix(".key").write_bytes(private)
        else:
            path.write_bytes(private + chain)
        return path

    def _sign(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, kind: x509.BasicConstraints) -> x509.Certificate:
        now = datetime.now(UTC)
        places = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(kind, critical=True)
        )
        if not kind.ca:
            builder = builder.add_extension(x509.SubjectAlternativeName(places), critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def server_and_client(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server on this machine, and of a client that trusts its authority alone."""
    authority = Authority.found(folder)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(authority.issue("localhost"))
    return server, ssl.create_default_context(cafile=str(authority.ca))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
