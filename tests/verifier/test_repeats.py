"""N-RPT: the same credential seen here lately, remembered as a keyed digest only."""

import gc
import threading
import types
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from world import NOON, record, world

from statusqr_schema import Disclosure, Presentation, SnilsPolicy, StatusRecord
from statusqr_verifier import NoticeKind, Report, Verifier
from statusqr_verifier.repeats import SAME_SHOWING, Repeats, check_here

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def report(text: str, at: datetime = NOON) -> Report:
    return Verifier(world().trust).verify(text, at)


def printed(name: str = "R01") -> Report:
    return report(world().print_key.issue(record(name)).text)


def test_a_second_showing_tells_of_the_first() -> None:
    repeats = Repeats()
    assert repeats.seen(printed(), NOON) is None
    assert repeats.seen(printed(), NOON + 7 * MINUTE) == NOON


@pytest.mark.parametrize(
    ("later", "repeat"),
    [
        (30 * MINUTE, True),
        (30 * MINUTE + SECOND, False),
        (3 * SECOND, False),
        (4 * SECOND, True),
    ],
)
def test_only_within_the_time_and_not_in_the_same_showing(later: timedelta, repeat: bool) -> None:
    repeats = Repeats()
    repeats.seen(printed(), NOON)
    assert (repeats.seen(printed(), NOON + later) is not None) is repeat


def test_a_code_that_is_read_without_a_break_is_one_showing_however_long() -> None:
    repeats = Repeats()
    assert [repeats.seen(printed(), NOON + n * SAME_SHOWING) for n in range(200)] == [None] * 200


def test_one_paper_passed_back_again_and_again_is_a_repeat_each_time() -> None:
    repeats, shown = Repeats(), [NOON + n * 19 * SECOND for n in range(100)]
    assert [repeats.seen(printed(), at) for at in shown] == [None, *shown[:-1]]


def test_a_code_that_stays_in_view_is_one_showing_however_seldom_it_is_read() -> None:
    repeats, minutes = Repeats(), [NOON + n * 5 * MINUTE for n in range(10)]
    assert [repeats.seen(printed(), at, still=at > NOON) for at in minutes] == [None] * 10
    assert repeats.seen(printed(), minutes[-1] + 4 * SECOND) == minutes[-1]


def test_a_code_never_seen_before_may_be_called_still_in_view() -> None:
    repeats = Repeats()
    assert repeats.seen(printed(), NOON, still=True) is None
    assert repeats.seen(printed(), NOON + MINUTE) == NOON


def test_a_repeat_stays_one_while_it_is_read_on() -> None:
    repeats = Repeats()
    repeats.seen(printed(), NOON)
    again = NOON + 5 * MINUTE
    assert [repeats.seen(printed(), again + n * 2 * SECOND) for n in range(9)] == [NOON] * 9
    assert repeats.seen(printed(), again + 2 * MINUTE, still=True) == NOON
    assert repeats.seen(printed(), again + 3 * MINUTE) == again + 2 * MINUTE


def test_a_live_code_and_the_printout_are_one_credential() -> None:
    live = [
        world().live_key.issue(at=NOON + n * 30 * SECOND, presentation=Presentation.LIVE).text
        for n in range(2)
    ]
    assert live[0] != live[1]
    repeats = Repeats()
    repeats.seen(report(live[0]), NOON)
    assert repeats.seen(report(live[1], NOON + MINUTE), NOON + MINUTE) == NOON
    assert repeats.seen(printed(), NOON + 2 * MINUTE) == NOON + MINUTE


def test_a_code_that_discloses_only_the_last_digits_is_the_same_credential() -> None:
    last_five = Disclosure(holder_snils=SnilsPolicy.LAST_FIVE)
    repeats = Repeats()
    repeats.seen(printed(), NOON)
    short = world().print_key.issue(disclosure=last_five).text
    assert repeats.seen(report(short), NOON + MINUTE) == NOON


