"""Which language a page speaks."""

import re

from werkzeug.datastructures import LanguageAccept

from community.languages.tongues import DEFAULT, offered

# Other names of ours that phones use, and neighbours who read one of them rather than English.
ALSO = {
    "asm": "as", "ben": "bn", "npi": "ne", "nep": "ne", "ory": "or", "ori": "or", "gom": "kok", "knn": "kok",
    "dgo": "doi", "kas": "ks", "snd": "sd", "san": "sa", "pnb": "ur", "skr": "ur",
    "awa": "hi", "bgc": "hi", "bho": "hi", "bns": "hi", "hne": "hi", "mag": "hi", "mwr": "hi", "raj": "hi",
}  # fmt: skip


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
    bare = LanguageAccept([(_ours(tag), quality) for tag, quality in accept])
    # Hindi first: `Accept-Language: *` takes whatever stands there.
    return bare.best_match([DEFAULT, *codes], default=DEFAULT)


def _ours(tag: str) -> str:
    """Our code of a browser's tag, whatever script and land it names: mni-Mtei is mni, sd-Deva-IN is sd."""
    bare = re.split("[-_]", tag)[0].lower()
    return ALSO.get(bare, bare)
