"""Cards as pictures: colours, words that fit, shapes that differ without colour, and motion."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
import scan_world
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont
from world import NOON, Key, record, world

from statusqr_schema import Presentation
from statusqr_verifier import Policy, Report, Verifier
from statusqr_verifier.card import Card, Look, make_card
from statusqr_verifier.frames import Hint
from statusqr_verifier.scanning import fonts
from statusqr_verifier.scanning.events import Frame
from statusqr_verifier.scanning.fonts import FontMissing, faces, font, line_height, wrap
from statusqr_verifier.scanning.layout import card_column
from statusqr_verifier.scanning.painter import Painter
from statusqr_verifier.scanning.picture import LEAST, CardPicture, Size
from statusqr_verifier.scanning.sayings import Saying
from statusqr_verifier.scanning.screens import View
from statusqr_verifier.scanning.shapes import shape
from statusqr_verifier.words import Language

MOSCOW = timezone(timedelta(hours=3))
AT = NOON.astimezone(MOSCOW)
WIDE, SMALL, TALL = (1280, 720), (640, 480), (360, 640)
PLACE = Policy(categories=frozenset({"disabled_1", "labour_veteran"}))
SECOND = timedelta(seconds=1)


def reports() -> dict[str, Report]:
    """A report for every look, and the ones with the most to say."""
    here, text = Verifier(world().trust), world().print_key.issue().text
    live = world().live_key.issue(presentation=Presentation.LIVE).text
    ended = world().print_key.issue(record("R03"), allow_ended=True).text
    return {
        "valid": here.verify(text, NOON, seen_at=NOON - timedelta(minutes=7)),
        "elsewhere": Verifier(world().trust, PLACE).verify(text, NOON),
        "invalid": here.verify(ended, NOON),
        "undetermined": here.verify(live, NOON + timedelta(minutes=30)),
        "half": here.verify(text[:300], NOON),
        "unknown": here.verify(Key.make().issue().text, NOON),
    }


def card(name: str, language: Language = Language.RU) -> Card:
    return make_card(reports()[name], language, PLACE)


def picture(name: str, size: Size = WIDE, at: datetime = AT) -> Frame:
    return CardPicture(card(name), size, Language.RU).at(at)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def at(frame: Frame, x: float, y: float) -> tuple[int, ...]:
    """The colour at a place, in shares of width and height, as red, green, blue."""
    height, width = frame.shape[:2]
    return tuple(int(value) for value in frame[int(y * height), int(x * width), ::-1])


def share(frame: Frame, colour: str) -> float:
    """Which share of the points has exactly this colour."""
    return float(np.mean(np.all(frame[:, :, ::-1] == rgb(colour), axis=2)))


GROUNDS = {
    "valid": ("#FFFFFF", "#0B6B3A"),
    "elsewhere": ("#FFFFFF", "#0B4F8A"),
    "invalid": ("#FFFFFF", "#A3161A"),
    "undetermined": ("#000000", "#FFC53D"),
    "half": ("#000000", "#FFC53D"),
    "unknown": ("#000000", "#FFC53D"),
}


@pytest.mark.parametrize("size", [WIDE, SMALL, TALL, (1920, 1080), LEAST])
@pytest.mark.parametrize("name", GROUNDS)
def test_size_ground_and_ink(name: str, size: Size) -> None:
    ink, ground = GROUNDS[name]
    frame = picture(name, size)
    assert frame.shape == (size[1], size[0], 3)
    assert frame.dtype == np.uint8
    for corner in ((0, 0), (0.999, 0), (0, 0.999), (0.999, 0.999)):
        assert at(frame, *corner) == rgb(ground)
    assert share(frame, ground) > 0.4
    assert share(frame, ink) > 0.015


def test_the_shape_stands_at_the_left_and_the_word_is_large() -> None:
    """Where a person looks in 1280 × 720: ink of the shape, and letters 50 points high."""
    for name, (ink, ground) in GROUNDS.items():
        frame = picture(name)
        left = frame[:, : int(0.3 * 1280), ::-1]
        inked = np.argwhere(np.all(left == rgb(ink), axis=2) & (np.arange(720) < 640)[:, None])
        top, bottom = inked[:, 0].min(), inked[:, 0].max()
        assert bottom - top > 250, name
        assert abs((top + bottom) / 2 - 360) < 40, name
        assert at(frame, 0.001, 0.5) == rgb(ground)


def test_told_apart_in_grey_by_their_shapes() -> None:
    """Each shape differs from each other in a fifth of its ink at least."""
    looks = [Look.VALID, Look.ELSEWHERE, Look.INVALID, Look.UNDETERMINED, Look.FOREIGN]
    masks = {look: np.asarray(shape(look, 200)) > 127 for look in looks}
    for one in looks:
        for other in looks:
            if one is not other:
                different = np.sum(masks[one] ^ masks[other])
                assert different / min(masks[one].sum(), masks[other].sum()) > 0.2, (one, other)


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [value / 255 for value in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_keeps_its_contrast_also_on_the_box_and_in_labels() -> None:
    for name, (ink, ground) in GROUNDS.items():
        made = CardPicture(card(name), WIDE, Language.RU)
        inks, grounds = (rgb(ink), made._mixed(0.88)), (rgb(ground), made._mixed(made._box))
        for letters, behind in (
            (inks[0], grounds[0]),
            (inks[1], grounds[0]),
            (inks[0], grounds[1]),
        ):
            dark, light = sorted((luminance(letters), luminance(behind)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_the_clock_runs_and_the_mark_moves() -> None:
    """Within a second only the mark moves, from second to second the clock too; nothing else."""
    made = CardPicture(card("valid"), WIDE, Language.RU)
    first = made.at(AT)
    tenth, second = made.at(AT + SECOND / 10), made.at(AT + SECOND)
    for later in (tenth, second):
        changed = np.argwhere(np.any(first != later, axis=2))
        assert len(changed) > 20
        assert changed[:, 0].max() < 100
        assert changed[:, 1].min() > 1000
    assert np.any(tenth[:100, 1160:] == first[:100, 1160:])
    assert not np.any(tenth[:100, 1160:] != first[:100, 1160:])  # the digits stand still
    assert np.any(second[:100, 1160:] != first[:100, 1160:])
    assert np.array_equal(first, made.at(AT))


def test_the_clock_is_that_of_the_place() -> None:
    made = CardPicture(card("valid"), WIDE, Language.RU)
    there = made.at(NOON.astimezone(timezone(timedelta(hours=10))))
    assert not np.array_equal(there, made.at(AT))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("size", [WIDE, SMALL, TALL])
@pytest.mark.parametrize("name", GROUNDS)
def test_no_line_is_wider_than_its_column_and_all_are_there(
    name: str, size: Size, language: Language
) -> None:
    shown = card(name, language)
    width = size[0] // 2 if size[0] > size[1] else size[0] - 40
    column = card_column(shown, "Family", 10, width, size[1], 1.0)
    for line in column.lines:
        assert line.x + line.face.getlength(line.text) <= 10 + width + 1, line.text
        assert line.y + line_height(line.face) <= size[1] + line_height(line.face) // 3
    written = " ".join(line.text for line in column.lines)
    for text in (shown.word, shown.do_next, *shown.person, *shown.notices):
        assert text.split(" ")[-1] in written
    tops = [line.y for line in column.lines]
    assert tops == sorted(tops)


def test_what_does_not_fit_at_all_is_left_out_from_below() -> None:
    many = tuple(f"Очень Длинная Фамилия {number} — ребёнок" for number in range(60))
    crowded = replace(card("valid"), family=many)
    column = card_column(crowded, "Члены семьи", 0, 300, 400, 0.62)
    assert column.height <= 400
    assert column.lines[0].text == "ДЕЙСТВУЕТ"
    assert "Лебедева" in " ".join(line.text for line in column.lines)
    assert CardPicture(crowded, SMALL, Language.RU).at(AT).shape == (480, 640, 3)


def test_a_name_without_spaces_is_broken() -> None:
    long = replace(card("valid"), person=("Ж" * 200, "Щ" * 80, "с 01.01.2026, бессрочно"))
    column = card_column(long, "", 0, 300, 700, 1.0)
    assert max(line.face.getlength(line.text) for line in column.lines) <= 300
    assert sum(line.text.count("Щ") for line in column.lines) == 80


def test_a_brief_card_names_no_status() -> None:
    brief = make_card(reports()["valid"], Language.RU, brief=True)
    column = card_column(brief, "Члены семьи", 0, 800, 700, 1.0)
    written = " ".join(line.text for line in column.lines)
    assert "Лебедева" in written
    assert "Многодетная" not in written


@given(st.text(st.sampled_from("аЩ.  \u00a0\n—"), max_size=60), st.integers(1, 300))
@settings(max_examples=200)
def test_wrapping_loses_nothing(text: str, width: int) -> None:
    face = font(20)
    lines = wrap(text, face, width)
    kept = "".join(lines).replace(" ", "")
    assert kept == text.replace(" ", "").replace("\n", "")
    assert all(face.getlength(line) <= width or len(line) == 1 for line in lines)


def test_every_letter_has_a_shape_in_the_font() -> None:
    alphabet = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя№«»—•"
    for bold in (False, True):
        face = font(40, bold=bold)
        none = bytes(face.getmask("\U000f0000"))
        assert not [letter for letter in alphabet if bytes(face.getmask(letter)) == none]


def test_without_pt_sans_the_system_has_a_font_and_without_that_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faces.cache_clear()
    monkeypatch.setattr(fonts, "_pt_sans", lambda: None)
    try:
        if faces().regular == "DejaVuSans.ttf":
            assert ImageFont.truetype("DejaVuSans.ttf", 20).getlength("Щ") > 0
        faces.cache_clear()
        missing = fonts.Faces("nowhere.ttf", "nowhere.ttf")
        monkeypatch.setattr(fonts, "_DEJAVU", missing)
        with pytest.raises(FontMissing, match="fonts-dejavu-core"):
            faces()
    finally:
        faces.cache_clear()


# --- what a window shows


def view(
    *names: str, frame: Frame | None = None, aside: str = "", hint: Hint | None = None
) -> View:
    return View(AT, Saying.SHOW_CODE, tuple(map(card, names)), aside, frame, hint)


def test_cards_fill_the_window_beside_each_other() -> None:
    painter = Painter(Language.RU)
    one = painter.paint(view("valid"), "", WIDE)
    assert np.array_equal(one, picture("valid"))
    two = painter.paint(view("valid", "invalid"), "", WIDE)
    assert two.shape == one.shape
    assert at(two, 0.01, 0.99) == rgb("#0B6B3A")
    assert at(two, 0.99, 0.99) == rgb("#A3161A")
    same = painter.paint(view("valid", "valid"), "", (1281, 720))
    assert same.shape == (720, 1281, 3)
    assert at(same, 0.5, 0.5) == (0, 0, 0)  # a line between


def test_more_cards_than_there_is_room_for_are_said_to_be_there() -> None:
    painter = Painter(Language.RU)
    many = painter.paint(view("valid", "invalid", "half", "elsewhere"), "", WIDE)
    assert many.shape == (720, 1280, 3)
    assert at(many, 0.1, 0.5) != at(many, 0.1, 0.999)
    assert at(many, 0.01, 0.999) == at(many, 0.99, 0.999)
    assert share(many, "#0B6B3A") == 0  # the newest three
    assert painter.paint(view("valid", "invalid"), "", (300, 300)).shape == (300, 300, 3)


def test_the_live_picture_keeps_its_proportions_and_colours() -> None:
    blue = np.zeros((480, 640, 3), np.uint8)
    blue[:] = (200, 10, 20)  # BGR
    painter = Painter(Language.RU)
    seen = painter.paint(view(frame=blue), "", WIDE)
    assert at(seen, 0.5, 0.4) == (20, 10, 200)
    shown = np.argwhere(np.all(seen == (200, 10, 20), axis=2))
    height, width = np.ptp(shown, axis=0) + 1
    assert width / height == pytest.approx(640 / 480, abs=0.01)
    grey = painter.paint(view(frame=np.full((480, 640), 77, np.uint8)), "", WIDE)
    assert at(grey, 0.5, 0.4) == (77, 77, 77)


@pytest.mark.parametrize("size", [WIDE, SMALL, TALL, (10, 10)])
def test_hints_and_lines_at_the_foot(size: Size) -> None:
    painter = Painter(Language.RU)
    frame = scan_world.frame()
    plain = painter.paint(view(frame=frame), "", size)
    assert plain.shape == (max(size[1], 200), max(size[0], 200), 3)
    hinted = painter.paint(view(frame=frame, hint=Hint.CLOSER), "", size)
    assert not np.array_equal(plain, hinted)
    aside = painter.paint(view(frame=frame, aside="Это не код статуса."), "", size)
    assert at(aside, 0, 0.999) != at(plain, 0, 0.999)
    assert np.array_equal(aside, painter.paint(view(frame=frame), "Это не код статуса.", size))
    assert painter.paint(view(), "", size).shape == plain.shape  # no camera


def test_nothing_of_a_card_is_kept_once_it_has_left() -> None:
    painter = Painter(Language.RU)
    painter.paint(view("valid", "invalid"), "", WIDE)
    assert len(painter._pictures) == 2
    painter.paint(view("valid"), "", WIDE)
    assert len(painter._pictures) == 1
    painter.paint(view(), "", WIDE)
    assert not painter._pictures
