"""What something costs on the wire, as people read it on a recharge: KB of a thousand bytes."""

from community.languages import gettext as _
from community.languages import number


def kilobytes(size: int) -> str:
    """ "14 KB" for so many bytes; never less than it is."""
    return _("%(size)s KB", size=number(-(-size // 1000)))
