"""Words that an announcement or a correction begins with, brought from another page by its number in the address."""

from collections.abc import Callable

from flask import request

from community.form import Form

Words = Callable[[int], str]
_by_name: dict[str, Words] = {}


def brings(name: str, words: Words) -> None:
    """`words` says what the thing with this number brings to whoever asks; "" where it is not hers to bring."""
    _by_name[name] = words


def brought() -> str:
    """What this page's address names."""
    named = ((words, Form(request.args).number(name)) for name, words in _by_name.items() if name in request.args)
    return next((words(number) for words, number in named if number), "")
