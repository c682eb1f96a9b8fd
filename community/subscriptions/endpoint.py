"""Which addresses a push may go to. An endpoint is a URL from a stranger that our server will call."""

import re
import socket
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from flask import current_app

# A star stands for one or more labels. Setting PUSH_HOSTS adds to these.
HOSTS = (
    "fcm.googleapis.com",  # Chrome, Edge and Samsung on Android, Brave, Opera
    "jmt17.google.com",  # Chrome's early versions
    "*.push.services.mozilla.com",  # Firefox
    "*.push.apple.com",  # Safari
    "*.notify.windows.com",  # Edge on Windows
)
LONGEST = 2048  # characters; the longest seen, from WNS, have about 800
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The one spelling that browsers give: lower case, ASCII, no user, no trailing dot. What is spelt oddly is refused.
ADDRESS = re.compile(
    rf"(https?)://((?:{LABEL}\.)+{LABEL})(?::([1-9][0-9]{{0,4}}))?/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*", re.ASCII
)
LOOPBACK = "127.0.0.1"
POINT = re.compile(r"[A-Za-z0-9_-]{87}=?", re.ASCII)
SECRET = re.compile(r"[A-Za-z0-9_-]{22}(?:==)?", re.ASCII)
# Routed to nobody, to a relay or to a cloud's own machinery, though Python calls some of them global.
NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
UNICAST = ip_network("2000::/3")  # mapped, translated (NAT64) and local addresses are all outside


class Refused(ValueError):
    """The address may not be pushed to."""


class Unresolved(Refused):
    """The name has no address just now; it may have one later."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The push service that an endpoint belongs to. `str` gives what VAPID calls its audience."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        usual = (self.scheme, self.port) == ("https", 443)
        return f"{self.scheme}://{self.host}" if usual else f"{self.scheme}://{self.host}:{self.port}"


def check(endpoint: str) -> None:
    """Raise Refused unless it is https on port 443 of a host on the list, spelt as browsers spell it.

    With PUSH_LOOPBACK, http and https on any port of 127.0.0.1 are admitted too.
    """
    origin_of(endpoint)


def origin_of(endpoint: str) -> Origin:
    """The same check, and whose endpoint it is."""
    found = ADDRESS.fullmatch(endpoint) if len(endpoint) <= LONGEST else None
    if found is None:
        raise Refused("not the address of a push service")
    scheme, host, port = (
        found.group(1),
        found.group(2),
        int(found.group(3) or (443 if found.group(1) == "https" else 80)),
    )
    usual = scheme == "https" and port == 443 and _listed(host)
    if not usual and not (host == LOOPBACK and port < 65536 and current_app.config["PUSH_LOOPBACK"]):
        raise Refused("not a push service that we know")
    return Origin(scheme, host, port)


def _listed(host: str) -> bool:
    return any(
        host.endswith(name[1:]) if name.startswith("*.") else host == name
        for name in (*HOSTS, *current_app.config["PUSH_HOSTS"])
    )


def check_keys(p256dh: str, auth: str) -> None:
    """Raise Refused unless p256dh is an uncompressed point on P-256 and auth has 16 bytes, both base64url."""
    if not SECRET.fullmatch(auth):
        raise Refused("not the keys of a subscription")
    check_point(p256dh)


def check_point(text: str) -> None:
    """Raise Refused unless this is an uncompressed point on P-256, in base64url."""
    if not POINT.fullmatch(text):
        raise Refused("not the keys of a subscription")
    raw = urlsafe_b64decode(text.rstrip("=") + "=")
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError:
        raise Refused("not a point on the curve") from None
    if raw[0] != 4:
        raise Refused("not an uncompressed point")


def pinned(endpoint: str) -> str:
    """The IP address to connect to, resolved now. Raises Refused unless every address of the name is public."""
    return address_of(origin_of(endpoint))


def address_of(origin: Origin, before: str = "") -> str:
    """The same for an origin that was admitted; `before` again where the name still leads there too.

    Needs no app, so that a thread can wait for the resolver.
    """
    if origin.host == LOOPBACK:
        return LOOPBACK
    addresses = _resolved(origin)
    if not all(is_public(address) for address in addresses):
        raise Refused("the name leads to an address that is not public")
    return before if before in addresses else addresses[0]


def _resolved(origin: Origin) -> list[str]:
    """In the order in which the system would try them."""
    try:
        found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except OSError:
        found = []
    if not found:
        raise Unresolved("the name has no address")
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether the whole internet could connect to it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (found.scope_id or found not in UNICAST):
        return False
    return found.is_global and not found.is_multicast and not _is_special(found)


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in NOT_PUBLIC if network.version == address.version)
