"""What is the same for each test's app, and need not be made anew: packed files, routes, templates, compiled SQL."""

import functools
import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import jinja2
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from werkzeug.routing import Map, Rule

from community import assets
from community.dictionaries import Attic
from community.languages.translations import Catalogues
from community.media import recording, upload


def _once(make: Callable[..., Any], key_of: Callable[..., Any]) -> Callable[..., Any]:
    """The same method; what it has made under a key is given again."""
    made: dict[Any, Any] = {}

    @functools.wraps(make)
    def method(self: Any, *args: Any) -> Any:
        key = (key_of(self), *args)
        if key not in made:
            made[key] = make(self, *args)
        return made[key]

    return method


def _bind_once(bind: Callable[..., None]) -> Callable[..., None]:
    """A rule that an earlier app had is not parsed again; only the map it belongs to is another one."""
    known: dict[Any, dict[str, Any]] = {}

    @functools.wraps(bind)
    def method(self: Rule, map: Map, rebind: bool = False) -> None:
        key = (self.rule, self.endpoint, frozenset(self.methods or ()), str(self.defaults), self.strict_slashes)
        if key not in known:
            bind(self, map, rebind)
            known[key] = {**self.__dict__}
        self.__dict__.update(known[key], map=map)

    return method


def _one_dialect(make: Callable[..., sa.Engine]) -> Callable[..., sa.Engine]:
    """Engines of one kind share their dialect and what it has compiled: a statement is turned into SQL once."""
    first: dict[str, sa.Engine] = {}

    @functools.wraps(make)
    def method(*args: Any, **kwargs: Any) -> sa.Engine:
        engine = make(*args, **kwargs)
        known = first.setdefault(engine.dialect.driver, engine)
        engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    return method


def _assets_once(read: Callable[..., None]) -> Callable[..., None]:
    """The static files are read once; each app has tables of its own of them."""
    known: dict[Any, dict[str, Any]] = {}

    @functools.wraps(read)
    def method(self: assets.Assets, folder: Path = assets.STATIC, fonts: Mapping[str, bytes] | None = None) -> None:
        key = (folder, tuple((fonts or {}).items()))
        if key not in known:
            read(self, folder, fonts)
            known[key] = {name: {**table} for name, table in self.__dict__.items()}
        self.__dict__.update({name: {**table} for name, table in known[key].items()})

    return method


def _stored_once(store: Callable[..., None]) -> Callable[..., None]:
    """The first app writes its files; the others have names of the same ones. Whoever changes one replaces it."""
    folders: dict[frozenset[str], Path] = {}

    @functools.wraps(store)
    def method(self: assets.Assets, attic: Attic) -> None:
        first = folders.setdefault(frozenset(self.by_name), attic.folder)
        for name in self.by_name:
            with suppress(OSError):
                os.link(first / name, attic.folder / name)
        store(self, attic)

    return method


def _encoded_once(prepare: Callable[[IO[bytes]], Any]) -> Callable[[IO[bytes]], Any]:
    """The same file from another test's phone is encoded as it was; a refusal is found anew each time."""
    known: dict[bytes, Any] = {}

    @functools.wraps(prepare)
    def made(stream: IO[bytes]) -> Any:
        content = stream.read()
        key = hashlib.sha256(content).digest()
        if key not in known:
            known[key] = prepare(BytesIO(content))
        return known[key]

    return made


def hold() -> None:
    """From now on, in this process. Nothing of a test has to survive a power cut, files neither."""
    os.fsync = lambda _file: None
    upload.prepare = _encoded_once(upload.prepare)
    recording.prepare = _encoded_once(recording.prepare)
    assets.Assets.store = _stored_once(assets.Assets.store)  # type: ignore[method-assign]
    assets.Assets.__init__ = _assets_once(assets.Assets.__init__)  # type: ignore[method-assign]
    assets.Asset.of = functools.cache(assets.Asset.of)  # type: ignore[method-assign]
    Rule.bind = _bind_once(Rule.bind)  # type: ignore[method-assign]
    SQLAlchemy._make_engine = _one_dialect(SQLAlchemy._make_engine)  # type: ignore[method-assign]
    read = _once(Catalogues._opened, lambda catalogues: str(catalogues.folder))
    Catalogues._opened = read  # type: ignore[method-assign]
    # Templates are compiled in one way by all our apps.
    jinja2.Environment.compile = _once(jinja2.Environment.compile, lambda _: None)  # type: ignore[method-assign]
