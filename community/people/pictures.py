"""What a group or a person may look like. The drawings are symbols of static/icons/pictures.svg."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ROOMS = ("geru", "haldi", "moong", "neem", "mor", "neela", "jamun", "gulab")
COLOURS: dict[str, LazyString] = {
    "geru": _l("Red earth"), "haldi": _l("Turmeric yellow"), "moong": _l("Lentil green"), "neem": _l("Leaf green"),
    "mor": _l("Peacock blue"), "neela": _l("Sky blue"), "jamun": _l("Plum purple"), "gulab": _l("Rose"),
}  # fmt: skip

# None of these is a party's election symbol (look.md); ask the Election Commission's list before adding one.
PERSON_PICTURES = (
    "parrot", "fish", "butterfly", "rabbit", "tortoise", "duck", "cat", "bird", "bee", "goat", "cow", "tree", "leaf",
    "melon", "carrot", "cloud", "hill", "bucket", "button", "bangle",
)  # fmt: skip
GROUP_PICTURES = (
    *(f"n{number}" for number in range(1, 13)),
    "la", "lb", "school", "slate", "sums", "girl", "boy", "baby", "mother", "family", "elder", "people",
    "meeting", "nurse", "clinic", "vaccine", "pill", "wash", "food", "water", "tap", "well", "rice", "cow",
    "goat", "tree", "leaf", "needle", "loom", "bricks", "tools", "basket", "shop", "rupee", "bus", "road",
    "village", "hut", "building", "gate", "lift", "parking", "drain", "trash", "plug", "computer", "music",
    "paint", "shuttle", "map", "hands", "megaphone",
)  # fmt: skip

GONE = "gone"  # whoever was erased: nobody can choose it

# What stands under the picture, and what a person without a name is called.
WORDS: dict[str, LazyString] = {
    "fish": _l("Fish"), "parrot": _l("Parrot"), "butterfly": _l("Butterfly"),
    "tree": _l("Tree"), "rabbit": _l("Rabbit"),
    "bird": _l("Bird"), "leaf": _l("Leaf"), "duck": _l("Duck"), "cow": _l("Cow"), "goat": _l("Goat"), "bee": _l("Bee"),
    "tortoise": _l("Tortoise"), "cat": _l("Cat"), "melon": _l("Melon"), "carrot": _l("Carrot"),
    "bucket": _l("Bucket"), "bangle": _l("Bangle"), "hill": _l("Hill"), "cloud": _l("Cloud"), "button": _l("Button"),
    "la": _l("Letters"), "lb": _l("English"), "school": _l("School"), "sums": _l("Sums"), "slate": _l("Slate"),
    "girl": _l("Girl"), "boy": _l("Boy"), "baby": _l("Baby"), "mother": _l("Mother"), "family": _l("Family"),
    "elder": _l("Elder"), "people": _l("People"), "meeting": _l("Meeting"), "nurse": _l("Nurse"),
    "clinic": _l("Clinic"), "vaccine": _l("Vaccination"), "pill": _l("Medicine"), "wash": _l("Washing hands"),
    "food": _l("Food"), "water": _l("Water"), "tap": _l("Tap"), "well": _l("Well"),
    "rice": _l("Rice"), "needle": _l("Sewing"), "loom": _l("Weaving"), "bricks": _l("Building work"),
    "tools": _l("Tools"), "basket": _l("Market"), "shop": _l("Shop"), "rupee": _l("Money"), "bus": _l("Bus"),
    "road": _l("Road"), "village": _l("Village"), "hut": _l("House"), "building": _l("Flats"), "gate": _l("Gate"),
    "lift": _l("Lift"), "parking": _l("Parking"), "drain": _l("Drain"), "trash": _l("Rubbish"), "plug": _l("Power"),
    "computer": _l("Computer"), "music": _l("Music"), "paint": _l("Painting"), "shuttle": _l("Games"), "map": _l("Map"),
    "hands": _l("Help"), "megaphone": _l("News"), GONE: _l("Someone who left"),
}  # fmt: skip


def picture_word(picture: str) -> str:
    """The picture's name in the reader's language; a numeral is its own."""
    return picture[1:] if picture[1:].isdecimal() else str(WORDS.get(picture, ""))
