"""A certificate authority of our own, and the certificate of a push service on this machine."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))


@dataclass(frozen=True)
class Papers:
    """Files: the authority that a client is to trust, and the key and certificate of the server."""

    ca: Path
    key: Path
    certificate: Path


def papers(folder: Path, *names: str) -> Papers:
    """For 127.0.0.1 and these names."""
    issuer, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _signed("Aangan's test authority", issuer, issuer, x509.BasicConstraints(ca=True, path_length=0))
    others = [x509.DNSName(name) for name in names]
    leaf = _signed("push", own, issuer, x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), *others]))
    found = Papers(folder / "ca.pem", folder / "key.pem", folder / "certificate.pem")
    found.ca.write_bytes(ca.public_bytes(Encoding.PEM))
    found.key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    found.certificate.write_bytes(leaf.public_bytes(Encoding.PEM))
    return found


def _signed(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType
) -> x509.Certificate:
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aangan's test authority")])
    builder = x509.CertificateBuilder(
        issuer_name=authority,
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=VALID[0],
        not_valid_after=VALID[1],
    )
    return builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints)).sign(
        issuer, SHA256()
    )
