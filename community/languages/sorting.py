"""Names in the order in which their language's alphabet has them; a database knows none of them, Babel sorts nothing.

Unicode has most scripts in the order of their alphabets, vowel signs and all. Where a language's letters stand
otherwise, the table says how; numbers in a name count as numbers.
"""

import re
from functools import lru_cache

from community.languages.folding import folded

DIGITS = 15  # a number in a name is hardly longer
NAGARI = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ"
# Letters as `folded` leaves them. Those that no alphabet names stay where Unicode has them.
ALPHABETS = {
    "mr": NAGARI,
    "kok": NAGARI,
    "gu": "કખગઘઙચછજઝઞટઠડઢણતથદધનપફબભમયરલવશષસહળ",
    "pa": "ੳਉਊਓਅਆਐਔੲਇਈਏਸਹਕਖਗਘਙਚਛਜਝਞਟਠਡਢਣਤਥਦਧਨਪਫਬਭਮਯਰਲਵੜ",
    "as": "মযরলৱশষসহ",
    "or": "ମଯୟରଲଳୱଶଷସହ",
    "ta": "கஙசஞடணதநபமயரலவழளறனஜஶஷஸஹ",
    "te": "యరలవశషసహళఱ",
    "kn": "ಯರಲವಶಷಸಹಳ",
    "ml": "യരലവശഷസഹളഴറ",
    "ur": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہءیے",
    "ks": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوۄہءیؠۍے",
    "sd": "ابٻڀتٿٽٺثپجڄڃچڇحخدڌڏڊڍذرڙزسشصضطظعغفڦقڪکگڳڱلمنڻوہءی",
    "ar": "ابتثجحخدذرزسشصضطظعغفقکلمنہوی",
}


def in_order(name: str, language: str) -> tuple[str, str]:
    """The key to sort a name of that language by; a language from nowhere is sorted as Unicode has it."""
    counted = re.sub(r"[0-9]+", lambda found: found[0].zfill(DIGITS), folded(name))
    return counted.translate(_places(language)), name


@lru_cache(maxsize=32)
def _places(language: str) -> dict[int, str]:
    """From each letter to its place: all of them where the first stands in Unicode, so that vowel signs come after."""
    letters = ALPHABETS.get(language, "")
    return {ord(letter): min(letters) + chr(place) for place, letter in enumerate(letters)}
