"""What the form of a good answer says: nobody is to be recognised, and no words are taken that were not given."""

from dataclasses import dataclass

from community.announcements.draft import categories_in
from community.faq.likeness import in_same_words
from community.faq.models import LONGEST, MOST, Entry, Permit
from community.form import Form
from community.groups.membership import standing
from community.groups.models import Group
from community.holding.why import PRIVATE, WHY, gives_away
from community.languages import gettext as _
from community.media.models import Voice
from community.people.session import me
from community.questions.models import Question


@dataclass
class Draft:
    """`form.wrong` says what keeps it from being kept."""

    form: Form
    group: Group
    question: str = ""
    answer: str = ""
    borrowed: bool = False

    def read(self, source: Question | None, *, has_voice: bool) -> "Draft":
        """The words; `source` is the question that they come from."""
        form = self.form
        self.question = form.text("question", most=LONGEST, needed=_("Write the question, as anybody could ask it."))
        needed = "" if has_voice else _("Say something, or write it here.")
        self.answer = form.text("answer", most=LONGEST, needed=needed)
        self._look_for_people()
        self._look_for_borrowed(source)
        return self

    def _look_for_people(self) -> None:
        """Who looks after the group may let an office's number be known."""
        vouched = self.form.ticked("vouched") and standing(me()).is_at_least("admin", self.group)
        for field, words in (("question", self.question), ("answer", self.answer)):
            found = [key for key in gives_away(words, self.group.zone) if not (vouched and key in PRIVATE)]
            if found and standing(me()).is_at_least("admin", self.group) and set(found) <= set(PRIVATE):
                self.form.wrong["vouched"] = _("There is a number or an address in it. All will know it.")
            elif found:
                self.form.wrong[field] = str(WHY[found[0]].words)

    def _look_for_borrowed(self, source: Question | None) -> None:
        if source is None or "question" in self.form.wrong:
            return
        self.borrowed = any(in_same_words(words, source.text) for words in (self.question, self.answer))
        permit = Permit.of(source.id) if self.borrowed else None
        if self.borrowed and not (permit and permit.answer == "yes"):
            self.form.wrong["question"] = _("These are the asker's own words. Ask for a yes, or say it in other words.")

    @property
    def category_id(self) -> int | None:
        """One of those that groups here carry, or none."""
        number = self.form.number("category")
        return number if number in {one.id for one in categories_in(self.group)} else None

    def find_room(self) -> None:
        if Entry.count_in(self.group) >= MOST:
            self.form.wrong["question"] = _("This group keeps as many good answers as it can. End one first.")


def spoken_by_me(voice: Voice | None) -> Voice | None:
    """A copy of my own voice: each row lets go of its own."""
    return voice.copied() if voice and voice.owner_id == me().id else None
