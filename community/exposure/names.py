"""What people and groups are called is seen by everybody."""

from community.exposure.numbers import has_aadhaar, has_contact
from community.languages import gettext as _


def exposes(name: str) -> bool:
    """Whether it leads to a person, or away from here."""
    return "://" in name or has_aadhaar(name) or has_contact(name)


def unfit(name: str) -> str:
    """What to say beside such a name; "" for any other."""
    return _("A name is seen by all. Leave numbers and addresses out of it.") if exposes(name) else ""
