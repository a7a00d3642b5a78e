"""A provider's description (OpenID Connect Discovery), and what of it is needed and right. Pure."""

import time
from collections.abc import Mapping
from typing import Any, Final

from .provider import Endpoints, is_safe_url

ALGORITHMS: Final = (
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
    *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512"),
)
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MORE_ENDPOINTS: Final = ("userinfo_endpoint", "end_session_endpoint")


def checked(found: Mapping[str, Any], issuer: str) -> dict[str, Any]:
    """Of a description that was fetched, what Authlib may know; ValueError for a wrong one."""
    if found.get("issuer") != issuer:  # Discovery §4.3
        raise ValueError("the description is another issuer's")
    endpoints = {name: found[name] for name in _MORE_ENDPOINTS if name in found}
    endpoints |= {name: found.get(name) for name in _ENDPOINTS}
    if not all(isinstance(url, str) and is_safe_url(url) for url in endpoints.values()):
        raise ValueError("an endpoint is absent or not TLS")
    offered = found.get("id_token_signing_alg_values_supported", ["RS256"])
    # Authlib passes all of it on to the HTTP client as options: nothing else may be there
    return {
        **endpoints,
        "issuer": issuer,
        "id_token_signing_alg_values_supported": [a for a in ALGORITHMS if a in offered],
        "_loaded_at": found["_loaded_at"],
    }


def known(endpoints: Endpoints, issuer: str) -> dict[str, Any]:
    """The same for a provider that describes itself to people only."""
    named = {
        "authorization_endpoint": endpoints.authorization,
        "token_endpoint": endpoints.token,
        "end_session_endpoint": endpoints.end_session,
    }
    present = {name: url for name, url in named.items() if url is not None}
    return {**present, "issuer": issuer, "_loaded_at": time.time()}
