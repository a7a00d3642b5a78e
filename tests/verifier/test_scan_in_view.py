"""Which reading becomes a card, and when it leaves: moments in, no clock."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from statusqr_verifier.frames import Hint
from statusqr_verifier.scanning.in_view import AWAY, GLANCE, KEEP, InView
from statusqr_verifier.scanning.sayings import Saying, SteadyHint, words_for
from statusqr_verifier.words import Language


def test_a_code_that_stays_in_view_is_shown_once() -> None:
    view = InView()
    shown = [view.read(["a"], number / 30) for number in range(30 * 60)]
    assert shown[0] == ("a",)
    assert not any(shown[1:])


def test_its_card_leaves_although_the_code_still_lies_there() -> None:
    view = InView(keep=8)
    for tenths in range(79):
        view.read(["a"], tenths / 10)
        assert view.cards(tenths / 10) == ("a",)
    view.read(["a"], 8.0)
    assert view.cards(8.0) == ()


def test_it_is_shown_again_once_it_was_away() -> None:
    for gap, again in ((AWAY - 0.01, False), (AWAY + 0.01, True)):
        view = InView()
        view.read(["a"], 0)
        assert (view.read(["a"], gap) == ("a",)) is again


def test_it_is_shown_again_sooner_where_another_came_between() -> None:
    view = InView()
    view.read(["a"], 0)
    assert view.read(["b"], 0.5) == ("b",)
    assert view.read(["a"], 1.0) == ("a",)
    assert view.cards(1.0) == ("b", "a")  # b was there a glance ago


def test_two_in_view_of_which_now_the_one_and_now_the_other_is_read() -> None:
    """Each is missed for less than a glance: neither is shown again, and no card goes."""
    view = InView()
    assert view.read(["a", "b"], 0) == ("a", "b")
    for number in range(1, 70):
        at = number / 10
        assert view.read(["ab"[number % 2]], at) == ()
        assert view.cards(at) == ("a", "b")


def test_the_next_person_takes_the_place_of_the_one_before() -> None:
    view = InView()
    view.read(["a"], 0)
    view.read(["b"], 2)
    assert view.cards(2) == ("b",)


def test_a_live_code_that_is_renewed_leaves_one_card() -> None:
    view = InView()
    view.read(["a"], 0)
    assert view.read(["a2"], 0.1) == ("a2",)
    view.read(["a2"], 0.1 + GLANCE)
    assert view.cards(0.1 + GLANCE) == ("a2",)


def test_a_text_twice_in_a_frame_is_one() -> None:
    assert InView().read(["a", "a"], 0) == ("a",)


def test_each_scan_of_a_scanner_is_a_showing() -> None:
    view = InView.single_scans()
    assert [view.read(["a"], at) for at in (0, 0.1, 1)] == [("a",)] * 3
    assert view.read([], 2) == ()
    assert view.cards(2) == ("a",)
    view.read(["b"], 3)
    assert view.cards(3) == ("b",)


def test_nothing_is_kept_of_what_has_gone() -> None:
    view = InView()
    for number in range(10_000):
        view.read([f"code {number}"], number / 10)
    assert view.remembered <= 10 * KEEP
    view.read([], 10_000)
    assert view.remembered == 0


@given(
    st.lists(
        st.tuples(st.floats(0.01, 5), st.sets(st.sampled_from("abc"))), min_size=1, max_size=60
    )
)
def test_whatever_is_seen(frames: list[tuple[float, set[str]]]) -> None:
    """A card is of a code that was read; it is shown first at once; between two showings of a
    code there was a gap in which it was out of view; no card stands longer than it may.
    """
    view, at = InView(), 0.0
    shown: dict[str, list[float]] = {}
    read: dict[str, list[float]] = {}
    for step, texts in frames:
        at += step
        new = view.read(sorted(texts), at)
        for text in texts:
            assert (text in new) or text in shown
            read.setdefault(text, []).append(at)
        for text in new:
            assert text in texts
            assert text in view.cards(at)
            shown.setdefault(text, []).append(at)
        for text in view.cards(at):
            assert at - shown[text][-1] < KEEP
    for text, moments in shown.items():
        for before, after in pairwise(moments):
            last = max(moment for moment in read[text] if before <= moment < after)
            assert after - last > GLANCE


def test_a_hint_stays_for_a_second_and_ends_with_a_reading() -> None:
    hint = SteadyHint()
    assert hint.after(None, 0, read=False) is None
    assert hint.after(Hint.CLOSER, 1, read=False) is Hint.CLOSER
    assert hint.after(None, 1.9, read=False) is Hint.CLOSER
    assert hint.after(Hint.HOLD_STILL, 2, read=False) is Hint.HOLD_STILL
    assert hint.after(None, 3.1, read=False) is None
    assert hint.after(Hint.MORE_LIGHT, 4, read=False) is Hint.MORE_LIGHT
    assert hint.after(None, 4.1, read=True) is None


def test_everything_is_said_in_both_languages() -> None:
    for what in (*Saying, *Hint):
        russian, english = (words_for(what, language) for language in Language)
        assert russian and english.isascii() and not russian.isascii()
    assert [words_for(hint, Language.RU) for hint in Hint] == [
        "Ближе",
        "Не двигайте",
        "Больше света",
    ]
    assert [words_for(hint, Language.EN) for hint in Hint] == ["Closer", "Hold still", "More light"]
