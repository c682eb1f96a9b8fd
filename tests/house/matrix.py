"""Who may do what: one row for each route. A route without a row fails the suite, and so does a row without a route.

Whoever is not in `may` is refused in the same words as for something that is not there; who is not signed in gets 401
before anything is looked up, unless the row lets in `anonymous`. Who `knows` the thing anyway is told why not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.house.village import DIGITS, ROLES
from tests.subscriptions.browser import said

ALL = frozenset(ROLES)
SIGNED_IN = ALL - {"anonymous"}
OWNER = frozenset({"owner"})
ADMINS = frozenset({"admin", "above"})
HELPERS = ADMINS | {"moderator"}
HEARERS = HELPERS | {"member", "responder", "owner"}  # in the group, or looking after it
OFFICES = frozenset({"responder", "moderator", "admin"})  # hold a role in the group itself
INSIDE = frozenset({"member", "responder", "moderator", "admin", "owner"})  # in the group itself
AT_DOOR = HEARERS | {"sister"}  # could ask to come in, as somebody of the same community
SOMEWHERE = SIGNED_IN - {"stranger"}  # in a community, whichever
COMMUNITY = AT_DOOR | {"banned"}  # banned from the group, not from the one beside


@dataclass(frozen=True)
class Row:
    """`names` says which thing an argument of the address means, `form` what is sent; "{thing}" stands for one."""

    route: str
    may: frozenset[str]
    form: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    knows: frozenset[str] = frozenset()
    key: bool = False  # opened by the operator's key and by no person: everybody is asked for it

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def rule(self) -> str:
        return self.route.partition(" ")[2]

    def __str__(self) -> str:
        return " ".join([self.route, *self.names.values(), *self.form.values()])


NOBODY: frozenset[str] = frozenset()
ABOVE = frozenset({"above"})
ADMIN = frozenset({"admin"})
RESPONDER = frozenset({"responder"})
IN_NEED = {"question_id": "urgent_question"}
MODERATOR = frozenset({"moderator"})
WAITING = {"announcement_id": "waiting"}
SENT = {"translation_id": "sent_translation"}
AN_ADMINS = {"membership_id": "admin_membership"}
FROM_ABOVE = {"membership_id": "above_membership"}
AT_ROOT = {"group_id": "root"}
AT_ITS_DOOR = {"group_id": "asking", "question_id": "door_question"}
BESIDE = {"group_id": "sister_group"}
HANDED = {"appointment_id": "handed_over"}
TAKEN = {"appointment_id": "taken_appointment"}
HELPERS_OWN = {"membership_id": "moderator_membership"}
TICKET = {"left": "{left}"}
BUT_HER = HEARERS - OWNER  # nobody reports what is her own
KEEPERS = HELPERS | {"responder"}  # answer in the group, or above it
ENDED = {"entry_id": "ended_entry"}
TOLD = {"rumour_id": "told_rumour"}
SAID = {"what": "a_announcement", "number": "announcement"}
TALKED = {"what": "a_message", "number": "message"}
SHOWN = {"what": "a_photo", "number": "announcement"}
SOMEBODY = {"what": "a_person", "number": "membership"}
ASKED = {"what": "a_question", "number": "answered_question"}
BEFORE_ALL = {"question_id": "answered_question"}
IN_HAND = {"question_id": "taken_question"}
GROUP = {"what": "a_group", "number": "group"}
FIRST_WORDS = {"what": "a_translation", "number": "announcement"}  # they are reported as the announcement

# Powerful: what changes who holds a role, an office or a community; what is done to many groups at once, or to one with
# all that is inside it; and what opens somebody's room. Whoever has a PIN or a passkey proves first that it is she.
PROVEN = frozenset(
    {
        "POST /appointments/<int:appointment_id>/confirmation",
        "POST /appointments/<int:appointment_id>/undo",
        "POST /bearers/<int:bearer_id>/yes",
        "POST /errands/<int:errand_id>/undo",
        "POST /groups/<int:group_id>/appointments",
        "POST /groups/<int:group_id>/archive",
        "POST /groups/<int:group_id>/bulk/<work>",
        "POST /groups/<int:group_id>/category",  # whose officers look after it
        "POST /groups/<int:group_id>/messages",
        "POST /groups/<int:group_id>/parent",
        "POST /groups/<int:group_id>/return",
        "POST /groups/<int:group_id>/templates",
        "POST /m/<code>",
        "POST /me/passkeys",
        "POST /memberships/<int:membership_id>/recovery",
        "POST /memberships/<int:membership_id>/role",
        "POST /memberships/<int:membership_id>/sign-in-code",
        "POST /memberships/<int:membership_id>/term",
        "POST /mergers/<int:merger_id>/agreement",
        "POST /mergers/<int:merger_id>/undo",
        "POST /offices/<int:office_id>/end",
        "POST /offices/<int:office_id>/return",
        "POST /removals/undo",
        "POST /sheets/<int:sheet_id>/bringing",
        "POST /sheets/<int:sheet_id>/undo",
        "POST /templates/<int:template_id>/errand",
        "POST /templates/<int:template_id>/groups",
        "POST /templates/<int:template_id>/groups/<int:template_group_id>/removal",
        "POST /templates/<int:template_id>/removal",
    }
)
UNPROVEN = frozenset(
    {
        "POST /a/<code>",  # she takes on what somebody else gave
        "POST /a/<code>/refusal",
        "POST /appointments/<int:appointment_id>/withdrawal",  # what stops something is done at once
        "POST /communities",  # a new one, with nobody in it but her
        "POST /groups/<int:group_id>/groups",  # one new group, whose officers are those of its place
    }
)

TWO = frozenset({"owner", "responder"})  # who asked, and who has taken it
ALONE = {"question_id": "sealed_question"}
POINT = said("matrix")["p256dh"]
ROWS = (
    Row("GET /questions/<int:question_id>/sealed", TWO, names=ALONE),
    Row("POST /questions/<int:question_id>/sealed", TWO, names=ALONE),
    Row("GET /questions/<int:question_id>/sealed/erasure", TWO, names=ALONE),
    Row("POST /questions/<int:question_id>/sealed/erasure", TWO, names=ALONE),
    Row("POST /questions/<int:question_id>/sealed/phone", TWO, {"public": POINT}, ALONE),
    Row("POST /questions/<int:question_id>/sealed/words", TWO, {"key": "sealed-word"}, ALONE),
    Row("GET /calendar", ALL),
    Row("GET /help", ALL),
    Row("GET /groups/<int:group_id>/help/<int:place>", INSIDE),
    Row("POST /groups/<int:group_id>/help/<int:place>", INSIDE),
    Row("POST /help/<int:question_id>/answer", RESPONDER, {"text": "so", "key": "matrix-answer"}, IN_NEED, knows=MODERATOR),  # another one has it
    Row("GET /help/<int:help_id>", OWNER),
    Row("POST /help/<int:help_id>/withdrawal", OWNER),
    Row("POST /help/<int:help_id>/return", OWNER),
    Row("GET /questions/<int:question_id>/aid", RESPONDER, names=IN_NEED),
    Row("POST /questions/<int:question_id>/aid", RESPONDER, {"what": "food", "count": "2", "key": "matrix-aid"}, names=IN_NEED),
    Row("POST /aid/<int:aid_id>/undo", RESPONDER),
    Row("GET /groups/<int:group_id>/aid", HELPERS),
    Row("GET /groups/<int:group_id>/place", ADMINS),
    Row("POST /groups/<int:group_id>/place", ADMINS, {"place": "IN-UP"}),
    Row("GET /me/pin", SIGNED_IN),
    Row("POST /me/pin", SIGNED_IN, {"pin": "503817", "again": "503817"}),
    Row("GET /phone", ALL),
    Row("POST /phone/hide", ALL),
    Row("GET /phone/key", NOBODY),  # whose PIN was just typed there: tests/phones/test_pins.py
    Row("GET /phone/<int:pin_id>", OWNER),
    Row("POST /phone/<int:pin_id>", OWNER, {"pin": DIGITS}),
    Row("POST /phone/<int:pin_id>/removal", OWNER),
    Row("GET /", ALL),
    Row("GET /announcements/<int:announcement_id>", HEARERS),
    Row("GET /announcements/<int:announcement_id>", OWNER, names=WAITING),
    Row("POST /announcements/<int:announcement_id>", OWNER, {"text": "other words"}, WAITING),
    Row("POST /announcements/<int:announcement_id>/acknowledgement", HEARERS),
    Row("GET /announcements/<int:announcement_id>/edit", OWNER, names=WAITING),
    Row("POST /announcements/<int:announcement_id>/pin", ADMINS, {"up": "1"}),
    Row("POST /announcements/<int:announcement_id>/removal", HELPERS | OWNER),
    Row("POST /announcements/<int:announcement_id>/withdrawal", OWNER, names=WAITING),
    Row("POST /announcements/<int:announcement_id>/acknowledgement", HEARERS, {"wish": "explain"}),
    Row("GET /announcements/<int:announcement_id>/correction", ADMINS | OWNER),
    Row("GET /announcements/<int:announcement_id>/correction", NOBODY, names=WAITING),
    Row("POST /announcements/<int:announcement_id>/correction", ADMINS | OWNER, {"text": "the right words"}),
    Row("POST /announcements/<int:announcement_id>/correction", NOBODY, {"text": "the right words"}, WAITING),
    Row("GET /announcements/<int:announcement_id>/wordings", HEARERS),
    Row("GET /announcements/<int:announcement_id>/wordings", NOBODY, names=WAITING),
    Row("GET /announcements/<int:announcement_id>/forward", HEARERS),
    Row("GET /announcements/<int:announcement_id>/forward", NOBODY, names=WAITING),
    Row("GET /f", ALL),
    Row("GET /f/<code>", ALL),
    Row("GET /f/<code>/card.png", ALL),
    Row("GET /groups/<int:group_id>/forwards", ADMINS),
    Row("POST /groups/<int:group_id>/forwards", ADMINS, {"who": "everybody"}),
    Row("POST /groups/<int:group_id>/forwards", ABOVE | {"sister"}, {"who": "everybody"}, BESIDE),
    Row("GET /announcements/<int:announcement_id>/replies", HEARERS),
    Row("GET /announcements/<int:announcement_id>/replies/new", INSIDE),
    Row("GET /announcements/<int:announcement_id>/replies/new", NOBODY, names=WAITING),
    Row("POST /announcements/<int:announcement_id>/replies", INSIDE, {"text": "a reply"}),
    Row("POST /announcements/<int:announcement_id>/replies", NOBODY, {"text": "a reply"}, WAITING),
    Row("POST /announcements/<int:announcement_id>/replies/door", ADMINS | OWNER),
    Row("POST /announcements/<int:announcement_id>/replies/door", NOBODY, names=WAITING),
    Row("GET /announcements/<int:announcement_id>/why", HEARERS),
    Row("GET /announcements/<int:announcement_id>/why", OWNER, names=WAITING),
    Row("GET /announcements/<int:announcement_id>/reach", HELPERS),
    Row("GET /announcements/<int:announcement_id>/reach", NOBODY, names={"announcement_id": "waiting"}),
    Row("POST /announcements/<int:announcement_id>/resend", HELPERS),
    Row("GET /announcements/<int:announcement_id>/languages", ADMINS),
    Row("GET /announcements/<int:announcement_id>/languages/<language>", ADMINS),
    Row("GET /announcements/<int:announcement_id>/languages/<language>", NOBODY, names={"language": "no_language"}),
    Row("POST /announcements/<int:announcement_id>/languages/<language>/requests", ADMINS, {"person": "{speaker}"}),
    Row("POST /announcements/<int:announcement_id>/languages/<language>/requests", NOBODY, {"person": "{outsider}"}),
    Row("POST /announcements/<int:announcement_id>/languages/<language>/requests", NOBODY, knows=ADMINS),
    Row("POST /announcements/<int:announcement_id>/languages/<language>/memory", NOBODY, knows=ADMINS),
    Row("POST /announcements/<int:announcement_id>/languages/<language>/removal", ADMINS),
    Row("GET /translations/<int:translation_id>", OWNER),
    Row("POST /translations/<int:translation_id>", OWNER, {"text": "other words"}),
    Row("POST /translations/<int:translation_id>/refusal", OWNER),
    Row("POST /translations/<int:translation_id>/approval", ADMINS, names=SENT),
    Row("POST /translations/<int:translation_id>/return", ADMINS, {"reason": "long"}, SENT),
    Row("POST /translations/<int:translation_id>/undo", ADMINS, names=SENT),
    Row("GET /me/helping", SIGNED_IN),
    Row("POST /me/helping", SIGNED_IN, {"language": "ur"}),
    Row("GET /announcements/<int:announcement_id>/speech", HEARERS),
    Row("GET /announcements/<int:announcement_id>/speech", OWNER, names=WAITING),
    Row("GET /listen", ALL),
    Row("GET /speech/<clip>.ogg", ALL),
    Row("GET /groups/<int:group_id>/voice", HEARERS),
    Row("POST /groups/<int:group_id>/voice", HEARERS, {"prompt": "0"}),
    Row("GET /groups/<int:group_id>/voices", ABOVE),
    Row("POST /recordings/<int:recording_id>/answer", ABOVE, {"answer": "approved"}),
    Row("POST /deliveries", ALL, {"shown": "{delivery}", "opened": "{delivery}"}),
    Row("GET /groups/<int:group_id>/rules", AT_DOOR),
    Row("POST /groups/<int:group_id>/rules/hearing", INSIDE),
    Row("GET /groups/<int:group_id>/talk/search", INSIDE, {"q": "word"}),
    Row("POST /groups/<int:group_id>/talk/ringing", INSIDE, {"on": "1"}),
    Row("GET /groups/<int:group_id>/involvement", INSIDE),
    Row("POST /groups/<int:group_id>/involvement", INSIDE, {"level": "nothing"}),
    Row("POST /groups/<int:group_id>/mute", INSIDE, {"for": "week"}),
    Row("GET /me/quiet", SIGNED_IN),
    Row("POST /me/quiet", SIGNED_IN, {"from": "22"}),
    Row("GET /me/saver", SIGNED_IN),
    Row("POST /me/saver", SIGNED_IN, {"level": "words"}),
    Row("GET /offline/price", SIGNED_IN),
    Row("GET /me/reports", SIGNED_IN),
    Row("POST /me/reports", SIGNED_IN, {"reports": ""}),
    Row("GET /children", SIGNED_IN),
    Row("POST /children", SIGNED_IN, {"nickname": "Munni"}),
    Row("GET /children/<int:child_id>", OWNER),
    Row("POST /children/<int:child_id>", OWNER, {"nickname": "Munni"}),
    Row("POST /children/<int:child_id>/removal", OWNER),
    Row("POST /children/<int:child_id>/return", OWNER, names={"child_id": "gone"}),
    Row("GET /code", ALL),
    Row("POST /code", ALL - {"banned"}, {"code": "{spoken}"}),
    Row("GET /enter/<code>", ALL, names={"code": "enter"}),
    Row("POST /enter/<code>", ALL, names={"code": "enter"}),
    Row("GET /operator", ALL),
    Row("POST /operator", ALL, {"key": "{operator}"}),
    Row("POST /operator/tries", NOBODY, key=True),
    Row("GET /metrics", NOBODY, key=True),
    Row("GET /groups/<int:group_id>/bulk", ADMINS),
    Row("GET /groups/<int:group_id>/bulk/<work>", ADMINS, {"all": "1"}),
    Row("GET /groups/<int:group_id>/bulk/<work>", NOBODY, {"all": "1", "in": "{other_root}"}, {"work": "moving"}),
    Row("POST /groups/<int:group_id>/bulk/<work>", ADMINS, {"all": "1"}),
    Row("POST /groups/<int:group_id>/bulk/<work>", NOBODY, {"all": "1", "parent": "{other_root}"}, {"work": "moving"}),
    Row("GET /errands/<int:errand_id>/invitations", ADMINS, names={"errand_id": "inviting"}),
    Row("GET /errands/<int:errand_id>/invitations", NOBODY),
    Row("GET /search", SIGNED_IN, {"q": "group"}),
    Row("GET /errands", SIGNED_IN),
    Row("GET /errands/<int:errand_id>", ADMINS),
    Row("POST /errands/<int:errand_id>/stop", ADMINS),
    Row("POST /errands/<int:errand_id>/undo", ADMINS, names={"errand_id": "ended_errand"}),
    Row("POST /errands/<int:errand_id>/undo", NOBODY, knows=ADMINS),  # it still runs
    Row("GET /groups", SIGNED_IN),
    Row("GET /groups/<int:group_id>", AT_DOOR),
    Row("GET /groups/<int:group_id>", HELPERS, names={"group_id": "closed"}),
    Row("GET /groups/<int:group_id>", COMMUNITY, names={"group_id": "sister_group"}),
    Row("POST /groups/<int:group_id>/announcements", ADMINS, {"text": "new words"}),
    Row("POST /groups/<int:group_id>/announcements", OWNER | {"above"}, {"text": "new"}, {"group_id": "open"}),
    Row("POST /groups/<int:group_id>/announcements", ADMINS, {"ready": "thanks"}),
    Row("GET /groups/<int:group_id>/announcements/new", ADMINS),
    Row("POST /groups/<int:group_id>/headcount", ADMINS, {"category": "{category}", "role": "admin"}),
    Row("POST /groups/<int:group_id>/headcount", OWNER | ABOVE, names={"group_id": "open"}),
    Row("POST /groups/<int:group_id>/headcount", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/announcements/ready", ADMINS),
    Row("POST /groups/<int:group_id>/announcements/ready", ADMINS, {"ready": "thanks"}),
    Row("GET /groups/<int:group_id>/announcements/ready/<sentence>", ADMINS),
    Row("GET /groups/<int:group_id>/children", AT_DOOR),
    Row("POST /groups/<int:group_id>/membership", AT_DOOR),
    Row("POST /groups/<int:group_id>/membership", OWNER, {"child": "{child}"}),
    Row("POST /groups/<int:group_id>/membership", HELPERS, names={"group_id": "closed"}),
    Row("GET /j/<code>", ALL),
    Row("POST /j/<code>", ALL - {"banned"}),
    Row("GET /first/<int:step>", SIGNED_IN),
    Row("POST /me/letters", SIGNED_IN, {"letters": "nastaliq"}),
    Row("GET /me/voice", SIGNED_IN),
    Row("POST /me/voice", SIGNED_IN, {"language": "ur"}),
    Row("GET /language", ALL),
    Row("GET /groups/<int:group_id>/held", HELPERS),
    Row("POST /groups/<int:group_id>/held", ADMINS, {"new": "1"}),
    Row("GET /held/<int:held_id>", OWNER),
    Row("POST /held/<int:held_id>/hearing", OWNER),
    Row("POST /held/<int:held_id>/approval", HELPERS),
    Row("POST /held/<int:held_id>/refusal", HELPERS, {"reason": "private"}),
    Row("POST /held/<int:held_id>/undo", HELPERS, names={"held_id": "refused"}),
    Row("GET /leaving", ALL, {"to": "{leads}", "mark": "{leads_mark}"}),
    Row("POST /language", ALL, {"language": "hi"}),
    Row("GET /language/<tongue>/words", SOMEWHERE),
    Row("GET /language/<tongue>/words/<word>", SOMEWHERE),
    Row("POST /language/<tongue>/words/<word>", SOMEWHERE, {"words": "நல்ல சொல்"}),
    Row("GET /groups/<int:group_id>/words", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/words", NOBODY),  # better words are the top group's
    Row("GET /groups/<int:group_id>/words/<tongue>.po", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/words/<tongue>.po", NOBODY),
    Row("POST /suggestions/<int:suggestion_id>/taking", ABOVE),
    Row("POST /suggestions/<int:suggestion_id>/refusal", ABOVE),
    Row("POST /suggestions/<int:suggestion_id>/undo", ABOVE, names={"suggestion_id": "taken"}),
    Row("GET /operator/words", NOBODY, key=True),
    Row("GET /operator/words/<tongue>.po", NOBODY, key=True),
    Row("GET /manifest.webmanifest", ALL),
    Row("GET /offline/waiting", ALL),
    Row("GET /me", SIGNED_IN),
    Row("POST /me/digits", SIGNED_IN, {"digits": "own"}),
    Row("GET /me/looks", SIGNED_IN),
    Row("POST /me/looks", SIGNED_IN, {"name": "Asha"}),
    Row("GET /me/phones", SIGNED_IN),
    Row("GET /me/phones/new", SIGNED_IN),
    Row("POST /me/phones/new", SIGNED_IN),
    Row("POST /me/sign-out", ALL),
    Row("POST /memberships/<int:membership_id>/end", OWNER),
    Row("POST /memberships/<int:membership_id>/sign-in-code", ADMINS),
    Row("GET /memberships/<int:membership_id>/recovery", ADMINS),
    Row("GET /memberships/<int:membership_id>/recovery", NOBODY, names=AN_ADMINS),
    Row("POST /memberships/<int:membership_id>/recovery", ADMIN, knows=ABOVE),  # who gave the code waits for a day
    Row("POST /recoveries/<int:recovery_id>/refusal", OWNER),
    Row("GET /passkeys", ALL),
    Row("POST /passkeys", NOBODY, {"answer": "nothing"}),
    Row("POST /passkeys/question", ALL),
    Row("POST /passkeys/<int:passkey_id>/removal", OWNER),
    Row("GET /me/passkeys", SIGNED_IN),
    Row("POST /me/passkeys", NOBODY, {"answer": "nothing"}),
    Row("POST /me/passkeys/question", SIGNED_IN),
    Row("POST /me/proof/question", SIGNED_IN),
    Row("POST /memberships/undo", OWNER, TICKET),
    Row("GET /offline", ALL),
    Row("GET /offline/announcement", ALL),
    Row("GET /offline/list", SIGNED_IN),
    Row("GET /photos/<key>/<int:width>.<kind>", COMMUNITY),
    Row("GET /voices/<key>/<rendition>", COMMUNITY, names={"key": "voice", "rendition": "voice_file"}),
    Row("PATCH /groups/<int:group_id>/recordings/<key>", ADMINS, names={"key": "recording_key"}),
    Row("POST /reading", SIGNED_IN, {"upto": "{root}:{seq}"}),
    Row("POST /reading", HEARERS, {"upto": "{root}:{seq}", "group": "{group}"}),
    Row("POST /requests/<int:request_id>/approval", HELPERS),
    Row("POST /requests/<int:request_id>/refusal", HELPERS),
    Row("POST /requests/<int:request_id>/undo", HELPERS, names={"request_id": "answered"}),
    Row("POST /requests/<int:request_id>/withdrawal", OWNER),
    Row("GET /s/<name>", ALL),
    Row("POST /sessions/<int:session_id>/end", OWNER),
    Row("GET /sw.js", ALL),
    Row("GET /subscriptions", SIGNED_IN),
    Row("GET /subscriptions/key", SIGNED_IN),
    Row("POST /subscriptions", SIGNED_IN, said()),
    Row("POST /subscriptions/end", SIGNED_IN),
    Row("GET /communities/new", SIGNED_IN),
    Row("GET /communities/new/<shape>", SIGNED_IN),
    Row("POST /communities", SIGNED_IN, {"shape": "circle", "size": "3"}),
    Row("GET /groups/<int:group_id>/settings", HELPERS),
    Row("POST /groups/<int:group_id>/settings", ADMINS, {"name": "New name"}),
    Row("POST /groups/<int:group_id>/archive", ADMINS),
    Row("POST /groups/<int:group_id>/return", ADMINS),
    Row("GET /groups/<int:group_id>/groups/new", ADMINS),
    Row("POST /groups/<int:group_id>/groups", ADMINS, {"name": "Inside"}),
    Row("GET /groups/<int:group_id>/parent", frozenset({"above"})),
    Row("POST /groups/<int:group_id>/parent", frozenset({"above"}), {"parent": "{sister_group}"}),
    Row("GET /groups/<int:group_id>/category", ADMINS),
    Row("GET /groups/<int:group_id>/door", HELPERS),
    Row("POST /groups/<int:group_id>/door", HELPERS, {"text": "Why?", "kind": "short", "key": "matrix-door"}),
    Row("POST /groups/<int:group_id>/door/<int:question_id>/removal", HELPERS, names=AT_ITS_DOOR),
    Row("POST /groups/<int:group_id>/door/<int:question_id>/removal", NOBODY, names={"question_id": "door_question"}),
    Row("POST /requests/<int:request_id>/refusal", HELPERS, names={"request_id": "door_wish"}),
    Row("GET /requests/<int:request_id>", HELPERS, names={"request_id": "door_wish"}),
    Row("GET /groups/<int:group_id>/triage", HELPERS),
    Row("GET /groups/<int:group_id>/triage", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/oversight", ADMINS),
    Row("GET /groups/<int:group_id>/oversight/map", ADMINS),
    Row("GET /groups/<int:group_id>/oversight", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/oversight/map", ABOVE, names=AT_ROOT),
    Row("POST /groups/<int:group_id>/call", ADMINS),
    Row("GET /groups/<int:group_id>/duty", HELPERS | {"responder"}),
    Row("GET /groups/<int:group_id>/duty", ABOVE, names=AT_ROOT),
    Row("POST /groups/<int:group_id>/duty", HELPERS, {"person": "{speaker}", "day": "1"}),
    Row("POST /duties/<int:duty_id>/end", HELPERS | {"responder"}),
    Row("POST /duties/<int:duty_id>/return", ADMIN, names={"duty_id": "ended_duty"}, knows=HELPERS),
    Row("GET /groups/<int:group_id>/overseers", HEARERS),
    Row("POST /groups/<int:group_id>/category", ADMINS, {"category": "{category}"}),
    Row("GET /groups/<int:group_id>/categories", ABOVE, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/categories", NOBODY),  # the list is the top group's
    Row("POST /groups/<int:group_id>/categories", ABOVE, {"ready": "women"}, AT_ROOT),
    Row("POST /groups/<int:group_id>/categories", ABOVE, {"name": "Bee keepers"}, AT_ROOT),
    Row("POST /groups/<int:group_id>/categories", NOBODY, {"name": "Bee keepers"}),
    Row("GET /categories/<int:category_id>", ABOVE),
    Row("GET /categories/<int:category_id>", NOBODY, names={"category_id": "other_category"}),
    Row("POST /categories/<int:category_id>", ABOVE, {"name": "Bee keepers"}),
    Row("POST /categories/<int:category_id>/retirement", ABOVE),
    Row("POST /categories/<int:category_id>/return", ABOVE),
    Row("GET /me/categories", SIGNED_IN),
    Row("POST /me/categories/<int:category_id>/end", INSIDE),
    Row("POST /me/categories/<int:category_id>/end", NOBODY, names={"category_id": "other_category"}),
    Row("POST /me/categories/undo", OWNER, {"left": "{left_category}"}),
    Row("GET /groups/<int:group_id>/told", COMMUNITY, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/told", NOBODY),  # it is the whole community's
    Row("GET /groups/<int:group_id>/told", frozenset({"elsewhere"}), names={"group_id": "other_root"}),
    Row("GET /groups/<int:group_id>/unlisted", ADMINS, names={"group_id": "delicate"}),
    Row("GET /groups/<int:group_id>/unlisted", NOBODY),  # only what is delicate
    Row("POST /groups/<int:group_id>/unlisted", ADMINS, {"reason": "a shelter"}, {"group_id": "delicate"}),
    Row("POST /groups/<int:group_id>/unlisted/end", ADMINS, names={"group_id": "withheld"}),
    Row("GET /me/seen", SIGNED_IN),
    Row("POST /me/seen/undo", OWNER, {"left": "{left_category}"}),
    Row("GET /groups/<int:group_id>/seen", COMMUNITY, names=AT_ROOT),
    Row("GET /groups/<int:group_id>/seen", NOBODY),  # it is the whole community's
    Row("POST /groups/<int:group_id>/seen/end", COMMUNITY - ABOVE, names=AT_ROOT, knows=ABOVE),  # the last admin
    Row("GET /groups/<int:group_id>/record", HEARERS),
    Row("GET /groups/<int:group_id>/contact", OFFICES),
    Row("POST /groups/<int:group_id>/contact", OFFICES, {"number": "112"}),
    Row("GET /me/erasure", SIGNED_IN),
    Row("POST /me/erasure", SIGNED_IN - ABOVE, knows=ABOVE),  # the last admin
    Row("POST /me/erasure/undo", SIGNED_IN),
    Row("GET /notice", ALL),
    Row("GET /groups/<int:group_id>/attention", HEARERS),
    Row("GET /groups/<int:group_id>/attention", COMMUNITY, names=AT_ROOT),
    Row("POST /groups/<int:group_id>/attention", ABOVE, {"a_day": "4"}, AT_ROOT),
    Row("POST /groups/<int:group_id>/attention", NOBODY, {"a_day": "4"}),  # the number is the top group's
    Row("GET /me/attention", SIGNED_IN),
    Row("POST /me/attention", SIGNED_IN, {"ceiling": "4", "on_call": "yes"}),
    # The one who called it urgent can not be the second one, too.
    Row("GET /urgencies/<int:urgency_id>", ABOVE),
    Row("POST /urgencies/<int:urgency_id>/confirmation", ABOVE),
    Row("POST /urgencies/<int:urgency_id>/refusal", ABOVE),
    Row("POST /groups/<int:group_id>/announcements", ADMINS, {"text": "new", "urgent": "1", "reason": "weather"}),
    Row("POST /groups/<int:group_id>/announcements", ABOVE, {"text": "new", "urgent": "1", "reason": "child"}, {"group_id": "open"}),
    Row("GET /groups/<int:group_id>/members", HEARERS),
    Row("GET /memberships/<int:membership_id>", ADMINS | OWNER),
    Row("POST /memberships/<int:membership_id>/role", ADMINS | OWNER, {"role": "member"}),
    Row("POST /memberships/<int:membership_id>/removal", ADMINS),
    Row("POST /memberships/<int:membership_id>/ban", ADMINS),
    Row("POST /bans/<int:ban_id>/lift", ADMINS),
    Row("POST /removals/undo", frozenset({"admin"}), {"removed": "{removed}"}),  # the ticket is hers
    Row("GET /groups/<int:group_id>/sheets", ADMINS),
    Row("POST /groups/<int:group_id>/sheets", NOBODY, knows=ADMINS),  # no file came along
    Row("POST /groups/<int:group_id>/places.csv", ADMINS),
    Row("GET /groups/<int:group_id>/bearers", ADMINS),
    Row("GET /groups/<int:group_id>/cards", ADMINS),
    Row("GET /sheets/<int:sheet_id>", ADMINS),
    Row("POST /sheets/<int:sheet_id>/bringing", ADMINS),
    Row("POST /sheets/<int:sheet_id>/stop", ADMINS),
    Row("POST /sheets/<int:sheet_id>/undo", ADMINS, names={"sheet_id": "done_sheet"}),
    Row("POST /sheets/<int:sheet_id>/undo", NOBODY, knows=ADMINS),
    Row("GET /office/<code>", ALL),
    Row("POST /office/<code>", ALL - {"banned"}),
    Row("POST /bearers/<int:bearer_id>/yes", ADMINS),
    Row("POST /bearers/<int:bearer_id>/no", ADMINS),
    Row("GET /groups/<int:group_id>/invitations", HELPERS),
    Row("POST /groups/<int:group_id>/invitations", HELPERS),
    Row("GET /invitations/<int:invitation_id>", HELPERS),
    Row("GET /invitations/<int:invitation_id>/poster", HELPERS),
    Row("POST /invitations/<int:invitation_id>/revocation", HELPERS),
    Row("GET /invitations/<int:invitation_id>/message", HELPERS),
    Row("GET /groups/<int:group_id>/messages", HELPERS),
    Row("POST /groups/<int:group_id>/messages", HELPERS),
    Row("GET /groups/<int:group_id>/messages.txt", HELPERS),
    Row("GET /me/belongings", SIGNED_IN),
    Row("GET /me/belongings.zip", SIGNED_IN),
    # Only who is admin of the whole community gives it away, or takes another one in.
    Row("GET /groups/<int:group_id>/mergers", ABOVE),
    Row("POST /groups/<int:group_id>/mergers", ABOVE, {"side": "host"}),
    Row("POST /groups/<int:group_id>/mergers", ABOVE, {"side": "guest"}, AT_ROOT),
    Row("POST /groups/<int:group_id>/mergers", NOBODY, {"side": "guest"}, knows=ABOVE),
    Row("GET /m/<code>", SIGNED_IN),
    Row("POST /m/<code>", ABOVE, {"group": "{group}"}),
    Row("POST /m/<code>", NOBODY, {"group": "{other_root}"}),
    Row("GET /mergers/<int:merger_id>", ABOVE),
    Row("POST /mergers/<int:merger_id>/agreement", ABOVE),
    Row("POST /mergers/<int:merger_id>/undo", NOBODY, knows=ABOVE),
    Row("POST /mergers/<int:merger_id>/withdrawal", ABOVE),
    # A role holds downwards only: not beside, not above, not over an equal, and nobody raises herself.
    Row("POST /memberships/<int:membership_id>/role", ADMINS, {"role": "admin"}, knows=OWNER),
    Row("POST /memberships/<int:membership_id>/role", ADMINS, {"role": "responder"}, AN_ADMINS),
    Row("POST /memberships/<int:membership_id>/role", NOBODY, {"role": "member"}, FROM_ABOVE, knows=ABOVE),
    Row("GET /memberships/<int:membership_id>", ADMINS, names=AN_ADMINS),
    Row("GET /memberships/<int:membership_id>", ABOVE, names=FROM_ABOVE),
    Row("POST /memberships/<int:membership_id>/removal", ABOVE, names=AN_ADMINS, knows=ADMIN),
    Row("POST /memberships/<int:membership_id>/removal", NOBODY, names=FROM_ABOVE, knows=ABOVE),
    Row("POST /memberships/<int:membership_id>/ban", ABOVE, names=AN_ADMINS, knows=ADMIN),
    Row("POST /memberships/<int:membership_id>/ban", NOBODY, names=FROM_ABOVE, knows=ABOVE),
    Row("POST /memberships/<int:membership_id>/sign-in-code", ABOVE, names=AN_ADMINS, knows=ADMIN),
    Row("POST /memberships/<int:membership_id>/end", NOBODY, names=FROM_ABOVE, knows=ABOVE),
    Row("GET /groups/<int:group_id>/settings", ABOVE, names=AT_ROOT),
    Row("POST /groups/<int:group_id>/settings", ABOVE, {"name": "New name"}, AT_ROOT),
    Row("POST /groups/<int:group_id>/archive", ABOVE, names=AT_ROOT),
    Row("POST /groups/<int:group_id>/settings", ABOVE | {"sister"}, {"name": "New name"}, BESIDE),
    Row("POST /groups/<int:group_id>/announcements", ABOVE | {"sister"}, {"text": "new"}, BESIDE),
    Row("POST /groups/<int:group_id>/announcements", ABOVE, {"text": "new"}, AT_ROOT),
    Row("GET /groups/<int:group_id>/members", HELPERS, names={"group_id": "closed"}),
    # What is asked, and who answers it: the asker, the desk, and the group where it is shared. Nobody from above.
    Row("GET /ask", SIGNED_IN),
    Row("GET /questions", SIGNED_IN),
    Row("GET /groups/<int:group_id>/questions", INSIDE),
    Row("GET /groups/<int:group_id>/questions/new", INSIDE),
    Row("POST /groups/<int:group_id>/questions", INSIDE, {"text": "why"}),
    Row("GET /questions/<int:question_id>", OFFICES | OWNER),
    Row("GET /questions/<int:question_id>", INSIDE, names=BEFORE_ALL),
    Row("POST /questions/<int:question_id>/heard", OFFICES | OWNER),
    Row("POST /questions/<int:question_id>/withdrawal", OWNER),
    Row("POST /questions/<int:question_id>/withdrawal/undo", OWNER),
    Row("POST /questions/<int:question_id>/no-help", OWNER),
    Row("POST /questions/<int:question_id>/thanks", OWNER, names=BEFORE_ALL),
    Row("POST /questions/<int:question_id>/taker", OFFICES),
    Row("POST /questions/<int:question_id>/taker", MODERATOR, names=IN_HAND, knows=OFFICES),
    Row("POST /questions/<int:question_id>/taker/end", OFFICES, names=IN_HAND),
    Row("POST /questions/<int:question_id>/handover", MODERATOR, {"person": "{helping}"}, IN_HAND, knows=ADMIN),
    Row("POST /questions/<int:question_id>/closing", MODERATOR, names=IN_HAND, knows=OFFICES),
    Row("GET /questions/<int:question_id>/answers/new", OFFICES),
    Row("POST /questions/<int:question_id>/answers", OFFICES, {"text": "so"}),
    Row("POST /questions/<int:question_id>/answers", MODERATOR, {"text": "so"}, IN_HAND, knows=OFFICES),
    Row("POST /questions/<int:question_id>/removal", MODERATOR | ADMIN, {"reason": "hurts"}, BEFORE_ALL),
    Row("GET /report/<what>/<int:number>", INSIDE - OWNER, names=ASKED),
    Row("POST /report/<what>/<int:number>", INSIDE - OWNER, {"reason": "hurts"}, ASKED),
    # What is reported, who looks at it, and what was decided.
    Row("GET /report/<what>/<int:number>", BUT_HER, names=SAID),
    Row("GET /report/<what>/<int:number>", BUT_HER, names=SHOWN),
    Row("GET /report/<what>/<int:number>", BUT_HER, names=SOMEBODY),
    Row("GET /report/<what>/<int:number>", AT_DOOR, names=GROUP),
    Row("GET /report/<what>/<int:number>", NOBODY, names=FIRST_WORDS),
    Row("POST /report/<what>/<int:number>", BUT_HER, {"reason": "hurts"}, SAID),
    Row("POST /report/<what>/<int:number>", BUT_HER, {"reason": "child"}, SOMEBODY),
    Row("POST /report/<what>/<int:number>", AT_DOOR, {"reason": "untrue"}, GROUP),
    Row("POST /report/<what>/<int:number>/block", BUT_HER, names=SAID),
    Row("POST /report/<what>/<int:number>/block", NOBODY, names=GROUP),  # nobody in particular
    Row("GET /j/<code>/report", ALL - ADMIN),
    Row("POST /j/<code>/report", ALL - ADMIN, {"reason": "money"}),
    Row("GET /reports/<int:report_id>", frozenset({"member"})),
    Row("POST /reports/<int:report_id>", frozenset({"member"}), {"words": "more"}),
    Row("POST /reports/<int:report_id>/heard", frozenset({"member"})),
    Row("POST /reports/<int:report_id>/block", frozenset({"member"})),
    Row("GET /me/blocks", SIGNED_IN),
    Row("POST /blocks/<int:block_id>/end", OWNER),
    Row("GET /measures/<int:measure_id>", OWNER),
    Row("POST /measures/<int:measure_id>/heard", OWNER),
    Row("POST /measures/<int:measure_id>/appeal", OWNER, {"words": "why?"}),
    Row("POST /measures/<int:measure_id>/end", ADMINS, {"pardon": "mistake"}),
    Row("GET /cases/<int:case_id>", HELPERS),
    Row("GET /cases/<int:case_id>", NOBODY, names={"case_id": "operators_case"}),
    Row("POST /cases/<int:case_id>/decision", HELPERS, {"deed": "warn", "reason": "hurts"}),
    Row("POST /cases/<int:case_id>/decision", NOBODY, {"deed": "leave"}, {"case_id": "operators_case"}),
    Row("GET /memberships/<int:membership_id>/measures/new", HELPERS),
    Row("GET /memberships/<int:membership_id>/measures/new", ABOVE, names=AN_ADMINS, knows=frozenset({"moderator"})),
    Row("POST /memberships/<int:membership_id>/measures", HELPERS, {"deed": "mute", "reason": "hurts"}),
    Row("POST /memberships/<int:membership_id>/measures", NOBODY, {"deed": "ban", "reason": "hurts"}, FROM_ABOVE),
    Row("GET /announcements/<int:announcement_id>/removal", HELPERS),
    Row("GET /groups/<int:group_id>/measures", HELPERS),
    Row("GET /operator/cases", NOBODY, key=True),
    Row("POST /operator/cases/<int:case_id>", NOBODY, {"deed": "leave"}, {"case_id": "operators_case"}, key=True),
    # Talk is for members of exactly this group: a role above does not read it.
    Row("GET /groups/<int:group_id>/talk", INSIDE),
    Row("GET /groups/<int:group_id>/talk/new", INSIDE),
    Row("GET /groups/<int:group_id>/talk/new", NOBODY, {"to": "{other_message}"}),
    Row("POST /groups/<int:group_id>/talk", INSIDE, {"text": "hello"}),
    Row("POST /groups/<int:group_id>/talk", NOBODY, {"text": "hello", "to": "{other_message}"}),
    Row("POST /groups/<int:group_id>/talk/reading", INSIDE, {"upto": "1"}),
    Row("GET /messages/<int:message_id>", INSIDE),
    Row("POST /messages/<int:message_id>/removal", OWNER | {"moderator", "admin"}, {"reason": "hurts"}),
    Row("POST /messages/<int:message_id>/undo", OWNER, names={"message_id": "removed_message"}),
    Row("POST /messages/<int:message_id>/reaction", INSIDE, {"picture": "heart"}),
    Row("GET /report/<what>/<int:number>", INSIDE - OWNER, names=TALKED),
    Row("POST /report/<what>/<int:number>", INSIDE - OWNER, {"reason": "hurts"}, TALKED),
    # Good answers: who hears the group finds them; who answers on the question's desk keeps one, or above the group.
    Row("GET /groups/<int:group_id>/answers", HEARERS),
    Row("POST /groups/<int:group_id>/answers/like", HEARERS, {"q": "ration"}),
    Row("GET /answers/<int:entry_id>", HEARERS),
    Row("GET /answers/<int:entry_id>", KEEPERS, names=ENDED),
    Row("POST /answers/<int:entry_id>/help", HEARERS),
    Row("GET /questions/<int:question_id>/good", OFFICES, names=BEFORE_ALL),
    Row("GET /questions/<int:question_id>/good", NOBODY),
    Row("POST /questions/<int:question_id>/good", OFFICES, {"question": "how?", "answer": "so", "key": "matrix-good"}, BEFORE_ALL),
    Row("POST /questions/<int:question_id>/good/wish", OFFICES, names=BEFORE_ALL),
    Row("POST /questions/<int:question_id>/permit", OWNER, {"answer": "yes"}, BEFORE_ALL),
    Row("GET /answers/<int:entry_id>/edit", KEEPERS),
    Row("POST /answers/<int:entry_id>", KEEPERS, {"question": "how?", "answer": "so"}),
    Row("GET /answers/<int:entry_id>/languages", KEEPERS),
    Row("POST /answers/<int:entry_id>/languages", KEEPERS, {"question": "a", "answer": "b", "language": "ta"}),
    Row("POST /answers/<int:entry_id>/end", KEEPERS),
    Row("POST /answers/<int:entry_id>/return", KEEPERS, names=ENDED),
    # Is this true? Who sees it asks; who answers there or above says so.
    Row("POST /rumours/<what>/<int:number>", BUT_HER, names=SAID),
    Row("GET /groups/<int:group_id>/rumours", HEARERS),
    Row("GET /groups/<int:group_id>/rumours/new", INSIDE),
    Row("POST /groups/<int:group_id>/rumours", INSIDE, {"text": "is it so?"}),
    Row("GET /rumours", SIGNED_IN),
    Row("GET /rumours/<int:rumour_id>", KEEPERS | {"member"}),
    Row("GET /rumours/<int:rumour_id>", HEARERS, names=TOLD),
    Row("POST /rumours/<int:rumour_id>/answer", KEEPERS, {"verdict": "untrue"}),
    Row("POST /rumours/<int:rumour_id>/heard", OWNER, names=TOLD),
    Row("POST /rumours/<int:rumour_id>/removal", HELPERS),
    # What a form names is looked up through a gate, too.
    Row("POST /groups/<int:group_id>/parent", NOBODY, {"parent": "{other_root}"}),
    Row("POST /groups/<int:group_id>/parent", NOBODY, {"parent": "{closed}"}, knows=ABOVE),
    Row("GET /groups/<int:group_id>/parent", NOBODY, {"in": "{other_root}"}),
    Row("POST /groups/<int:group_id>/category", NOBODY, {"category": "{other_category}"}),
    Row("POST /announcements/<int:announcement_id>/acknowledgement", NOBODY, {"child": "{child}"}),
    # Roles are offered, taken on, handed over and end; a level's template is the branch's.
    Row("GET /groups/<int:group_id>/roles", HEARERS),
    Row("GET /groups/<int:group_id>/appointments/new", ADMINS),
    Row("GET /groups/<int:group_id>/appointments/new", NOBODY, {"member": "{admin_membership}"}, BESIDE),
    Row("POST /groups/<int:group_id>/appointments", ADMINS, {"role": "moderator"}),
    Row("POST /groups/<int:group_id>/appointments", ADMIN, {"role": "all"}),  # from above she holds it, too
    Row("POST /groups/<int:group_id>/appointments", ADMINS, {"role": "admin", "category": "{category}"}),
    Row("POST /groups/<int:group_id>/appointments", NOBODY, {"role": "admin", "category": "{other_category}"}),
    Row("POST /groups/<int:group_id>/appointments", NOBODY, {"role": "admin", "member": "{above_membership}"}, knows=ABOVE),
    Row("GET /appointments/<int:appointment_id>", ADMINS),
    Row("POST /appointments/<int:appointment_id>/withdrawal", ADMINS),
    Row("POST /appointments/<int:appointment_id>/confirmation", ADMINS, {"right": "1"}, TAKEN),
    Row("POST /appointments/<int:appointment_id>/undo", OWNER | {"member"}, names=HANDED, knows=ABOVE),
    Row("GET /appointments/<int:appointment_id>", OWNER | {"member", "above"}, names=HANDED),
    Row("GET /a/<code>", ALL, names={"code": "appointing"}),
    Row("POST /a/<code>", ALL - {"admin", "above", "banned"}, names={"code": "appointing"}),
    Row("POST /a/<code>/refusal", OWNER, names={"code": "appointing_owner"}),
    Row("POST /memberships/<int:membership_id>/term", ADMINS, {"until": "{in_a_week}"}, HELPERS_OWN),
    Row("POST /memberships/<int:membership_id>/term", ABOVE, {"until": "{in_a_week}"}, AN_ADMINS),
    Row("POST /offices/<int:office_id>/end", ADMINS),
    Row("POST /offices/<int:office_id>/return", ADMIN, names={"office_id": "ended_office"}, knows=ABOVE),
    Row("POST /role-ends/<int:role_end_id>/seen", OWNER),
    Row("GET /groups/<int:group_id>/templates", ADMINS),
    Row("POST /groups/<int:group_id>/templates", ADMINS, {"level": "District"}),
    Row("GET /templates/<int:template_id>", ADMINS),
    Row("POST /templates/<int:template_id>/groups", ADMINS, {"name": "Women"}),
    Row("POST /templates/<int:template_id>/groups", NOBODY, {"name": "Women", "category": "{other_category}"}),
    Row("POST /templates/<int:template_id>/groups/<int:template_group_id>/removal", ADMINS),
    Row("POST /templates/<int:template_id>/removal", ADMINS),
    Row("POST /templates/<int:template_id>/errand", ADMINS),
)  # fmt: skip
