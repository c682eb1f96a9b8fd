"""The sheet for the wall, on paper: one A4 with everything on it, however long the name and the address are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.courtyard import Courtyard, Viewer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
A4 = {"width": 794, "height": 1123}  # CSS pixels
NAMES = {
    "hi": "राजकीय उच्च प्राथमिक विद्यालय रामपुर खुर्द, ब्लॉक सरोजनी नगर, ज़िला लखनऊ",
    "ur": "گورنمنٹ پرائمری اسکول رام پور خورد، بلاک سروجنی نگر، ضلع لکھنؤ",
    "en": "Government upper primary school of Rampur Khurd, Sarojini Nagar block",
}
ADDRESSES = ["a.in/j/cupf2j7knoal2lhf", "aangan.gram-panchayat-rampur-khurd.lucknow.example.org/j/cupf2j7knoal2lhf"]
FILL = """([language, name, address]) => {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ur" ? "rtl" : "ltr";
  document.querySelector(".poster h1").textContent = name;
  document.querySelector(".pfoot b").textContent = address;
}"""
LAID = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const sheet = box(".poster"), lines = document.createRange();
  lines.selectNodeContents(document.querySelector(".pfoot span"));
  return { picture: box(".pwall").height, qr: box(".qr").width, foot: box(".pfoot").bottom - sheet.bottom,
    wide: document.documentElement.scrollWidth, address: box(".pfoot b").right, torn: lines.getClientRects().length };
}"""


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", NAMES)
def test_everything_stands_on_one_sheet(chromium: Browser, courtyard: Courtyard, language: str, address: str) -> None:
    viewer = Viewer(chromium, courtyard, language="hi")
    screen = viewer.look_at(next(page for page in courtyard.pages if page.route.endswith("/poster")))
    screen.set_viewport_size(A4)  # type: ignore[arg-type]
    screen.emulate_media(media="print")
    screen.evaluate(FILL, [language, NAMES[language], address])
    laid = screen.evaluate(LAID)
    paper = screen.pdf(prefer_css_page_size=True)
    viewer.close()
    assert laid["picture"] > 120, "the group's picture is what tells it from others"
    assert round(laid["qr"] / 96 * 25.4) == 84, "millimetres"
    assert abs(laid["foot"]) < 2, "nothing is pushed off the sheet"
    assert (laid["wide"], laid["address"] <= A4["width"]) == (A4["width"], True)
    assert laid["torn"] <= 2, "words stay in lines"
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
