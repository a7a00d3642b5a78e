"""Printed pages are read back as issued, and the faults of the bench are what they are called."""

from functools import cache

import numpy as np
import pytest
from bench.paper import Page, print_pages, share_read
from bench.wear import CONDITIONS, Sheet, clean, folded, grey, noisy, rotated, stained

COUNT = 8


@cache
def pages() -> list[Page]:
    return list(print_pages(COUNT))


def chance() -> np.random.Generator:
    return np.random.default_rng(653)


@cache
def sheet() -> Sheet:
    return pages()[0].scanned(150)


def near_code(sheet: Sheet) -> tuple[slice, slice]:
    """The rows and columns of the code."""
    x, y, half = (place * sheet.scale for place in (*sheet.code, sheet.code_mm / 2))
    return slice(round(y - half), round(y + half)), slice(round(x - half), round(x + half))


def test_every_clean_page_is_read_as_issued_at_150_dpi() -> None:
    assert share_read(pages(), "clean", 150, (1,)) == 1.0


@pytest.mark.parametrize("condition", CONDITIONS)
def test_worn_pages_are_read_at_200_dpi(condition: str) -> None:
    assert share_read(pages()[:3], condition, 200, (2,)) == 1.0


def test_a_page_that_says_something_else_is_not_counted() -> None:
    one, other = pages()[:2]
    swapped = Page(one.text, other.pdf, other.code, other.code_mm)
    assert share_read([swapped, other], "clean", 150, (1,)) == 0.5


def test_pages_are_the_same_in_every_run() -> None:
    assert [page.pdf for page in print_pages(3)] == [page.pdf for page in pages()[:3]]
    assert len({page.text for page in pages()}) == COUNT


def test_the_code_is_where_it_is_said_to_be() -> None:
    rows, columns = near_code(sheet())
    inside = sheet().pixels[rows, columns]
    assert 0.35 < (inside < 128).mean() < 0.65
    assert sheet().code[0] == pytest.approx(210 - 20 - 25, abs=1)  # at the right margin, 50 mm wide
    assert sheet().code_mm < 50


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_seed_gives_one_picture_and_another_seed_another(condition: str) -> None:
    wear = CONDITIONS[condition]
    one, same, other = (wear(sheet(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert np.array_equal(one, other) is (condition == "clean")


def test_clean_and_rotated() -> None:
    assert clean(sheet(), chance()) is sheet().pixels
    height, width = sheet().pixels.shape
    dark = (sheet().pixels < 128).sum()
    for seed in range(12):
        turned = rotated(sheet(), np.random.default_rng(seed))
        assert turned.size >= height * width  # nothing is cut off
        assert (turned < 128).sum() == pytest.approx(dark, rel=0.15)


def test_noise_hits_five_percent_of_the_pixels() -> None:
    changed = noisy(sheet(), chance())
    paper = sheet().pixels == 255
    assert (changed[paper] == 0).mean() == pytest.approx(0.025, abs=0.001)
    ink = sheet().pixels == 0
    assert (changed[ink] == 255).mean() == pytest.approx(0.025, abs=0.002)


def test_grey_print_has_half_the_contrast() -> None:
    changed = grey(sheet(), chance()).astype(float)
    paper = changed[sheet().pixels == 255].mean()
    ink = changed[sheet().pixels == 0].mean()
    assert 160 <= paper <= 190
    assert 95 <= ink <= 125


def test_a_fold_and_a_ring_go_through_the_code() -> None:
    rows, columns = near_code(sheet())
    for seed in range(20):
        worn = folded(sheet(), np.random.default_rng(seed))
        # White modules beside a crease are darker than paper; on both sides of it the tone differs.
        tones = worn[rows, columns][sheet().pixels[rows, columns] == 255]
        assert np.percentile(tones, 95) - np.percentile(tones, 10) >= 10
        stain = stained(sheet(), np.random.default_rng(seed))
        before = sheet().pixels[rows, columns].astype(int)
        assert (before - stain[rows, columns] > 50).mean() > 0.005
