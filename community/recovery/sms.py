"""A message to a number: what every carrier of messages looks like to us, and the one that most of them can be. Off,
unless an operator has one: nobody needs a number here, and each message costs.
"""

from typing import Protocol

import phonenumbers
from flask import current_app
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from community.translating.engines import NotAtAll
from community.translating.wire import Line

MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class Carrier(Protocol):
    """Only the outbox calls it: each call may take as long as the network does, and costs."""

    def send(self, number: str, text: str) -> None:
        """Hand the text over, for this number with its country in front. Raises NotNow or NotAtAll."""


class Https:
    """POST {"to", "text", "sender", "template"} as JSON to one address of the operator's, with a key in a header."""

    def __init__(self, line: Line, key: str, sender: str, template: str) -> None:
        self.line, self.key, self.names = line, key, {"sender": sender, "template": template}

    def send(self, number: str, text: str) -> None:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        self.line.post("", {"to": number, "text": text, **self.names}, **headers)


def carrier() -> Carrier:
    """The one that is set up. Raises NotAtAll where none is, or where its address is none that may be asked."""
    config = current_app.config
    if config["SMS"] == "none":
        raise NotAtAll("no carrier is set up")
    line = Line(config["SMS_URL"], loopback=config["SMS_LOOPBACK"])
    return Https(line, config["SMS_KEY"], config["SMS_SENDER"], config["SMS_TEMPLATE"])


def number_of(text: str) -> str | None:
    """The mobile number with its country, as in +918123456789; None where it is none, or not of our countries.

    Numbers that cost whoever calls them are no mobile numbers.
    """
    countries = current_app.config["SMS_COUNTRIES"]
    try:
        found = phonenumbers.parse(text, phonenumbers.region_code_for_country_code(countries[0]))
    except NumberParseException:
        return None
    ours = found.country_code in countries and not found.extension and phonenumbers.is_valid_number(found)
    if not ours or phonenumbers.number_type(found) not in MOBILE:
        return None
    return str(phonenumbers.format_number(found, PhoneNumberFormat.E164))
