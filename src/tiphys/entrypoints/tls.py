"""The certificate of a server: one that is given, or one that the data directory makes for itself."""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tiphys.errors import UsageError
from tiphys.ports.clock import Clock

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

_DIRECTORY = "tls"
_DAYS = 825  # what browsers take at most


class Certificate(Struct, frozen=True):
    """Files in PEM form; ``minimum`` is the oldest version of TLS that is spoken with it."""

    certificate: Path
    key: Path
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2


def given(certificate: str | None, key: str | None) -> Certificate | None:
    """The certificate that options name, None without any.

    Raises:
        UsageError: one of the two is missing or is no file.
    """
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("--tls-cert and --tls-key must be given together")
    for option, file in (("--tls-cert", certificate), ("--tls-key", key)):
        if not Path(file).is_file():
            raise UsageError("there is no such file", where=f"{option} {file}")
    return Certificate(Path(certificate), Path(key))


def keep(home: Path, certificate: bytes, key: bytes) -> Certificate:
    """A certificate and its key as files that only the owner can read."""
    found = Certificate(home / _DIRECTORY / "given.crt", home / _DIRECTORY / "given.key")
    _write(found.key, key + b"\n")
    _write(found.certificate, certificate + b"\n")
    return found


def own(home: Path, host: str, clock: Clock) -> Certificate:
    """The self-signed certificate of a data directory; made anew when it is missing, over or for another host.

    No key comes with the program: two data directories have two keys, in files that only the owner can read.
    """
    from cryptography import x509
    from cryptography.exceptions import InvalidKey

    found = Certificate(home / _DIRECTORY / "tls.crt", home / _DIRECTORY / "tls.key")
    try:
        known = x509.load_pem_x509_certificate(found.certificate.read_bytes())
        names = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if found.key.is_file() and known.not_valid_after_utc > clock.now() + timedelta(days=1) and _name(host) in names:
            return found
    except (OSError, ValueError, InvalidKey, x509.ExtensionNotFound):
        pass
    _make(found, host, clock)
    return found


def _name(host: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)


def _make(files: Certificate, host: str, clock: Clock) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tiphys")])
    names = {_name(host), _name("localhost"), _name("127.0.0.1"), _name("::1")}
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(hours=1))
        .not_valid_after(clock.now() + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    _write(files.key, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    _write(files.certificate, certificate.public_bytes(pem))


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step; nobody else can ever read it."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    part.replace(path)
