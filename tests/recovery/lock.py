"""A phone's lock, made of software: it makes keys and shows them as a browser would, or lies as a thief would."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(data: str) -> bytes:
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))


@dataclass
class Lock:
    """One key of one phone. `origin` is what its browser's address bar says."""

    name: bytes = b"a key of sixteen"
    origin: str = "http://localhost"
    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, question: dict[str, Any]) -> str:
        """The answer to the question for a new key."""
        numbers = self.key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        held = bytes(16) + len(self.name).to_bytes(2, "big") + self.name + public
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + held})
        return self._said("webauthn.create", question, attestationObject=text(attested))

    def show(self, question: dict[str, Any]) -> str:
        """The answer to the question for a key."""
        self.count += 1
        data = self._data(self.flags)
        client = self._client("webauthn.get", question)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._said("webauthn.get", question, authenticatorData=text(data), signature=text(signed))

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, question: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": question["challenge"], "origin": self.origin}).encode()

    def _said(self, kind: str, question: dict[str, Any], **parts: str) -> str:
        response = {"clientDataJSON": text(self._client(kind, question)), **parts}
        return json.dumps({"id": text(self.name), "rawId": text(self.name), "type": "public-key", "response": response})
