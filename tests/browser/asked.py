"""What is said, asked, wondered and needed in grade 3 on the day at school."""

import re

from tests.browser.phone import Phone
from tests.browser.pressing import first_group, press


def talk_and_ask(phones: dict[str, Phone], starts: dict[str, list[str]]) -> None:
    teacher, mother = phones["teacher"], phones["urdu parent"]
    grade = f"/groups/{first_group(teacher)}"
    press(teacher, f"{grade}/talk/new", r"/groups/\d+/talk", text="कल कौन पत्ते लाएगा?")
    starts["teacher"].append(f"{grade}/talk")
    _is_it_true(teacher, mother, grade, starts)
    _ask(teacher, mother, grade, starts)
    _need(teacher, mother, grade, starts)


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
    said = {"question": "स्कूल की बस किस समय चलती है?", "answer": "छह बजे, चौक से।"}
    kept = press(teacher, f"{asked}/good", r"/questions/\d+/good", **said).path
    starts["teacher"] += [asked, f"{asked}/good", kept, f"{kept}/edit", f"{kept}/languages"]
    starts["urdu parent"] += [asked, f"{asked}/sealed"]


def _need(teacher: Phone, mother: Phone, grade: str, starts: dict[str, list[str]]) -> None:
    """Somebody is trained and may be woken; she needs food, and it is taken."""
    press(teacher, "/me/attention", "/me/attention", on_call="yes")
    press(teacher, f"{grade}/duty", r"/groups/\d+/duty", urgent="1", day="1")
    answer = press(mother, f"{grade}/help/3", r"/groups/\d+/help/3")
    found = re.search(r"/help/(\d+)", answer.path)
    assert found, answer.path
    press(teacher, f"/questions/{found[1]}", r"/questions/\d+/taker")
    starts["urdu parent"] += [f"{grade}/help/3", f"/help/{found[1]}"]
    starts["teacher"] += [f"/questions/{found[1]}", f"/questions/{found[1]}/aid"]
