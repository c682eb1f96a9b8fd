"""What is said, asked, wondered and needed in grade 3 on the day at school."""

import re
from secrets import token_hex

from tests.browser.phone import Phone
from tests.browser.pressing import done, first_group, press
from tests.sealed.alone import point, text


def talk_and_ask(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    teacher, mother = phones["teacher"], phones["urdu parent"]
    grade = f"/groups/{first_group(teacher)}"
    press(teacher, f"{grade}/talk/new", r"/groups/\d+/talk", text="कल कौन पत्ते लाएगा?")
    starts["teacher"].append(f"{grade}/talk")
    _is_it_true(teacher, mother, grade, starts)
    _ask(teacher, mother, grade, starts)
    _need(teacher, mother, grade, starts)


def knock(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    """Grade 3 asks something at its door, and somebody answers; nobody has said yes or no yet."""
    teacher, parent = phones["teacher"], phones["parent"]
    grade = f"/groups/{first_group(teacher)}"
    press(teacher, f"{grade}/door", r"/groups/\d+/door", text="आपके बच्चे का नाम क्या है?", kind="short")
    question = re.search(r'name="(door_\d+)"', parent.get(grade).text)
    assert question, "nothing is asked at the door"
    press(parent, grade, r"/groups/\d+/membership", **{question[1]: "<b>रवि</b> और लक्ष्मी"})
    starts["teacher"] += re.findall(r'href="(/requests/\d+)"', teacher.get(grade).text)


def _is_it_true(teacher: Phone, mother: Phone, grade: str, starts: dict[str, list[str]]) -> None:
    words = "सुना है कि कल से स्कूल सात दिन बंद रहेगा। सबको भेजें।"
    asked = press(mother, f"{grade}/rumours/new", r"/groups/\d+/rumours", text=words).path
    starts["urdu parent"] += ["/rumours", asked]
    starts["teacher"] += ["/rumours", asked]


def _ask(teacher: Phone, mother: Phone, grade: str, starts: dict[str, list[str]]) -> None:
    """Asked before the group, taken, answered, kept."""
    asked = press(mother, f"{grade}/questions/new", r"/groups/\d+/questions", text="बस कब आएगी?", to="group").path
    press(teacher, asked, r"/questions/\d+/taker")
    starts["teacher"] += [f"{asked}/answers/new", f"{asked}/sealed"]
    press(teacher, f"{asked}/answers/new", r"/questions/\d+/answers", text="सुबह छह बजे।")
    _talk_alone(teacher, mother, asked)
    said = {"question": "स्कूल की बस किस समय चलती है?", "answer": "छह बजे, चौक से।"}
    kept = press(teacher, f"{asked}/good", r"/questions/\d+/good", **said).path
    starts["teacher"] += [asked, f"{asked}/good", kept, f"{kept}/edit", f"{kept}/languages"]
    starts["urdu parent"] += [asked, f"{asked}/sealed", f"{asked}/sealed/erasure"]


def _talk_alone(teacher: Phone, mother: Phone, asked: str) -> None:
    """She says a word, as a phone's script would, before the teacher's phone is there."""
    place = press(mother, f"{asked}/sealed", f"{asked}/sealed").path
    page = done(mother.post(f"{place}/phone", {"public": point()})).text
    [own] = re.findall(r'data-own="(\d+)"', page)
    word = {"number": "1", "phone": own, "ephemeral": point(), "wrapped": f"{own}.{text(48)}"}
    done(mother.post(f"{place}/words", word | {"key": token_hex(16), "iv": text(12), "ciphertext": text(60)}))
    done(teacher.post(f"{place}/phone", {"public": point()}))


def _need(teacher: Phone, mother: Phone, grade: str, starts: dict[str, list[str]]) -> None:
    """Somebody is trained and may be woken; she needs food, and it is taken."""
    press(teacher, "/me/attention", "/me/attention", on_call="yes")
    press(teacher, f"{grade}/duty", r"/groups/\d+/duty", urgent="1", day="1")
    answer = press(mother, f"{grade}/help/3", r"/groups/\d+/help/3")
    found = re.search(r"/help/(\d+)", answer.path)
    assert found, answer.path
    press(teacher, f"/questions/{found[1]}", r"/questions/\d+/taker")
    starts["urdu parent"] += [f"{grade}/help/3", f"/help/{found[1]}", f"/questions/{found[1]}/sealed"]
    starts["teacher"] += [f"/questions/{found[1]}", f"/questions/{found[1]}/aid"]
