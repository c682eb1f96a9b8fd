"""What is known of hosts: who registers below which endings, who shortens, who cheats. Files, never the network."""

import re
from functools import cache, lru_cache
from pathlib import Path

import tldextract
from antispam_link_shorteners import link_shorteners_list
from flask import current_app, has_app_context

LISTS = Path(__file__).parent / "lists"
ENTRY = re.compile(r"(?:(?:0\.0\.0\.0|127\.0\.0\.1)\s+)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)\.?")
RESERVED = ("bank.in", "fin.in")  # which the Reserve Bank of India gives to banks alone; the list does not know it yet
# Without addresses to fetch from it takes the list that lies in the package; without a cache it writes nothing.
# Short, and always of their own: they hide no more than the long address.
OWN = {"youtu.be", "forms.gle", "wa.me", "g.page", "maps.app.goo.gl", "fb.watch", "amzn.in", "amzn.to"}
_split = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=RESERVED
)


def domain_of(host: str) -> str:
    """What was registered, "example.co.in"; "" where nothing can be: an unknown ending, or a number."""
    return _split(host).top_domain_under_public_suffix


def ending_of(host: str) -> str:
    """What others register below: "co.in"."""
    return _split(host).suffix


def shortens(host: str) -> bool:
    """Whether it leads on to where nobody can see before."""
    return host.lower().rstrip(".").removeprefix("www.") not in OWN and _is_in(link_shorteners_list(), host)


def cheats(host: str) -> bool:
    """Whether a list of phishing names it, or anything above it that somebody registered."""
    return _is_in(_shipped(), host) or _is_in(_operators(), host)


def _is_in(names: frozenset[str] | set[str], host: str) -> bool:
    parts = host.lower().rstrip(".").split(".")
    return any(".".join(parts[start:]) in names for start in range(len(parts) - 1))


@cache
def _shipped() -> frozenset[str]:
    return frozenset((LISTS / "phishing.txt").read_text("ascii").split())


def _operators() -> frozenset[str]:
    """The operator's own lists, hosts files or one name a line: read anew when a file has changed."""
    if not has_app_context():
        return frozenset()
    files = sorted((Path(current_app.config["INSTANCE"]) / "phishing").glob("*.txt"))
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> frozenset[str]:
    lines = "\n".join(file.read_text("utf-8", "replace") for file, _changed in files).lower().split("\n")
    return frozenset(found[1] for line in lines if (found := ENTRY.fullmatch(line.strip())))
