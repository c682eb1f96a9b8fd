"""Announcements drawn: a sheet is drawn once for all who see it alike."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace as Whole
from typing import Any

from flask import current_app
from markupsafe import Markup

from community.announcements.feed import Card
from community.announcements.line import Line
from community.fragments import keep, recall, seen_by

Under = Callable[[Sequence[Line]], Mapping[int, Markup]]
_under: list[Under] = []


def sheets(cards: Sequence[Card], *, next: str, here: int | None = None) -> list[Markup]:
    """The cards as markup, in their order. `here` is the group whose page it is, `next` where a button leads back."""
    draw = current_app.jinja_env.get_template("announcements/parts.html").module.sheet  # type: ignore[attr-defined]
    common = (*seen_by(), next, here)
    drawn = [recall(key) or _draw(draw, key, card, next, here) for card in cards if (key := (*common, *_state(card)))]
    below = [under([card.announcement for card in cards]) for under in _under] if cards else []
    return [sheet + _hung(card.announcement.id, below) for sheet, card in zip(drawn, cards, strict=True)]


def _hung(number: int, below: Sequence[Mapping[int, Markup]]) -> Markup:
    return Markup("").join(each[number] for each in below if number in each)


def hangs(under: Under) -> None:
    """What stands below sheets: by an announcement's id, asked once for all that are on a page."""
    if under not in _under:
        _under.append(under)


def _state(card: Card) -> tuple[Any, ...]:
    said = card.announcement
    children = [(child.id, child.picture, child.colour, child.nickname) for child in card.children]
    changes = (said.changed, said.author_changed, said.group_changed, said.remover_name)
    return said.id, changes, card.unread, tuple(children), card.acknowledged


def _draw(draw: Any, key: tuple[Any, ...], card: Card, next: str, here: int | None) -> Markup:
    line = card.announcement
    drawn = Card(whole(line), card.unread, card.children, card.acknowledged)
    return keep(key, draw(drawn, line.group_id != here, next))


def whole(line: Line) -> Whole:
    """A line in the shape of the announcement that it came from, as far as its sheet looks."""
    group = Whole(name=line.group_name, language=line.group_language, zone=line.zone)
    photo = line.photo_key and Whole(key=line.photo_key, width=line.width, height=line.height, sizes=line.sizes)
    return Whole(
        id=line.id, kind=line.kind, released_at=line.released_at, removed_at=line.removed_at, pinned_at=line.pinned_at,
        corrected_at=line.corrected_at,
        author=Whole(name=line.author_name, picture=line.author_picture, colour=line.author_colour),
        author_role=line.author_role, audience=Whole(group=group), photo=photo,
        translations=(_words(line),), urgent_reason=line.urgent_reason, urgent_alone=line.urgent_alone,
        remover=Whole(name=line.remover_name, picture=line.remover_picture),
    )  # fmt: skip


def _words(line: Line) -> Whole:
    return Whole(language=line.language, text=line.text, origin=line.origin, stale_at=None, voice=_voice(line))


def _voice(line: Line) -> Whole | None:
    return line.voice_key and Whole(key=line.voice_key, milliseconds=line.milliseconds, sizes=line.voice_sizes)  # type: ignore[return-value]
