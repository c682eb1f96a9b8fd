"""What a push carries: the news itself, in the reader's language, in at most 2,700 bytes.

One shape serves all: Safari shows it without a worker (Declarative Web Push), others hand it to ours.
"""

import json
from typing import Any

from markupsafe import Markup

from community.announcements.models import Announcement, Translation
from community.announcements.urgency import REASONS
from community.announcements.words import words_in
from community.database import now
from community.languages import gettext as _
from community.languages import language as tongue
from community.languages import ngettext, speaking, when
from community.languages.tongues import LANGUAGES
from community.links.drawing import carried
from community.people.pictures import picture_word

MOST = 2700  # bytes of plaintext; Firefox on Android takes about 2,744
BODY = 200  # characters that the notification itself shows
TOKEN = "T" * 16  # stands for the delivery's token, which is as long
SLOT = '"delivery":"%s"'  # no text can look like it: its quotes would be escaped
VERSION = 8030  # of Declarative Web Push: the number of its RFC


def template(said: Announcement, language: str, *, is_neutral: bool, is_silent: bool = False) -> bytes:
    """The payload for every phone of this language; `addressed` puts a phone's own token into it.

    What is silent takes the place of what the phone showed before, and makes no sound.
    """
    shown = (_neutral if is_neutral else _gone if said.removed_at else _news)(said, language)
    shown |= {"silent": True} if is_silent else {}
    while len(packed := _packed(shown)) > MOST:
        _shorten(shown["data"]["sheet"])
    return packed


def addressed(packed: bytes, token: str | None) -> bytes:
    """The template for one phone; without a token the phone has nothing to report with."""
    return packed.replace((SLOT % TOKEN).encode(), (SLOT % (token or "")).encode(), 1)


def _packed(shown: dict[str, Any]) -> bytes:
    """The words of the sheet go as a page shows them: cut first, then drawn."""
    data = shown["data"]
    if sheet := data.get("sheet"):
        mark, words = sheet.get("mark", ""), str(carried(sheet["words"]))
        shown_there = {name: value for name, value in sheet.items() if name != "mark"}
        data = data | {"sheet": shown_there | {"words": mark + words}}
    whole = {"web_push": VERSION, "notification": shown | {"data": data}}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def _neutral(said: Announcement, language: str) -> dict[str, Any]:
    """Names neither person nor group: others may look at this phone, or at this kind of news."""
    with speaking(language):
        body = _("There is something new in the courtyard.")
    return _bare(body, language, "/", f"a{said.id}")


def _gone(said: Announcement, language: str) -> dict[str, Any]:
    """Nothing of what it said, but who took it away."""
    by, group = said.remover or said.author, said.audience.group
    with speaking(language):
        moment = when(said.removed_at or now(), group.zone)
        body = _("Removed by %(name)s, %(when)s.", name=by.name or picture_word(by.picture), when=moment)
    shown = _bare(body, language, f"/announcements/{said.id}", f"a{said.id}")
    return shown | {"title": group.name, "data": {"delivery": TOKEN, "announcement": said.id}}


def call(body: str, language: str, navigate: str, tag: str) -> bytes:
    """What calls somebody to a page; nothing is reported of it."""
    return _packed(_bare(body, language, navigate, tag) | {"data": {"delivery": ""}})


def digest(first: Announcement, count: int, language: str, *, is_neutral: bool) -> bytes:
    """What had no room yesterday, in one message: how many, and what the first one is about."""
    shown = _neutral(first, language)
    with speaking(language):
        shown["title"] = ngettext("%(num)s announcement waits for you", "%(num)s announcements wait for you", count)
    if not is_neutral:
        news = _news(first, language)
        shown["body"] = _cut(f"{news['title']}: {news['body']}", BODY)
    return _packed(shown | {"tag": "digest", "data": {"delivery": ""}})


def _bare(body: str, language: str, navigate: str, tag: str) -> dict[str, Any]:
    with speaking(language):
        title = _("Aangan")
    return {
        "title": title, "body": body, "lang": language, "dir": tongue(language).direction,
        "navigate": navigate, "tag": tag, "data": {"delivery": TOKEN},
    }  # fmt: skip


def _news(said: Announcement, language: str) -> dict[str, Any]:
    words = _in(said, language)
    if not words.text:
        words = _spoken_of(said, language)
    direction = LANGUAGES[words.language].direction if words.language in LANGUAGES else "auto"
    return {
        "title": _title(said, words, language), "body": _cut(words.text, BODY),
        "lang": words.language, "dir": direction, "navigate": f"/announcements/{said.id}", "tag": f"a{said.id}",
        "data": {"delivery": TOKEN, "announcement": said.id, "sheet": _sheet(said, words, direction, language)},
    }  # fmt: skip


def _title(said: Announcement, words: Translation, language: str) -> str:
    """The group's name; before it that it was put right or is urgent, beside a machine's words that they are."""
    with speaking(language):
        right = [_("Corrected")] if said.corrected_at else []
        urgent = [_("Urgent")] if said.is_urgent else []
        machine = [_("Said by a machine")] if words.origin == "machine" else []
    return " · ".join([*right, *urgent, said.audience.group.name, *machine])


def _in(said: Announcement, language: str) -> Translation:
    """The words in the reader's language where there are such, else as they were said."""
    return words_in(said, language) or said.original


def _spoken_of(said: Announcement, language: str) -> Translation:
    """Of what was spoken and not written a push can only say that it is there: in words, in the reader's language."""
    author = said.author
    with speaking(language):
        text = _("A voice announcement from %(name)s", name=author.name or picture_word(author.picture))
    return Translation(language=language, text=text)


def _sheet(said: Announcement, words: Translation, direction: str, language: str) -> dict[str, Any]:
    """What the phone fills its own page with, when the tap comes without a signal."""
    group, author = said.audience.group, said.author
    with speaking(language):
        moment = when(said.released_at, group.zone) if said.released_at else ""
    return {
        "words": words.text, "language": words.language, "direction": direction,
        "group": group.name, "group_language": group.language, "author": author.name or "",
        "picture": author.picture, "colour": author.colour, "role": said.author_role, "said": _said(words, language),
        "when": moment, "photo": said.photo_id is not None,
        "corrected": "corrected" if said.corrected_at else "", "mark": _mark(said, language),
    }  # fmt: skip


def _mark(said: Announcement, language: str) -> str:
    """Before the words, that it is urgent and why, as a page has it: the phone's own page knows only words."""
    if not said.is_urgent:
        return ""
    known, own = REASONS.get(said.urgent_reason or ""), said.urgent_reason
    with speaking(language):
        why = [_("Urgent"), *([str(known.word)] if known else [own] if own else [])]
    return str(Markup('<span class="tag mirch" lang="{}" dir="auto">{}</span><br>').format(language, ": ".join(why)))


def _said(words: Translation, language: str) -> str:
    """What is marked above the words: that they are in an other language than hers, or a machine's."""
    return "other" if words.language != language else "machine" if words.origin == "machine" else ""


def _shorten(sheet: dict[str, Any]) -> None:
    """Fewer words: the page has them all, the push as many as fit."""
    sheet["words"] = _cut(sheet["words"], max(1, len(sheet["words"]) * 9 // 10))


def _cut(text: str, most: int) -> str:
    """At most so many characters, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(maxsplit=1)[0].rstrip() + "…"
