"""The registry: persons, statuses, printed codes, consents, and who did what."""

from .chain import Head as Head
from .registry import Registry as Registry
from .registry import View as View
from .registry import Work as Work
