"""Everything the app is made of, noun by noun, in the order in which they may import each other."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from community import (
    asked,
    assets,
    compression,
    config,
    database,
    dictionaries,
    drawings,
    earlier,
    fragments,
    headers,
    http,
    languages,
    page,
    typefaces,
    writer,
)
from community.announcements import composing, correcting, hearing, held, others, ready, why  # noqa: F401  their routes
from community.announcements import views as announcements
from community.announcements.releasing import release
from community.attention import urgent
from community.attention import views as attention
from community.backups import told as backups
from community.backups.erased import erases, erases_again
from community.belongings import views as belongings
from community.bringing import export, office  # noqa: F401  their routes
from community.bringing import views as bringing
from community.bulk import views as bulk
from community.care import judging  # noqa: F401  its routes
from community.care import views as care
from community.categories import carried, mine  # noqa: F401  their routes
from community.categories import shared as categories
from community.delegation import level_desk, terms  # noqa: F401  their routes
from community.delegation import views as delegation
from community.duty import views as duty
from community.erasure import views as erasure
from community.erasure.erasing import erase
from community.errands import views as errands
from community.faq import keeping, permits, tongues  # noqa: F401  their routes
from community.faq import views as faq
from community.genuine import views as genuine
from community.groups import branches, contacts, involvement, members, settings, starting  # noqa: F401  their routes
from community.groups import views as groups
from community.headcount import views as headcount
from community.headcount.models import count_exactly
from community.holding import views as holding
from community.holding.kinds import holds
from community.home import arrival, first  # noqa: F401  their routes
from community.home import rooms as home
from community.invitations import appointed, desk, digits, doorkeeper, messages, notice, withdrawing  # noqa: F401  their routes
from community.invitations import views as invitations
from community.links import views as links
from community.media import views as media
from community.mergers import views as mergers
from community.notifications import vapid
from community.notifications import views as notifications
from community.notifications.digest import Digest
from community.notifications.fanout import Morning, Push
from community.notifications.folding import fold
from community.notifications.ranges import FanOut
from community.offline import views as offline
from community.outbox import views as outbox
from community.outbox.models import handles
from community.oversight import views as oversight
from community.people import session
from community.people import views as people
from community.phones import guard
from community.phones import mine as _mine  # noqa: F401  its routes
from community.phones import views as phones
from community.questions import answering, asking  # noqa: F401  their routes
from community.questions import settling as desks
from community.questions import views as questions
from community.recovery import numbers, passkeys  # noqa: F401  its routes
from community.recovery import views as recovery
from community.rumours import views as rumours
from community.saver import views as saver
from community.sealed import views as sealed
from community.sealed.rings import end_again
from community.search import views as search
from community.seen import record  # noqa: F401  its routes
from community.seen import views as seen
from community.speech import desk as _desk  # noqa: F401  its routes
from community.speech import views as speech
from community.subscriptions import views as subscriptions
from community.talk import below, rings, told  # noqa: F401  their routes
from community.talk import composing as _composing  # noqa: F401  its routes
from community.talk import views as talk
from community.translating import trying, volunteer  # noqa: F401  their routes and commands
from community.translating import views as translating
from community.translating.call import Call
from community.translating.machine import Ask
from community.triage import views as triage
from community.urgent import aid, place  # noqa: F401  their routes
from community.urgent import views as urgent_help
from community.wording import desk as words_desk  # noqa: F401  its routes
from community.wording import suggested  # noqa: F401  its command
from community.wording import views as wording

NOUNS = (
    people, phones, links, saver, groups, categories, errands, search, media, delegation, holding, invitations,
    speech, wording, subscriptions, announcements, ready, bulk, bringing, notifications, attention, genuine,
    translating, headcount, oversight, triage, care, talk, duty, questions, urgent_help, faq, rumours, home, mergers,
    recovery, belongings, erasure, seen, offline, outbox, sealed,
)  # fmt: skip
BEGUN = (
    recovery, guard, saver, delegation, offline, speech, genuine, errands, search, doorkeeper, bulk, wording,
    headcount, bringing, oversight, triage, care, duty, questions, desks, permits, rumours, mergers, sealed, erasure,
    talk,
)  # fmt: skip
PARTS = (
    asked, database, languages, dictionaries, typefaces, assets, drawings, fragments, session, earlier, compression,
    headers, http, page, writer, vapid,
)  # fmt: skip


def furnish(app: Flask) -> None:
    """Set up every part; afterwards the app answers requests, and the outbox knows what to do."""
    app.secret_key = config.secret(app.config["INSTANCE"], "secret")
    if hops := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for part in PARTS:
        part.init_app(app)
    for noun in NOUNS:
        app.register_blueprint(noun.blueprint)
    _begin(app)
    holds(app, "announcement", held.KIND)
    urgent.init_app(app)
    urgent_help.init_app(app)
    backups.init_app(app)
    erases(app, erase)
    erases_again(app, "sealed", end_again)
    subscriptions.init_app(app, subscriptions.Keys(vapid.public_key, vapid.knows))
    _promise(app)


def _begin(app: Flask) -> None:
    """What rooms need besides their routes."""
    if app.config["SMS"] != "none":
        app.register_blueprint(numbers.blueprint)
    for part in BEGUN:
        part.init_app(app)


def _promise(app: Flask) -> None:
    """What the outbox can be asked to do."""
    handles(app, "release", release)
    handles(app, "fan-out", FanOut())
    handles(app, "push", Push())
    handles(app, "morning", Morning())
    handles(app, "digest", Digest())
    handles(app, "fold", fold)
    handles(app, "call", Call())
    handles(app, "machine", Ask())
    handles(app, "headcount", count_exactly)
    handles(app, "talk", rings.tell)
    handles(app, "ring-talk", rings.TalkRing())
    handles(app, "replies", rings.tell_who_answers)
    handles(app, "ring-replies", rings.ReplyRing())
