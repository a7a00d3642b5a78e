"""One authority is made once, as its keys take time, and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from publishing import Authority, QuietServer, serving


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def authority(founded: Authority, tmp_path: Path) -> Authority:
    return founded.copy(tmp_path)


@pytest.fixture
def web(authority: Authority) -> Iterator[QuietServer]:
    """The authority's web server, over the folder to which it publishes."""
    authority.site.mkdir()
    with serving(authority.site) as server:
        yield server
