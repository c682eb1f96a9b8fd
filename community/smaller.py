"""Scripts and styles as phones get them: without what only readers need. The one file that knows the minifier."""

from functools import lru_cache

import minify

SCRIPT, MODULE, STYLE = "application/javascript", "module", "text/css"


@lru_cache(maxsize=200)
def smaller(kind: str, text: str) -> str:
    """The same in fewer letters. Names that other scripts can see stay as they are."""
    found: str = minify.string(kind, text)
    return found
