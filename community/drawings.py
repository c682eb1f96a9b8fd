"""Symbols and pictures as pages show them. Drawn here and not in a macro: a page of twenty cards has a hundred."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup, escape

from community.assets import Assets
from community.languages import gettext as _
from community.people.models import Child, Person
from community.people.pictures import picture_word

SYMBOL = Markup('<svg class="i{}{}" aria-hidden="true"><use href="{}#{}"/></svg>')
PICTURE = Markup('<svg class="i{}" viewBox="0 0 32 32" aria-hidden="true">{}</svg>')
NAME = Markup("<bdi>{}</bdi>")
CIRCLE = Markup('<span class="face {}{}">{}</span>')


def init_app(app: Flask) -> None:
    """`icon(name, size, flip)`, `picture(name, size)` and `face(person, size)` for templates."""
    assets: Assets = app.extensions["assets"]
    sprite = assets.url["icons/sprite.svg"]

    @lru_cache(maxsize=1000)
    def icon(name: str, size: str = "", flip: bool = False) -> Markup:
        return SYMBOL.format(_class(size), " flip" if flip else "", sprite, name)

    @lru_cache(maxsize=1000)
    def picture(name: str, size: str = "") -> Markup:
        """Set into the page: it costs no request."""
        return PICTURE.format(_class(size), assets.symbols.get(name, Markup("")))

    @lru_cache(maxsize=1000)
    def circle(name: str, colour: str, size: str) -> Markup:
        return CIRCLE.format(colour, _class(size), picture(name))

    def face(person: Person | Child, size: str = "") -> Markup:
        return circle(person.picture, person.colour, size)

    app.jinja_env.globals.update(draw_icon=icon, draw_picture=picture, draw_face=face, draw_name=name_of)


def name_of(person: Person | None) -> Markup:
    """What a person is called: her name, apart from the direction around it; without one, her picture's word.

    Nobody stands for who runs the server.
    """
    if person is None or not person.picture:
        return escape(_("Aangan"))
    return NAME.format(person.name) if person.name else escape(picture_word(person.picture))


def _class(size: str) -> str:
    return f" {size}" if size else ""
