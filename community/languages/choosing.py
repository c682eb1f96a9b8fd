"""Which language a page speaks."""

import re

from werkzeug.datastructures import LanguageAccept

from community.languages.tongues import DEFAULT, offered


def choose(*candidates: str | None, accept: LanguageAccept) -> str:
    """The code of the first candidate on offer; else the browser's best wish (ur-PK is ur); else Hindi.

    Candidates come from strangers (a cookie, a query, a form): anything not on offer is passed over.
    """
    codes = [tongue.code for tongue in offered()]
    for candidate in candidates:
        if candidate in codes:
            return str(candidate)
    return _wished(accept, codes)


def _wished(accept: LanguageAccept, codes: list[str]) -> str:
    # Werkzeug's own fallback would let a plain `en` far down the list win over `ur-PK` at its head.
    bare = LanguageAccept([(re.split("[-_]", tag)[0], quality) for tag, quality in accept])
    # Hindi first: `Accept-Language: *` takes whatever stands there.
    return bare.best_match([DEFAULT, *codes], default=DEFAULT)
