"""What is wrong with a sheet or one of its rows, in words that say what to do."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

REASONS: dict[str, LazyString] = {
    "type": _l("This is no sheet. Choose a file that ends in .xlsx or .csv."),
    "big": _l("This is too big to send. A smaller one will do."),
    "letters": _l("The letters of this file can not be read. Save it as .xlsx and choose it again."),
    "empty": _l("Nothing stands in this sheet."),
    "columns": _l("Write above each column what it is: code, name, parent."),
    "same": _l("Two columns bear the same word. Give each its own."),
    "old": _l("This is not needed any more."),
    "role": _l("It has stopped: who began it does not look after this group any more."),
    "rests": _l("This group rests, with all inside it. Nothing new comes, nobody new comes in."),
    "person": _l("It was stopped."),
}
PROBLEMS: dict[str, LazyString] = {
    "twice": _l("Row %(detail)s has the same code. Give each place its own."),
    "no name": _l("A group needs a name."),
    "no code": _l("The code is missing. Give each place its own."),
    "no role": _l("Write admin, moderator or responder here, or nothing."),
    "date": _l("The sheet has made a date of it. Make the column text, then write it again."),
    "long": _l("That is too long. Say it in fewer words."),
    "no parent": _l("No place has the code %(detail)s. Look whether it is written the same."),
    "elsewhere": _l("%(detail)s is a place outside of this group. Leave it out."),
    "moved": _l("This place stands in another one now. Move it there first, or correct the sheet."),
    "circle": _l("These places stand inside one another in a circle. Correct the code above."),
    "above": _l("The place that it stands in is left out, so it is too."),
    "deep": _l("The tree is too deep here. Choose a place further up."),
    "categories": _l("There are sixty categories already. Choose one of them."),
}


def problem(kind: str, detail: str) -> str:
    return str(PROBLEMS[kind]) % {"detail": detail}
