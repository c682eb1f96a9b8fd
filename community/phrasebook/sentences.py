"""The ready sentences: what is said again and again in a courtyard, with slots for what differs.

They are messages of the catalogue, so whoever writes a language's words writes these as well. A slot stands alone in
its sentence: nothing is ever appended to it, because endings depend on the word. A key is kept with each announcement
and never changes its meaning; a sentence that is taken out of here is only not offered any more.
"""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

DAY, AT, SPAN = ("day",), ("day", "time"), ("day", "time", "until")
THERE = ("day", "time", "place")


@dataclass(frozen=True)
class Sentence:
    """One ready sentence. `slots` are the names of its placeholders, in the order in which they are asked."""

    key: str
    picture: str
    message: LazyString
    slots: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """Sentences about one thing."""

    picture: str
    name: LazyString
    sentences: tuple[Sentence, ...]


CHAPTERS = (
    Chapter("tap", _l("Water and power"), (
        Sentence("water", "tap", _l("Water will come: %(day)s, %(time)s."), AT),
        Sentence("no-water", "bucket", _l("Water will not come: %(day)s."), DAY),
        Sentence("power-cut", "plug", _l("There will be no power: %(day)s, from %(time)s to %(until)s."), SPAN),
    )),
    Chapter("school", _l("School"), (
        Sentence("school-closed", "gate", _l("School is closed: %(day)s."), DAY),
        Sentence("school-opens", "school", _l("School opens again: %(day)s, %(time)s."), AT),
        Sentence("exam", "slate", _l("School exam: %(day)s, %(time)s."), AT),
        Sentence("fees", "rupee", _l("School fees: %(rupees)s rupees. Pay by: %(day)s."), ("rupees", "day")),
        Sentence("parents", "family", _l("Parents' meeting: %(day)s, %(time)s. Place: %(place)s."), THERE),
    )),
    Chapter("clinic", _l("Health"), (
        Sentence("vaccination", "vaccine", _l("Vaccination: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("health-camp", "clinic", _l("Free health check: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("doctor", "nurse", _l("The doctor comes: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("polio", "baby", _l("Polio drops for small children: %(day)s, %(time)s. Place: %(place)s."), THERE),
    )),
    Chapter("rice", _l("Ration and money"), (
        Sentence("ration", "rice", _l("Ration is given out: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("ration-card", "slate", _l("Ration card camp: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("gas", "hut", _l("Gas cylinders come: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("pension", "elder", _l("Pension is paid: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("bank", "rupee", _l("Bank camp: %(day)s, %(time)s. Place: %(place)s."), THERE),
    )),
    Chapter("tools", _l("Work and meetings"), (
        Sentence("work", "tools", _l("Work begins: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("wages", "rupee", _l("Wages are paid: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("helpers", "hands", _l("Helpers are needed: %(number)s. %(day)s, %(time)s. Place: %(place)s."),
                 ("number", *THERE)),
        Sentence("meeting", "meeting", _l("Meeting: %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("mothers", "mother", _l("Mothers' meeting: %(day)s, %(time)s. Place: %(place)s."), THERE),
    )),
    Chapter("girl", _l("Lost and found"), (
        Sentence("lost-child", "boy", _l("A child is lost. Name: %(person)s. Age: %(age)s. Last seen: %(place)s."),
                 ("person", "age", "place")),
        Sentence("found-child", "girl", _l("A child was found and is here: %(place)s."), ("place",)),
        Sentence("lost-thing", "basket", _l("Lost: %(thing)s. Place: %(place)s."), ("thing", "place")),
    )),
    Chapter("family", _l("Families and feasts"), (
        Sentence("death", "leaf", _l("Sad news: %(person)s has died. Last rites: %(day)s, %(time)s. Place: %(place)s."),
                 ("person", *THERE)),
        Sentence("wedding", "family", _l("Wedding: all are invited. %(day)s, %(time)s. Place: %(place)s."), THERE),
        Sentence("festival", "music", _l("We celebrate together: %(day)s, %(time)s. Place: %(place)s."), THERE),
    )),
    Chapter("cloud", _l("Weather and roads"), (
        Sentence("rain", "cloud", _l("Heavy rain may come: %(day)s. Take care."), DAY),
        Sentence("flood", "hill", _l("The water is rising. Go to a safe place: %(place)s."), ("place",)),
        Sentence("heat", "well", _l("It will be very hot: %(day)s. Drink water and stay in the shade."), DAY),
        Sentence("road", "road", _l("The road is closed: %(day)s. Place: %(place)s."), ("day", "place")),
        Sentence("bus-late", "bus", _l("The bus comes late: %(day)s, %(time)s."), AT),
        Sentence("no-bus", "bus", _l("The bus will not come: %(day)s."), DAY),
    )),
    Chapter("hands", _l("Thanks"), (
        Sentence("thanks", "hands", _l("Thank you all for your help."), ()),
    )),
)  # fmt: skip
SENTENCES = {sentence.key: sentence for chapter in CHAPTERS for sentence in chapter.sentences}
