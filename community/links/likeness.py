"""Hosts made to be taken for another: letters that look alike, and known names where their owners are not."""

import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from confusable_homoglyphs import categories, confusables
from flask import current_app, has_app_context

from community.links.known import domain_of, ending_of

SITES = Path(__file__).parent / "lists" / "sites.toml"
# The same to an eye that reads fast, on a small screen.
ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("3", "e"))
LONG = 6  # letters, from which on one wrong letter makes a look-alike and not another word
STATE = ("gov", "nic")  # what a state's own addresses end in


def looks_like_another(host: str) -> bool:
    """Whether the host is one that an eye takes for what it is not."""
    labels = [_spoken(label) for label in host.lower().rstrip(".").split(".")]
    return any(_is_disguised(label) for label in labels) or _borrows(host, labels)


def _spoken(label: str) -> str:
    """A label as a browser would show it."""
    try:
        return label.encode("ascii").decode("idna") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def _is_disguised(label: str) -> bool:
    """Not all of one script, or of letters that all look like plain ones. A name in Devanagari is neither."""
    if label.isascii():
        return False
    scripts = {categories.alias(letter) for letter in label} - {"COMMON", "INHERITED"}
    mixed = "LATIN" in scripts and len(scripts) > 1
    return mixed or _plain(label).isascii()


def _plain(label: str) -> str:
    return "".join(_plain_letter(letter) for letter in label)


@cache
def _plain_letter(letter: str) -> str:
    """The plain letter that it looks like, else itself."""
    if letter.isascii():
        return letter
    found = confusables.is_confusable(letter, greedy=True, preferred_aliases=[]) or []
    alike = (one["c"] for entry in found for one in entry["homoglyphs"])
    return next((one.lower() for one in alike if one.isascii() and one.isalnum()), letter)


def _borrows(host: str, labels: list[str]) -> bool:
    """Whether it uses a known name, or one nearly like it, without being of those who own the name."""
    domain = domain_of(host) or host
    own = _spoken(domain.split(".")[0])
    parts = {part for label in labels for part in label.split("-")}
    for name, domains in _sites().items():
        if domain not in domains and (name in parts or _is_nearly(own, name)):
            return True
    return _plays_state(host, parts)


def _is_nearly(label: str, name: str) -> bool:
    if _folded(label) == _folded(name):
        return True
    return len(name) >= LONG and _one_off(label, name)


def _folded(label: str) -> str:
    label = _plain(label).replace("-", "")
    for pair, letter in ALIKE:
        label = label.replace(pair, letter)
    return label


def _one_off(left: str, right: str) -> bool:
    """Whether one letter more, less, other, or two changed places make one of the other."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    start = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    one, two = left[start:], right[start:]
    swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or (swapped and len(one) > 1 and len(two) > 1)


def _plays_state(host: str, parts: set[str]) -> bool:
    ending = ending_of(host).split(".")
    return any(word in parts and word not in ending for word in STATE)


@cache
def _listed() -> dict[str, frozenset[str]]:
    return {name: frozenset(domains) for name, domains in tomllib.loads(SITES.read_text("utf-8")).items()}


def _sites() -> dict[str, frozenset[str]]:
    """The listed ones, and the courtyard's own address: that is imitated first."""
    ours = urlsplit(current_app.config["PUBLIC_URL"] or "").hostname if has_app_context() else None
    domain = domain_of(ours) if ours else ""
    return _listed() | {domain.split(".")[0]: frozenset({domain})} if domain else _listed()