def test_other_people_and_other_statuses_are_others() -> None:
    mine = record()
    others = [
        replace(mine, certificate_number="76-999999"),
        replace(mine, category="labour_veteran"),
        replace(mine, holder=replace(mine.holder, given_name="Анна")),
        replace(mine, holder=replace(mine.holder, patronymic=None)),
        record("R08"),
    ]
    repeats = Repeats()
    repeats.seen(printed(), NOON)
    for number, other in enumerate(others):
        shown = report(world().print_key.issue(other).text)
        assert shown.record is not None
        assert repeats.seen(shown, NOON + MINUTE) is None, number


def test_without_a_verified_record_nothing_is_noted() -> None:
    repeats = Repeats()
    for minutes in range(3):
        assert repeats.seen(report("https://example.org"), NOON + minutes * MINUTE) is None
    assert repeats.remembered == 0


def test_memory_is_bounded_and_old_entries_are_dropped() -> None:
    reports = [
        report(world().print_key.issue(replace(record(), certificate_number=f"76-{n}")).text)
        for n in range(8)
    ]
    repeats = Repeats(most=5)
    for number, one in enumerate(reports):
        repeats.seen(one, NOON + number * SECOND)
    assert repeats.remembered == 5
    assert repeats.seen(reports[7], NOON + MINUTE) == NOON + 7 * SECOND
    assert repeats.seen(reports[0], NOON + MINUTE) is None  # the oldest made way
    repeats.seen(reports[1], NOON + 90 * MINUTE)
    assert repeats.remembered == 1


def test_a_clock_that_is_set_back_makes_no_repeat_and_leaves_no_rest() -> None:
    repeats = Repeats()
    repeats.seen(printed(), NOON + 60 * MINUTE)
    repeats.seen(printed("R08"), NOON + 10 * MINUTE)
    assert repeats.remembered == 1
    assert repeats.seen(printed("R08"), NOON) is None
    assert repeats.seen(printed("R08"), NOON + MINUTE) == NOON
    assert repeats.seen(printed("R08"), NOON, still=True) is None


def held_by(thing: object) -> list[object]:
    """Everything that can be reached from an object, classes aside."""
    held = [thing]
    for one in held:  # grows while it is walked
        known = set(map(id, held))
        held += [
            inner
            for inner in gc.get_referents(one)
            if id(inner) not in known and not isinstance(inner, type | types.ModuleType)
        ]
    return held


def test_nothing_of_the_record_is_kept() -> None:
    digests = []
    for repeats in (Repeats(), Repeats()):
        repeats.seen(printed(), NOON)
        held = held_by(repeats)
        found = {one for one in held if isinstance(one, bytes)}
        assert len(found) == 2  # the key, and one digest
        digests.append(found)
        texts = {one for one in held if isinstance(one, str)}
        assert not {text for text in texts if not text.isascii() or "76" in text}
        assert not [one for one in held if isinstance(one, StatusRecord | Report)]
    assert not digests[0] & digests[1]  # each has its own key, so its own digests


def test_many_threads_see_one_showing() -> None:
    repeats, found = Repeats(), []
    one = printed()
    barrier = threading.Barrier(8)

    def read(worker: int) -> None:
        barrier.wait()
        for number in range(200):
            found.append(repeats.seen(one, NOON + timedelta(milliseconds=number + worker)))

    threads = [threading.Thread(target=read, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [None] * 1600
    assert repeats.remembered == 1


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"within": -SECOND}, {"same_showing": -SECOND}, {"most": 0}):
        with pytest.raises(ValueError, match="not negative"):
            Repeats(**wrong)


def test_check_here_gives_the_notice() -> None:
    verifier, repeats = Verifier(world().trust), Repeats()
    text = world().print_key.issue().text

    def shown(at: datetime) -> list[int | None]:
        notices = check_here(verifier, repeats, text, at).notices
        return [one.count for one in notices if one.kind is NoticeKind.SHOWN_BEFORE]

    assert shown(NOON) == []
    assert shown(NOON + 2 * SECOND) == []
    assert check_here(verifier, repeats, text, NOON + 30 * SECOND, still=True).notices
    assert shown(NOON + 12 * MINUTE) == [11]  # since it was last read
    assert shown(NOON + 12 * MINUTE + 10 * SECOND) == [0]
    assert check_here(verifier, repeats, b"\xff", NOON).record is None
    assert check_here(verifier, repeats, text, NOON.replace(tzinfo=None)).record is None
