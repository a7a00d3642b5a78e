"""Files that are no trust list: too large, not text, not JSON, or JSON of two meanings."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_keys import TrustList
from statusqr_schema import TrustListRefused

EMPTY = '{"type": "statusqr-trust-list", "version": 1, "issuers": []}'
MARK = "ТАЙНА"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "список доверия: не JSON: строка 1, знак 1", id="empty"),
        pytest.param(b"\xef\xbb\xbf" + EMPTY.encode(), "не JSON: строка 1, знак 1", id="mark"),
        pytest.param(EMPTY.encode("utf-16"), "список доверия не в UTF-8", id="UTF-16"),
        pytest.param(MARK.encode("cp1251"), "список доверия не в UTF-8", id="cp1251"),
        pytest.param(EMPTY[:-1].encode(), "не JSON", id="cut"),
        pytest.param(EMPTY.encode() + b"{}", "не JSON", id="two documents"),
        pytest.param(EMPTY.replace("[]", f"[{MARK}]").encode(), "не JSON", id="words"),
        pytest.param(EMPTY.replace("1", "NaN").encode(), "NaN не число JSON", id="NaN"),
        pytest.param(EMPTY.replace("1", "-Infinity").encode(), "не число", id="infinity"),
        pytest.param(EMPTY.replace("{", '{"type": 1,').encode(), "повторяется", id="name twice"),
        pytest.param(EMPTY.replace("1", "1" * 5000).encode(), "список доверия: ", id="long number"),
        pytest.param(b"[" * 200_000, "слишком глубокая вложенность", id="deep list"),
        pytest.param(b'{"a":' * 200_000, "слишком глубокая вложенность", id="deep map"),
        pytest.param(EMPTY.encode() + b" " * 20_000_000, "слишком велик", id="20 MB"),
        pytest.param(b"null", "type: это не список доверия", id="null"),
        pytest.param(b"[]", "type: это не список доверия", id="list"),
        pytest.param(b"{}", "type: это не список доверия", id="nothing"),
    ],
)
def test_a_file_that_is_no_trust_list(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "trust.json"
    path.write_bytes(content)
    with pytest.raises(TrustListRefused, match=message) as caught:
        TrustList.load(path)
    assert MARK not in str(caught.value)


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    largest = 16 * 2**20
    path.write_text(EMPTY.ljust(largest), encoding="utf-8")
    assert TrustList.load(path).issuers == ()
    path.write_text(EMPTY.ljust(largest + 1), encoding="utf-8")
    with pytest.raises(TrustListRefused, match="слишком велик"):
        TrustList.load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.json", tmp_path):
        with pytest.raises(TrustListRefused, match="не открывается"):
            TrustList.load(path)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values)
def test_any_json_is_a_list_or_refused(value: Any) -> None:
    with pytest.raises(TrustListRefused):
        TrustList.parse(json.dumps(value))


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(TrustListRefused):
        TrustList.parse(text)
