"""A day has room for so much: what is over it stands on the board, and rings with the next morning's digest."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from community.announcements.models import Announcement
from community.database import db
from community.days.models import Spent
from community.groups.membership import Membership
from community.groups.models import Group
from community.notifications import reach
from community.notifications.sender import Outcome
from tests.attention.hands import MORNING, allow, deliver, join, plant, shown
from tests.notifications.post_office import Postman, committed, listen, person, said, states

pytestmark = pytest.mark.sampled

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(inside: None) -> time_machine.Traveller:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def author() -> int:
    return person("author")


@pytest.fixture
def root(author: int) -> int:
    made = plant()
    join(made, author, role="admin")
    allow(made, 2, author)
    return made


def say(root: int, author: int, *words: str, kind: str = "news") -> list[int]:
    made = [said(root, author, one, kind=kind) for one in words]
    deliver()
    return made


def tags(postman: Postman) -> list[str]:
    return [shown(letter)["tag"] for letter in postman.letters]


def test_what_is_over_the_communitys_number_waits_for_one_digest(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    reader = person("reader", language="en")
    join(root, reader)
    phone = listen(reader)
    one, two, three, four = say(root, author, "one", "two", "three", "four")
    assert tags(postman) == [f"a{one}", f"a{two}"]
    assert states(three) == states(four) == {phone: "full"}
    postman.letters.clear()
    clock.shift(timedelta(hours=18))  # half past four in the morning
    deliver()
    assert not postman.letters
    clock.shift(timedelta(hours=3))
    deliver()
    (letter,) = postman.letters
    told = shown(letter)
    assert (told["tag"], told["lang"]) == ("digest", "en")
    assert told["title"].startswith("2 announcements") and told["body"].endswith("three")
    assert states(three) == states(four) == {phone: "digest"}
    deliver()
    assert len(postman.letters) == 1


def test_her_own_ceiling_counts_over_all_communities_and_a_digest_takes_a_place(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    other = plant()
    reader = person("reader", ceiling=2)
    join(other, author, role="admin")
    join(root, reader)
    join(other, reader)
    listen(reader)
    first = say(root, author, "one")
    second = say(other, author, "two", "three")
    assert tags(postman) == [f"a{first[0]}", f"a{second[0]}"]
    postman.letters.clear()
    clock.shift(DAY)
    deliver()
    fourth = say(root, author, "four", "five")
    assert tags(postman) == ["digest", f"a{fourth[0]}"], "the digest is one of her two"


def test_several_phones_are_one_person(root: int, author: int, postman: Postman) -> None:
    reader = person("reader")
    join(root, reader)
    phones = [listen(reader), listen(reader)]
    say(root, author, "one", "two", "three")
    assert sorted(postman.phones) == sorted(phones * 2)
    assert len(db.session.scalars(sa.select(Spent).where(Spent.announcement_id.is_not(None))).all()) == 2


def test_a_shared_phone_rings_for_whoever_has_room(root: int, author: int, postman: Postman) -> None:
    full, free = person("full", ceiling=1), person("free")
    join(root, full, free)
    shared, own = listen(full, free), listen(full)
    say(root, author, "one", "two")
    assert sorted(postman.phones) == sorted([shared, own, shared])


def test_the_board_never_waits(root: int, author: int, postman: Postman) -> None:
    numbers = say(root, author, "one", "two", "three")
    seqs = db.session.scalars(sa.select(Announcement.seq).where(Announcement.id.in_(numbers))).all()
    assert None not in seqs


def test_who_read_it_meanwhile_is_not_told_again(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    reader = person("reader")
    join(root, reader)
    phone = listen(reader)
    numbers = say(root, author, "one", "two", "three")
    with committed():
        db.session.execute(sa.update(Membership).where(Membership.person_id == reader).values(heard_seq=9))
    postman.letters.clear()
    clock.shift(DAY)
    deliver()
    assert not postman.letters
    assert states(numbers[2]) == {phone: "dropped"}


def test_what_comes_by_night_takes_a_place_of_the_morning(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    sleeper = person("sleeper", quiet_from=21, quiet_until=7)
    join(root, sleeper)
    phone = listen(sleeper)
    clock.shift(timedelta(hours=13))  # half past eleven at night
    night = say(root, author, "one", "two", "three")
    assert not postman.letters
    assert [states(one)[phone] for one in night] == ["quiet", "quiet", "full"]
    clock.shift(timedelta(hours=9))
    deliver()
    day = say(root, author, "four")
    assert tags(postman) == [f"a{night[0]}", f"a{night[1]}"]
    assert states(day[0]) == {phone: "full"}
    postman.letters.clear()
    clock.shift(DAY)
    deliver()
    assert tags(postman) == ["digest"]
    assert shown(postman.letters[0])["title"].startswith("2 ")


def test_what_is_urgent_passes_and_counts(root: int, author: int, postman: Postman) -> None:
    reader = person("reader", quiet_from=0, quiet_until=23)
    join(root, reader, level="urgent")
    other = person("other")
    join(root, other)
    asleep, awake = listen(reader), listen(other)
    say(root, author, "one", "two")
    postman.letters.clear()
    (urgent,) = say(root, author, "flood", kind="urgent")
    assert sorted(postman.phones) == sorted([asleep, awake])
    used = db.session.scalars(sa.select(Spent.slot).where(Spent.announcement_id == urgent)).all()
    assert sorted(used) == [1, 3]


def test_a_retry_on_the_next_day_takes_a_place_of_that_day(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    reader = person("reader", ceiling=1)
    join(root, reader)
    phone = listen(reader)
    postman.says = lambda letter: Outcome(letter.number, "later", 14 * 3600)
    (late,) = say(root, author, "late")
    postman.says = lambda letter: Outcome(letter.number, "accepted")
    clock.shift(timedelta(hours=13, minutes=45))  # past midnight, before it is tried again
    fresh = say(root, author, "fresh")
    clock.shift(timedelta(hours=1))
    deliver()
    assert states(fresh[0]) == {phone: "sent"}
    assert states(late) == {phone: "full"}


def test_reach_says_that_the_day_was_full(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    for number in range(12):
        reader = person(f"reader {number}", ceiling=1 if number < 6 else 5)
        join(root, reader)
        listen(reader)
    say(root, author, "one")
    (two,) = say(root, author, "two")
    counts = reach.counted(db.session.get_one(Announcement, two))
    assert (counts.reasons["full"], counts.steps["accepted"]) == (6, 6)
    clock.shift(DAY)
    deliver()
    assert reach.counted(db.session.get_one(Announcement, two)).reasons["full"] == 6
    assert reach.of(db.session.get_one(Announcement, two)).reasons["full"].low == 5, "rounded, as all numbers there"


def test_a_digest_that_was_killed_rings_once_more_and_loses_nothing(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    reader = person("reader")
    join(root, reader)
    phone = listen(reader)
    numbers = say(root, author, "one", "two", "three")
    postman.letters.clear()
    clock.shift(DAY)

    def dies(letter: object) -> Outcome:
        raise RuntimeError("kill -9")

    postman.says = dies
    deliver()
    assert states(numbers[2]) == {phone: "bundled"}
    postman.says = lambda letter: Outcome(letter.number, "accepted")
    clock.shift(timedelta(hours=2))
    deliver()
    assert states(numbers[2]) == {phone: "digest"}
    assert tags(postman) == ["digest", "digest"], "the second takes the place of the first"
    used = db.session.scalars(sa.select(Spent.slot).where(Spent.announcement_id.is_(None))).all()
    assert used == [1]


def test_a_branch_that_moves_is_swept_without_using_a_day_again(
    root: int, author: int, postman: Postman, clock: time_machine.Traveller
) -> None:
    inner, beside = plant(root), plant(root)
    reader = person("reader")
    join(inner, reader)
    phone = listen(reader)
    (number,) = say(root, author, "one")
    with committed():
        db.session.get_one(Group, inner).move_below(db.session.get_one(Group, beside))
    clock.shift(timedelta(minutes=11))
    deliver()
    assert postman.phones == [phone]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Spent)) == 1
    assert states(number) == {phone: "sent"}
