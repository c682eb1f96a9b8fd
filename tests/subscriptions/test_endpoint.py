"""Addresses from strangers: what may be pushed to, and what is refused before anything is called."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from community.subscriptions.endpoint import (
    LONGEST,
    Refused,
    Unresolved,
    check,
    check_keys,
    is_public,
    origin_of,
    pinned,
)  # fmt: skip
from tests.notifications.phone import Phone, base64url

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("inside"), pytest.mark.sampled]
FCM = "https://fcm.googleapis.com/fcm/send/abc:APA91b"


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that every name has."""
    addresses: list[str] = []

    def getaddrinfo(host: str, port: int, **_more: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(socket.EAI_AGAIN, "later")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return addresses


@pytest.mark.parametrize(
    "endpoint",
    [
        FCM,
        "https://fcm.googleapis.com/wp/abc:APA91b_-x",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl-_x",
        "https://web.push.apple.com/QGq0aa_-",
        "https://wns2-sg2p.notify.windows.com/w/?token=BQYAAAD%2bx%2fy%3d%3d",
        "https://jmt17.google.com/fcm/send/abc",
    ],
)
def test_real_push_services_are_admitted(endpoint: str) -> None:
    check(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "", "fcm.googleapis.com", "//fcm.googleapis.com/x", "https:fcm.googleapis.com/x", "https://", "https:///x",
        "http://fcm.googleapis.com/fcm/send/abc", "HTTPS://fcm.googleapis.com/x", "ftp://fcm.googleapis.com/x",
        "file:///etc/passwd", "gopher://127.0.0.1:25/_x", "data:text/plain,x", "javascript:alert(1)",
        "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com:80/x", "https://fcm.googleapis.com:/x",
        "https://fcm.googleapis.com:0443/x", "https://fcm.googleapis.com:443:80/x", "https://fcm.googleapis.com:٤٤٣/x",
        "https://who@fcm.googleapis.com/x", "https://fcm.googleapis.com@evil.example/x",
        "https://evil.example#@fcm.googleapis.com/x", "https://evil.example?@fcm.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x", "https://fcm.googleapis.com\\@evil.example/x",
        "https://fcm.googleapis.com%2f@evil.example/x", "https://fcm.googleapis.com&@evil.example/x",
        "https://fcm.googleapis.com.evil.example/x", "https://evilfcm.googleapis.com/x",
        "https://x.fcm.googleapis.com/x", "https://googleapis.com/x", "https://storage.googleapis.com/x",
        "https://push.services.mozilla.com.evil.example/x", "https://evilpush.services.mozilla.com/x",
        "https://notify.windows.com/x", "https://.notify.windows.com/x", "https://a..notify.windows.com/x",
        "https://-a.notify.windows.com/x", "https://a_b.notify.windows.com/x", "https://*.notify.windows.com/x",
        f"https://{'a' * 64}.notify.windows.com/x",
        "https://FCM.googleapis.com/x", "https://fcm.googleapis.com./x", "https://fcm。googleapis。com/x",
        "https://ｆｃｍ.googleapis.com/x", "https://fcm.googleapis.соm/x", "https://xn--fcm-x.googleapis.com/x",
        "https://fcm.googleapis.com", "https://fcm.googleapis.com?x", "https://fcm.googleapis.com/x#y",
        "https://fcm.googleapis.com/x y", "https://fcm.googleapis.com/x\r\nHost: evil", "https://fcm.googleapis.com/\x00",
        " " + FCM, FCM + " ", FCM + "\n", "\t" + FCM, "https://fcm.googleapis.com/मेला", "https://fcm.googleapis.com\n/x",
        "https://fcm.googleapis.com/\\x", 'https://fcm.googleapis.com/"x', "https://fcm.googleapis.com/{1,2}[3]",
        "https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x", "https://0x7f000001/x", "https://017700000001/x",
        "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://localhost/x", "https://localhost.localdomain/x",
        "http://127.0.0.1:8080/x", "https://127.0.0.1:8443/x", "https://169.254.169.254/latest/meta-data/",
        "https://metadata.google.internal/x", "https://10.0.0.1/x", "https://fcm.googleapis.com.nip.io/x",
    ],
    ids=repr,
)  # fmt: skip
def test_everything_else_is_refused(endpoint: str) -> None:
    with pytest.raises(Refused):
        check(endpoint)


def test_a_very_long_address_is_refused() -> None:
    check((FCM + "x" * LONGEST)[:LONGEST])
    with pytest.raises(Refused):
        check((FCM + "x" * LONGEST)[: LONGEST + 1])


