"""A citizen who speaks to the account by HTTP, as a browser without scripts or as a script."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape

from account_world import COOKIE, Town
from starlette.testclient import TestClient

PAGE = {"Accept": "text/html,application/xhtml+xml"}
SCRIPT = {"Accept": "application/json"}


@dataclass
class Answer:
    """What came back; `text` is without tags, each run of white space one space."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def html(self) -> str:
        return self.body.decode()

    @property
    def text(self) -> str:
        bare = re.sub(r"(?s)<(script|template|noscript)\b.*?</\1>|<[^>]+>", " ", self.html)
        return " ".join(unescape(bare).split())


@dataclass
class Citizen:
    """Signed in as the holder of a record."""

    town: Town
    name: str
    cookie: str
    client: TestClient

    @classmethod
    def of(cls, town: Town, name: str) -> "Citizen":
        cookie = town.sign_in(name)
        client = TestClient(town.app, "http://localhost", follow_redirects=False)
        client.cookies.set(COOKIE, cookie, domain="localhost.local")
        return cls(town, name, cookie, client)

    def get(self, path: str, **headers: str) -> Answer:
        answer = self.client.get(path, headers={**PAGE, **headers})
        return Answer(answer.status_code, answer.headers, answer.content)

    def post(self, path: str, csrf: str | None = None, **fields: str) -> Answer:
        """A form; with the session's own CSRF token unless another is given."""
        token = self.town.csrf(self.cookie) if csrf is None else csrf
        answer = self.client.post(path, data={"csrf_token": token, **fields}, headers=PAGE)
        return Answer(answer.status_code, answer.headers, answer.content)

    def ask(self, path: str, csrf: str | None = None) -> Answer:
        """As the page's script asks."""
        token = self.town.csrf(self.cookie) if csrf is None else csrf
        answer = self.client.post(path, headers={**SCRIPT, "X-CSRF-Token": token})
        return Answer(answer.status_code, answer.headers, answer.content)

    def path(self, page: str, name: str | None = None) -> str:
        """The address of a page of this person's status, or of another's."""
        return f"/statuses/{self.town.ids[name or self.name]}/{page}"


Visit = Callable[[str], Citizen]
"""Signs the holder of a record in."""
