"""The letters of Ol Chiki come to a phone that lacks them, when they are on its screen, and to no other phone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import sync_playwright

from bench.bytes import chromium
from community.typefaces import DEBIAN, FACES, subset
from tests.browser.server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (DEBIAN / f"{FACES[0].postscript}.ttf").exists(), reason="needs fonts-noto-core"),
]
POOR = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir></fontconfig>"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("typefaces")
    (folder / "instance" / "fonts").mkdir(parents=True)
    for face in FACES:
        made = subset(DEBIAN / f"{face.postscript}.ttf", face)
        (folder / "instance" / "fonts" / face.file).write_bytes(made)
    with serving(folder) as server:
        yield server


def fetched(server: Server, path: str, environment: dict[str, str]) -> list[str]:
    """The fonts that a fresh browser asks for on this page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium()), args=["--no-sandbox"], env={**os.environ, **environment}
        )
        page = browser.new_page(locale="hi-IN", service_workers="block")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        page.goto(server.url + path, wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => 1)")
        browser.close()
    return [name.partition("-")[0] for name in asked if name.endswith(".woff2")]


def poor(folder: Path) -> dict[str, str]:
    """A phone whose only font is a Latin one."""
    (folder / "NotoSans-Regular.ttf").symlink_to(DEBIAN / "NotoSans-Regular.ttf")
    (folder / "fonts.conf").write_text(POOR.format(folder=folder))
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def test_a_phone_that_lacks_them_fetches_what_is_on_its_screen(server: Server, tmp_path: Path) -> None:
    phone = poor(tmp_path)
    assert fetched(server, "/language", phone) == ["olck"], "Santali's own name; nothing there is in Meetei Mayek"
    assert fetched(server, "/code", phone) == []


def test_a_phone_that_has_them_fetches_nothing(server: Server) -> None:
    assert fetched(server, "/language", {}) == []
