"""The web addresses in a text, each with the host that it really leads to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, urlsplit, urlunsplit

from community.links.known import domain_of
from community.links.risks import risks_of

# A sentence of Hindi or Urdu ends where its mark stands, also when no space follows; no browser agrees on backslashes.
LINK = re.compile(r"https?://[^\s<>\"'\\।॥۔؟،؛]+(?<![.,;:!?)\]])", re.IGNORECASE)
BARE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?:/[^\s<>\"'\\।॥۔؟،؛]*)?(?![\w@-])", re.IGNORECASE
)
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


@dataclass(frozen=True)
class Link:
    """An address as it was written, and where it leads: `host` is what the network is asked for, in ASCII."""

    written: str
    host: str
    address: str

    @classmethod
    def of(cls, written: str) -> "Link | None":
        """None where an eye could take something else for the host: then it stays text."""
        try:
            parts = urlsplit(written)
            host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        except ValueError:
            return None
        if "@" in parts.netloc or not HOST.fullmatch(host):
            return None
        return cls(written, host, _leading(parts, host, port))

    @property
    def says_its_host(self) -> bool:
        """Whether the eye reads the host that the network is asked for."""
        return self.host == urlsplit(self.written).hostname

    @cached_property
    def domain(self) -> str:
        """The part of the host that somebody has registered: who is behind it."""
        return domain_of(self.host)

    @property
    def parts(self) -> tuple[str, str]:
        """The host as what stands before the domain, and the domain: an eye that reads from the left misses it."""
        found = self.domain and self.host.endswith(self.domain)
        return (self.host[: -len(self.domain)], self.domain) if found else ("", self.host)

    @cached_property
    def risks(self) -> tuple[str, ...]:
        """Why to think before following it, the worst first: keys of `risks.RISKS`."""
        return risks_of(self.host)


def _leading(parts: SplitResult, host: str, port: int | None) -> str:
    return urlunsplit(parts._replace(netloc=f"{host}:{port}" if port else host))


def links_in(text: str) -> Iterator[Link]:
    """Those that a page makes tappable."""
    return (link for found in LINK.finditer(text) if (link := Link.of(found.group())))


def has_link(text: str) -> bool:
    """Whether it leads anywhere: also with an address that hides its host, or that a phone's keyboard completes."""
    return bool(LINK.search(text)) or any(_is_address(found.group()) for found in BARE.finditer(text))


def _is_address(written: str) -> bool:
    """Without a scheme: words with a dot between are taken for an address where somebody means them as one."""
    host, _slash, rest = written.partition("/")
    host = host.lower()
    return bool(domain_of(host)) and (host.startswith("www.") or bool(rest) or bool(risks_of(host)))


def risks_in(text: str) -> set[str]:
    """All that is risky about the addresses in a text."""
    bare = (found.group().partition("/")[0].lower() for found in BARE.finditer(text))
    known = {risk for host in bare if domain_of(host) for risk in risks_of(host)}
    return known.union(*(link.risks for link in links_in(text)))
