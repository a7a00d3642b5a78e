"""How this server proves itself to a login provider: the seam for providers with ways of their own.

The default is a shared secret (RFC 6749 §2.3.1). ESIA takes a signature in its place instead, over
parameters of each request; with a `ClientAuthentication` that signs them, the rest of the login
stays as it is. The other two parts of that seam: `person_claims.PersonClaims`, and
`provider.Endpoints` for a provider without discovery.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote_plus

from .provider import Provider

Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What the code is exchanged with: headers to add, and the whole form."""

    headers: Parameters
    form: Parameters


class ClientAuthentication(Protocol):
    """Called once on the way to the provider, once for each code, and once on the way out."""

    def authorization(self, parameters: Parameters) -> Parameters:
        """What the browser takes along besides `client_id`, `scope`, `redirect_uri`, `state`.

        What it names of these takes the place of ours: a state of another form, say.
        """

    def token(self, form: Parameters) -> TokenRequest:
        """The request for tokens, from the code's form (RFC 6749 §4.1.3) with `code_verifier`."""

    def farewell(self, back: str) -> Parameters:
        """What the browser takes along to sign out at the provider and return to `back`."""


@dataclass(frozen=True, slots=True)
class SecretBasic:
    """`client_secret_basic`: id and secret in the header Authorization, each form-encoded first."""

    provider: Provider

    def authorization(self, parameters: Parameters) -> Parameters:
        """Nothing: the browser does not see the secret."""
        return {}

    def token(self, form: Parameters) -> TokenRequest:
        """The form as it is, and the header."""
        words = (self.provider.client_id, self.provider.client_secret)
        pair = b64encode(":".join(map(quote_plus, words)).encode("ascii")).decode("ascii")
        return TokenRequest({"Authorization": f"Basic {pair}"}, form)

    def farewell(self, back: str) -> Parameters:
        """RP-Initiated Logout §2, with our `client_id` in place of the ID token as a hint.

        An ID token tells who the person is, and an address is kept in histories and logs. Sent in
        a form, it would have to be kept here until then; providers may ask the person all the same.
        """
        return {"client_id": self.provider.client_id, "post_logout_redirect_uri": back}
