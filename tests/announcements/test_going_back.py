"""Where a form leads back to: a path of ours, whatever the form says."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.http import local_path

EVIL = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
    "\t//evil.example", " //evil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)",
    "data:text/html,x", "evil.example", "/ok\r\nSet-Cookie: a=b", "/ok\\..\\x", "", "/" + "a" * 300, "/\0",
    "?next=//evil.example", "#x", "../x",
]  # fmt: skip


@pytest.mark.parametrize("wanted", EVIL)
def test_what_leads_elsewhere_leads_home(wanted: str):
    assert local_path(wanted) == "/"


def test_nothing_wanted_leads_home_or_where_it_is_told():
    assert local_path(None) == "/"
    assert local_path("//evil.example", "/me") == "/me"


@pytest.mark.parametrize("wanted", ["/", "/groups/7", "/groups/7?before=1-2.3-4#a9", "/कक्षा"])
def test_our_own_pages_are_gone_back_to(wanted: str):
    assert local_path(wanted) == wanted


@given(st.text(st.sampled_from("/\\:.@?#%\t\n\r ahtps0") | st.characters(), max_size=20).map("/".__add__))
def test_no_text_at_all_leads_to_another_host(wanted: str):
    # Browsers take a backslash for a slash, and drop tabs and line ends.
    seen = local_path(wanted).replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")

    assert urlsplit(urljoin("https://ours.example/x", seen)).netloc == "ours.example"
