"""How bytes are packed, and which packing a phone takes. The only file that knows the libraries."""

import gzip
import sys
from collections.abc import Callable

import brotli
from flask import request

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDict
    from compression.zstd import compress as compress
    from compression.zstd import decompress as decompress
else:
    from backports.zstd import ZstdDict
    from backports.zstd import compress as compress
    from backports.zstd import decompress as decompress

__all__ = ["AHEAD", "AT_ONCE", "ZstdDict", "compress", "decompress", "is_text", "taken"]

# For a page that somebody waits for. Brotli 5 is smaller than gzip 6 and costs no more; zstd is for who has no Brotli.
AT_ONCE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda plain: brotli.compress(plain, mode=brotli.MODE_TEXT, quality=5),
    "zstd": lambda plain: compress(plain, 6),
    "gzip": lambda plain: gzip.compress(plain, 6, mtime=0),
}
# For a file that is packed once and sent often.
AHEAD: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda plain: brotli.compress(plain, mode=brotli.MODE_TEXT, quality=11),
    "zstd": lambda plain: compress(plain, 19),
    "gzip": lambda plain: gzip.compress(plain, 9, mtime=0),
}


def taken() -> list[str]:
    """The codings of ours that this phone takes, the smaller ones first; what it refuses (`q=0`) is not among them."""
    return [coding for coding in AT_ONCE if request.accept_encodings.quality(coding) > 0]


def is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind.endswith(("xml", "json"))
