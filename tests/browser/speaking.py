"""Somebody who announces by voice from elsewhere: over plain HTTP, with a recording that was made here."""

import re
import secrets
import time
import urllib.request
from uuid import uuid4

from tests.browser.phone import PATIENCE, WirePhone
from tests.browser.pressing import first_group
from tests.browser.server import Server
from tests.media.speech import recorded, speech

VOICE = re.compile(r'href="(/voices/[^"]+/voice\.ogg)"')


def spoken(server: Server, seconds: int) -> str:
    """The head says something by voice, over plain HTTP; its address once it is out."""
    phone = server.signed_in("head")
    board = f"/groups/{first_group(phone)}"
    before = set(VOICE.findall(phone.get(board).text))
    post(phone, f"{board}/announcements", recorded(speech(seconds), "webm", "libopus"))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for article in phone.get(board).text.split("<article")[1:]:
            if "pending" not in article and (found := set(VOICE.findall(article)) - before):
                return found.pop()
        time.sleep(0.3)
    raise AssertionError("it never went out")


def post(phone: WirePhone, path: str, clip: bytes) -> None:
    line = secrets.token_hex(16)
    head = f'--{line}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{uuid4().hex}\r\n'
    head += f'--{line}\r\nContent-Disposition: form-data; name="voice"; filename="voice.webm"\r\n\r\n'
    body = head.encode() + clip + f"\r\n--{line}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={line}", "Sec-Fetch-Site": "same-origin"}
    assert phone._send(urllib.request.Request(phone.url + path, body, headers)).status == 200
