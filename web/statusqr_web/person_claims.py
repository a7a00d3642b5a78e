"""Where the claims about a person come from: the seam for providers whose ID token has too few.

By default they are those of the ID token and of the userinfo. ESIA names the subject in its token
and tells the rest, the SNILS among it, to whoever asks its data service with the access token.
"""

from collections.abc import Mapping
from typing import Protocol

from statusqr_schema.strict_json import JsonValue

Claims = Mapping[str, JsonValue]


class PersonClaims(Protocol):
    """Called once for each login, with the answer of the token endpoint."""

    async def claims(self, tokens: Claims, nonce: str) -> Claims:
        """What the provider says about the person, `sub` at least, each of it verified here.

        ValueError for an answer that does not hold; errors of httpx2 may pass through.
        """
