"""What is said and asked at the school that does not exist: mothers talk, and a parent is answered."""

from datetime import timedelta

from community.database import now
from community.duty.models import Duty
from community.faq.models import Entry
from community.groups.models import Group
from community.people.models import Person
from community.questions import routing
from community.questions.models import Question
from community.rumours import flagging
from community.talk.models import Message
from demo.school import Cast

FORWARDED = "सुना है कि कल से स्कूल पूरे महीने बंद रहेगा। यह संदेश सब माताओं को भेज दो।"


def liven(cast: Cast) -> None:
    """In the caller's transaction, after `school.build`."""
    _talk(cast.grades[20], cast.people)
    _wonder(cast.grades[20], cast.people)
    _ask(cast.grades[3], cast.people)


def _talk(mothers: Group, who: dict[str, Person]) -> None:
    mothers.talking = "everyone"
    _say(mothers, who["teacher"], "नमस्ते। यहाँ हम सब एक-दूसरे से पूछ सकती हैं।", 30)
    asked = _say(mothers, who["parent"], "बच्चा सुबह दूध नहीं पीता। आप लोग क्या खिलाती हैं?", 28)
    answer = _say(mothers, who["teacher"], "दलिया बनाइए, थोड़ा गुड़ डालकर। मेरे बच्चे शौक़ से खाते हैं।", 27, asked)
    answer.react(who["parent"], "thanks", given=True)


def _say(group: Group, person: Person, text: str, hours: int, parent: Message | None = None) -> Message:
    """So many hours ago."""
    made = Message.say(group, person, key=f"demo-{group.id}-{hours}", text=text, parent=parent, why=())
    made.created = now() - timedelta(hours=hours)
    return made


def _wonder(mothers: Group, who: dict[str, Person]) -> None:
    """A mother asks whether what she got is true, and the head teacher answers."""
    rumour = flagging.bring(mothers, who["parent"], key="demo-rumour", text=FORWARDED, photo=None, category_id=None)
    rumour.answer("untrue", who["head"], None, "यह सच नहीं है। स्कूल रोज़ सुबह 8 बजे खुलेगा।", None)


def _ask(grade: Group, who: dict[str, Person]) -> None:
    """A question was answered, and is kept for everybody."""
    Duty.begin(grade, who["teacher"], who["head"])
    text = "کیا آدھی چھٹی کے دن بھی کھانا ملتا ہے؟"
    answered = Question.ask(grade, who["urdu parent"], key="demo-question", text=text, shared=True)
    answered.created = now() - timedelta(hours=20)
    routing.lay(answered)
    if answer := answered.answer(who["teacher"], key="demo-answer", text="जी हाँ। बच्चे खाना खाकर घर जाते हैं।"):
        answered.answered_at = answer.created = now() - timedelta(hours=19)
    _keep(grade, who["teacher"], answered)


def _keep(grade: Group, teacher: Person, answered: Question) -> None:
    """In both languages of the grade."""
    answer = "हाँ। बच्चे बारह बजे खाना खाकर घर जाते हैं।"
    kept = Entry.keep(
        grade, teacher, key="demo-good", question="आधी छुट्टी के दिन भी खाना मिलता है?", answer=answer, language="hi",
        question_id=answered.id,
    )  # fmt: skip
    answer = "ہاں۔ بچے بارہ بجے کھانا کھا کر گھر جاتے ہیں۔"
    Entry.keep(
        grade, teacher, key="demo-good-ur", question="آدھی چھٹی کے دن بھی کھانا ملتا ہے؟", answer=answer, language="ur",
        same_id=kept.id,
    )  # fmt: skip
