"""Any content under the signature of a key of the ring: VALID exactly where the oracle allows it.

The first three bytes of an input say which key signs, how the content is packed, and the moment at
which it is looked at; the content follows. Mutations are made on the tree of the content.
"""

from collections.abc import Callable
from random import Random

from .. import cases, messages, payloads, strict
from ..judge import judge
from ..keys import ring
from ..mutations import MUTATIONS
from ..wire import Map, tree, write

HEAD = 3


def one_input(data: bytes) -> None:
    if len(data) < HEAD:
        return
    which, packing, when = data[:HEAD]
    content = data[HEAD:]
    key = ring()[which % len(ring())]
    rng = Random(when)  # noqa: S311 - no secret
    pack = payloads.HOSTILE[packing % len(payloads.HOSTILE)]
    payload = pack(rng, content) if packing >= 0x80 else payloads.usual(content)
    message = messages.genuine(key, payload)
    made = cases.Case(
        steps=(pack.__name__ if packing >= 0x80 else "usual",),
        key=key,
        payload=payload,
        message=message,
        text=cases.digits(message),
        at=cases.moment(rng, content),
        genuine=24 <= len(payload) < 2**16,
    )
    judge(made, data.hex())


def mutate(data: bytes, max_size: int, seed: int, blind: Callable[[bytes, int], bytes]) -> bytes:
    rng = Random(seed)  # noqa: S311 - no secret
    head = bytearray(data[:HEAD].ljust(HEAD, b"\0"))
    if rng.random() < 0.3:
        head[rng.randrange(HEAD)] = rng.randrange(256)
    try:
        root = tree(strict.read(data[HEAD:]))
    except strict.Refused:
        root = None
    if not isinstance(root, Map) or rng.random() < 0.2:
        return blind(data, max_size)
    for _ in range(rng.choice((1, 1, 2))):
        rng.choice(MUTATIONS)(rng, root)
    return (bytes(head) + write(root))[:max_size]
