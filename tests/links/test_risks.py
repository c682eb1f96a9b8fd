"""What is known of hosts: shorteners, look-alikes, phishing. From files alone."""

import os
import time
from pathlib import Path

import pytest
from flask import Flask

from community.links.finding import has_link, risks_in
from community.links.known import domain_of
from community.links.likeness import _listed
from community.links.risks import risks_of

pytestmark = pytest.mark.sqlite_only
HARMLESS = (
    "sbi.co.in", "www.onlinesbi.sbi", "sites.google.com", "web.whatsapp.com", "pmkisan.gov.in", "india.gov.in",
    "diksha.gov.in", "ncert.nic.in", "www.gov.uk", "hi.wikipedia.org", "youtu.be", "forms.gle", "example.com",
    "xn--p1b6ci4b4b3a.xn--h2brj9c", "jiosaavn.com", "rocketlearning.org", "a-b.example.co.in",
)  # fmt: skip


@pytest.mark.parametrize("host", HARMLESS)
def test_a_host_of_its_own_is_not_marked(host: str):
    assert risks_of(host) == ()


@pytest.mark.parametrize(
    "host",
    [
        "sbi-kyc.example.com", "paytm.com.verify.example.com", "paytrn.com", "gooogle.com", "amazom.in", "whatsapp-gold.xyz",
        "lrctc.co.in", "facebok.com", "faceboko.com", "pm-kisan.gov.in.apply.xyz", "nic-in.example.com", "0nlinesbi.com",
        "xn--pple-43d.com", "xn--80ak6aa92e.com", "xn--ggle-0nda.com", "www.xn--pytm-53d.com",
    ],
)  # fmt: skip
def test_a_look_alike_is_marked(host: str):
    assert "alike" in risks_of(host)


@pytest.mark.parametrize("name", sorted(_listed()))
def test_nobody_listed_is_taken_for_a_look_alike_of_herself(name: str):
    for domain in _listed()[name]:
        assert domain_of(domain) == domain, "only what can be registered protects anybody"
        assert risks_of(domain) == () and risks_of(f"www.{domain}") == ()


@pytest.mark.parametrize("host", ["bit.ly", "www.bit.ly", "BIT.LY", "tinyurl.com", "t.co", "bit.ly."])
def test_a_short_address_is_marked(host: str):
    assert "short" in risks_of(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "3232235777", "0x7f000001", "1.0x2"])
def test_a_number_is_marked(host: str):
    assert "number" in risks_of(host)


@pytest.mark.parametrize("host", ["metamaskverification.in", "www.metamaskverification.in", "metamaskverification.in."])
def test_a_host_on_the_list_of_phishing_is_marked_with_all_below_it(host: str):
    assert risks_of(host)[0] == "cheats"


def test_the_list_names_hosts_and_no_ending_below_which_others_are():
    assert risks_of("in") == risks_of("co.in") == ()
    assert "cheats" not in risks_of("tumblr.com")


def test_an_operators_own_list_counts_from_the_moment_it_is_there(house: Flask):
    folder = Path(house.config["INSTANCE"]) / "phishing"
    folder.mkdir(exist_ok=True)
    with house.app_context():
        assert risks_of("free-recharge.example.org") == ()
        (folder / "ours.txt").write_text("# ours\n0.0.0.0 free-recharge.example.org\nplain.example.net\n\0\xff<b>\n")
        assert risks_of("free-recharge.example.org") == risks_of("x.plain.example.net") == ("cheats",)
        (folder / "ours.txt").write_text("other.example.net\n")
        os.utime(folder / "ours.txt", ns=(1, time.time_ns()))
        assert risks_of("free-recharge.example.org") == ()
        (folder / "ours.txt").unlink()


def test_what_looks_like_our_own_address_is_marked(house: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(house.config, "PUBLIC_URL", "https://aangan-jaipur.in")
    with house.app_context():
        assert risks_of("aangan-jaipur.in") == ()
        assert "alike" in risks_of("aangan-jalpur.in")
        assert "alike" in risks_of("aangan-jaipur.com")


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("https://example.com", True), ("see www.example.com now", True), ("bit.ly/x", True), ("bit.ly", True),
        ("example.org/form", True), ("https://bank.example@evil.example/", True), ("sbi-kyc.in", True),
        ("file.pdf", False), ("class 5.B", False), ("Dr.Rao", False), ("कल आओ।फिर", False), ("2.30 बजे", False), ("", False),
        ("today.so we go", False), ("mail@example.org", False),
    ],
)  # fmt: skip
def test_an_address_is_one_also_without_its_beginning(text: str, there: bool):
    assert has_link(text) is there


def test_risks_are_found_in_the_words_around_them():
    assert risks_in("देखो bit.ly/x और https://sbi-kyc.in।") == {"short", "alike"}
    assert risks_in("https://example.com") == set()
