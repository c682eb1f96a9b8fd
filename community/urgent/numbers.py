"""Whom to call, by country and state: numbers.toml, read once."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

FILE = Path(__file__).with_name("numbers.toml")
HOME = "IN"  # where nobody has said where she is
ANYWHERE = "112"  # what a mobile phone takes for an emergency call in any network


@dataclass(frozen=True)
class Service:
    """Who answers there. `is_icon`: the symbol is one of the icons, else one of the pictures."""

    symbol: str
    word: LazyString
    is_icon: bool = False


SERVICES = {
    "all": Service("alert", _l("All emergencies"), is_icon=True),
    "women": Service("mother", _l("Help for women")),
    "child": Service("girl", _l("Help for children")),
    "ambulance": Service("clinic", _l("Ambulance")),
    "birth": Service("baby", _l("Ambulance for mothers and babies")),
    "police": Service("shield", _l("Police"), is_icon=True),
    "fire": Service("bucket", _l("Fire")),
    "mind": Service("ear", _l("Somebody to talk to"), is_icon=True),
    "health": Service("nurse", _l("Health")),
    "fraud": Service("rupee", _l("Cheated out of money")),
    "missing": Service("boy", _l("Somebody is missing")),
    "disaster": Service("cloud", _l("Flood, storm, earthquake")),
    "elder": Service("elder", _l("Help for old people")),
}


@dataclass(frozen=True)
class Number:
    service: Service
    number: str


@dataclass(frozen=True)
class Place:
    """A country, or a state in it: `IN`, `IN-UP`. A state's name is in its own language, whoever reads it."""

    code: str
    state_name: str = ""
    language: str = ""

    @property
    def country(self) -> str:
        return self.code[:2]

    @property
    def name(self) -> str:
        """The country's, in the reader's language."""
        return str(get_locale().territories.get(self.country, self.country))


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


@lru_cache(maxsize=1)
def places() -> dict[str, Place]:
    """All there are by code, each country before its states."""
    found = {}
    for country, said in _read().items():
        found[country] = Place(country)
        for state, own in said.get("states", {}).items():
            code = f"{country}-{state}"
            found[code] = Place(code, own["name"], own["language"])
    return found


def country_of(zone: str) -> str | None:
    """The country that keeps this time; None for one of which no numbers are known."""
    return next((country for country, said in _read().items() if zone in said["zones"]), None)


@lru_cache(maxsize=64)
def numbers_of(code: str | None) -> tuple[Number, ...]:
    """What is called there, in the order in which it is offered; 112 where the country is not known."""
    place = places().get(code or "")
    if place is None:
        return (Number(SERVICES["all"], ANYWHERE),)
    said = _read()[place.country]
    own = said.get("states", {}).get(place.code[3:], {})
    by_service = said["numbers"] | {service: one for service, one in own.items() if service in SERVICES}
    return tuple(Number(SERVICES[service], number) for service in _order(by_service) for number in by_service[service])


def _order(services: dict[str, Any]) -> list[str]:
    return [service for service in SERVICES if service in services]
