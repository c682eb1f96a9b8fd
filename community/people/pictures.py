"""What a group or a person may look like. The drawings are symbols of static/icons/pictures.svg."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

ROOMS = ("geru", "haldi", "moong", "neem", "mor", "neela", "jamun", "gulab")

PERSON_PICTURES = (
    "mango", "fish", "parrot", "butterfly", "drum", "cup", "tree", "rabbit", "pot", "bird", "leaf", "duck",
    "cow", "goat", "bee", "tortoise", "cat", "melon", "carrot", "bucket", "bangle", "book", "bat", "hill",
)  # fmt: skip
GROUP_PICTURES = (
    *(f"n{number}" for number in range(1, 13)), "la", "lb", "school", "book", "sums", "slate", "girl", "boy", "baby",
    "mother", "family", "elder", "people", "meeting", "nurse", "clinic", "vaccine", "pill", "wash", "food", "water",
    "tap", "well", "pot", "grain", "rice", "cow", "goat", "tree", "needle", "loom", "bricks", "tools", "basket", "shop",
    "rupee", "bus", "road", "village", "hut", "building", "gate", "lift", "parking", "drain", "trash", "plug",
    "computer", "music", "drum", "paint", "bat", "shuttle", "map", "hands", "megaphone", "calendar",
)  # fmt: skip

# What stands under the picture, and what a person without a name is called.
WORDS: dict[str, LazyString] = {
    "mango": _l("Mango"), "fish": _l("Fish"), "parrot": _l("Parrot"), "butterfly": _l("Butterfly"),
    "drum": _l("Drum"), "cup": _l("Cup"), "tree": _l("Tree"), "rabbit": _l("Rabbit"), "pot": _l("Pot"),
    "bird": _l("Bird"), "leaf": _l("Leaf"), "duck": _l("Duck"), "cow": _l("Cow"), "goat": _l("Goat"), "bee": _l("Bee"),
    "tortoise": _l("Tortoise"), "cat": _l("Cat"), "melon": _l("Melon"), "carrot": _l("Carrot"),
    "bucket": _l("Bucket"), "bangle": _l("Bangle"), "book": _l("Book"), "bat": _l("Cricket bat"), "hill": _l("Hill"),
    "la": _l("Letters"), "lb": _l("English"), "school": _l("School"), "sums": _l("Sums"), "slate": _l("Slate"),
    "girl": _l("Girl"), "boy": _l("Boy"), "baby": _l("Baby"), "mother": _l("Mother"), "family": _l("Family"),
    "elder": _l("Elder"), "people": _l("People"), "meeting": _l("Meeting"), "nurse": _l("Nurse"),
    "clinic": _l("Clinic"), "vaccine": _l("Vaccination"), "pill": _l("Medicine"), "wash": _l("Washing hands"),
    "food": _l("Food"), "water": _l("Water"), "tap": _l("Tap"), "well": _l("Well"), "grain": _l("Grain"),
    "rice": _l("Rice"), "needle": _l("Sewing"), "loom": _l("Weaving"), "bricks": _l("Building work"),
    "tools": _l("Tools"), "basket": _l("Market"), "shop": _l("Shop"), "rupee": _l("Money"), "bus": _l("Bus"),
    "road": _l("Road"), "village": _l("Village"), "hut": _l("House"), "building": _l("Flats"), "gate": _l("Gate"),
    "lift": _l("Lift"), "parking": _l("Parking"), "drain": _l("Drain"), "trash": _l("Rubbish"), "plug": _l("Power"),
    "computer": _l("Computer"), "music": _l("Music"), "paint": _l("Painting"), "shuttle": _l("Games"), "map": _l("Map"),
    "hands": _l("Help"), "megaphone": _l("News"), "calendar": _l("Calendar"),
}  # fmt: skip


def picture_word(picture: str) -> str:
    """The picture's name in the reader's language; a numeral is its own."""
    return picture[1:] if picture[1:].isdecimal() else str(WORDS.get(picture, ""))
