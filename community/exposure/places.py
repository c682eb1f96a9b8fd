"""A postal address in what people write. Honest and rough: two signs of one, near each other.

A sign is the number of a house, the name of a way or quarter, a PIN code. What this misses: an address in words alone
("the blue house behind the temple"), one with a single sign, ways in languages that are not listed, and what is spoken.
"""

import re
from itertools import pairwise

from community.exposure.numbers import plain

NEAR = 90  # characters from the one sign to the other
SPOT = r"[\s.:#\-/]{0,3}(?:no\.?|number|नं\.?|नंबर|नम्बर|نمبر)?[\s.:#\-/]{0,3}\d{1,5}[a-z]?\b"
HOUSE = (
    "house", "h.?no", "flat", "plot", "d.?no", "qtr", "quarter", "makan",
    "मकान", "फ्लैट", "फ़्लैट", "प्लॉट", "प्लाट", "खोली", "مکان", "فلیٹ", "پلاٹ", "বাড়ি", "ফ্ল্যাট", "ਮਕਾਨ", "ઘર", "મકાન",
    "ఇంటి", "ఇల్లు", "வீடு", "வீட்டு", "கதவு", "ಮನೆ", "വീട്", "ଘର",
)  # fmt: skip
WAY = (
    "gali", "galli", "street", "road", "marg", "lane", "nagar", "colony", "mohalla", "muhalla", "sector", "chowk",
    "society", "apartment", "tola", "basti", "ward",
    "गली", "रोड", "मार्ग", "नगर", "कॉलोनी", "कालोनी", "मोहल्ला", "मुहल्ला", "सेक्टर", "चौक", "टोला", "बस्ती", "वार्ड",
    "सोसायटी", "گلی", "روڈ", "نگر", "کالونی", "محلہ", "سیکٹر", "چوک", "রাস্তা", "রোড", "সরণি", "নগর", "পাড়া", "ਗਲੀ",
    "ਨਗਰ", "ગલી", "નગર",
    "રોડ", "వీధి", "రోడ్డు", "నగర్", "தெரு", "சாலை", "நகர்", "ಬೀದಿ", "ರಸ್ತೆ", "ನಗರ", "റോഡ്", "നഗർ", "ସାହି",
)  # fmt: skip
SIGNS = (
    re.compile(rf"(?<!\w)(?:{'|'.join(HOUSE)}){SPOT}", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, WAY))})(?!\w)|\w(?:nagar|wadi|pura|नगर|نگر)(?!\w)", re.IGNORECASE),
    re.compile(r"(?<![\d,.₹])[1-8]\d{2} ?(?!000)\d{3}(?![\d,.])"),  # a PIN code, and no round sum
)


def has_address(text: str) -> bool:
    """Whether two different signs of a postal address stand near each other."""
    text = plain(text)
    found = sorted((one.start(), sign) for sign, pattern in enumerate(SIGNS) for one in pattern.finditer(text))
    pairs = ((left, right) for left, right in pairwise(found) if left[1] != right[1])
    return any(right[0] - left[0] <= NEAR for left, right in pairs)
