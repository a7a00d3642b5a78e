"""Synthetic status records as issuers of the whole country would write them; all persons invented.

A second opinion on the format's size: names, places, bodies and bases here were compiled from
general knowledge of the country, without a look at the project's samples or at the word lists of
its dictionary. Where both agree, the country is the reason.
"""

from .generator import AS_OF, generate

__all__ = ["AS_OF", "generate"]