@given(st.text(max_size=300))
def test_a_refusal_is_always_a_refusal(text: str) -> None:
    for endpoint in (text, "https://" + text, "https://fcm.googleapis.com" + text):
        try:
            origin = origin_of(endpoint)
        except Refused:
            continue
        assert str(origin) == "https://fcm.googleapis.com"


def test_more_hosts_by_setting(app: Flask) -> None:
    app.config["PUSH_HOSTS"] = ("push.example.org", "*.push.example.net")
    check("https://push.example.org/x")
    check("https://a.b.push.example.net/x")
    for host in ("a.push.example.org", "push.example.net", "example.org"):
        with pytest.raises(Refused):
            check(f"https://{host}/x")


def test_this_machine_by_setting_only(app: Flask, resolver: list[str]) -> None:
    app.config["PUSH_LOOPBACK"] = True
    for url in ("http://127.0.0.1:8081/push/1", "https://127.0.0.1:8443/push/1"):
        check(url)
        assert pinned(url) == "127.0.0.1"
    for url in ("http://127.0.0.2:80/x", "http://localhost:80/x", "http://127.0.0.1:65536/x", "http://[::1]:80/x",
                "http://fcm.googleapis.com/x", "http://10.0.0.1:80/x", "http://0.0.0.0:80/x"):  # fmt: skip
        with pytest.raises(Refused):
            check(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (FCM, "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
        ("http://127.0.0.1:81/x", "http://127.0.0.1:81"),
        ("https://127.0.0.1:81/x", "https://127.0.0.1:81"),
    ],
)
def test_what_a_token_calls_it(app: Flask, url: str, said: str) -> None:
    app.config["PUSH_LOOPBACK"] = True
    assert str(origin_of(url)) == said


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1",
        "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:142.250.0.1", "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::8efa:1", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1",
        "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:8efa:1::1", "3fff::1", "5f00::1", "4000::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2a00:1450::5%eth0", "fec0::1", "ff02::1", "ff0e::1",
        "", "localhost", "127.1", "1.2.3", "8.8.8.8 ",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str, resolver: list[str]) -> None:
    assert not is_public(address)
    resolver[:] = ["142.250.0.1", address]
    with pytest.raises(Refused) as refused:
        pinned(FCM)
    assert not isinstance(refused.value, Unresolved)


@pytest.mark.parametrize("address", ["142.250.0.1", "17.188.0.1", "20.10.1.1", "2a00:1450:4001::200a", "2404:6800::1"])
def test_addresses_that_are_public(address: str, resolver: list[str]) -> None:
    resolver[:] = [address]
    assert pinned(FCM) == address


def test_a_name_without_an_address_is_told_apart(resolver: list[str]) -> None:
    with pytest.raises(Unresolved):
        pinned(FCM)


def test_the_keys_of_a_phone_are_taken() -> None:
    for _ in range(20):
        phone = Phone()
        check_keys(phone.p256dh, phone.auth)
        check_keys(phone.p256dh + "=", phone.auth + "==")


OTHER_CURVE = ec.derive_private_key(7, ec.SECP256K1()).public_key()
POINT = OTHER_CURVE.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
SHORT = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


@pytest.mark.parametrize(
    "p256dh",
    [
        "", "A", base64url(POINT), base64url(SHORT), base64url(b"\x04" + bytes(64)), base64url(b"\x04" + b"\xff" * 64),
        base64url(bytes(65)), base64url(b"\x05" + POINT[1:]), base64url(b"\x04" * 64), base64url(b"\x04" * 66),
        "मेला", "B" * 86 + "\n", "B" * 86 + "+", "B" * 1000,
    ],
)  # fmt: skip
def test_a_key_that_is_not_on_the_curve_is_refused(p256dh: str) -> None:
    with pytest.raises(Refused):
        check_keys(p256dh, Phone().auth)


@pytest.mark.parametrize("size", [0, 1, 15, 17, 32])
def test_a_secret_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Refused):
        check_keys(Phone().p256dh, base64url(os.urandom(size)))


@pytest.mark.parametrize("auth", ["A" * 21 + "\n", "A" * 21 + "/", "A" * 22 + "=", "A" * 22 + "\n", "अ" * 22])
def test_a_secret_that_is_spelt_oddly_is_refused(auth: str) -> None:
    with pytest.raises(Refused):
        check_keys(Phone().p256dh, auth)
