"""Changes to a tree of claims: values at and beyond each limit, other types, keys, encodings.

Each takes a `Random` and a tree, and changes the tree in its place. Some leave good claims behind:
half of all tests of what is refused prove nothing unless something passes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from .limits import FAR, LIMITS, LIVES, NOON, PERIODS
from .wire import WIDTHS, Map, Node, Raw, Tag, head, write


@dataclass(frozen=True)
class Place:
    """Where a value stands: `home` is a list of items, or of the pairs of a map."""

    path: tuple[object, ...]
    home: Map | list[Node]
    at: int

    @property
    def value(self) -> Node:
        return self.home.pairs[self.at][1] if isinstance(self.home, Map) else self.home[self.at]

    def put(self, value: Node) -> None:
        if isinstance(self.home, Map):
            self.home.pairs[self.at] = (self.home.pairs[self.at][0], value)
        else:
            self.home[self.at] = value


def places(node: Node, path: tuple[object, ...] = ()) -> Iterator[Place]:
    """Every place below `node`."""
    if isinstance(node, Map):
        steps = [(key, Place((*path, key), node, at)) for at, (key, _) in enumerate(node.pairs)]
    elif isinstance(node, list):
        steps = [(at, Place((*path, at), node, at)) for at in range(len(node))]
    else:
        return
    for _, place in steps:
        yield place
        yield from places(place.value, place.path)


def _any_place(rng: Random, root: Node) -> Place | None:
    found = list(places(root))
    return rng.choice(found) if found else None


def limit(rng: Random, root: Map) -> None:
    """A value at or beyond its limit."""
    known = []
    for place in places(root):
        path = place.path
        if path[:2] == (-65537, 2) and len(path) > 2:
            path = (*path[:2], 0, *path[3:])
        try:
            known.append((place, LIMITS[path]))
        except (KeyError, TypeError):  # TypeError: a key that a mutation has made unhashable
            continue
    if known:
        place, values = rng.choice(known)
        place.put(rng.choice(values))


def lifetime(rng: Random, root: Map) -> None:
    """As long as a code may live, and a second more or less; or valid from about now."""
    claim, value = rng.choice(((4, NOON + rng.choice(LIVES)), (5, NOON + rng.choice((-1, 0, 1)))))
    kept = [pair for pair in root.pairs if pair[0] != claim]
    root.pairs = sorted([*kept, (claim, value)], key=lambda pair: write(pair[0]))


def period(rng: Random, root: Map) -> None:
    """Every kind of period around today: of one day, of none, without an end."""
    for place in places(root):
        if place.path == (-65537, 6):
            place.put([*rng.choice(PERIODS)])


def other_type(rng: Random, root: Map) -> None:
    """A value of a type that has no place there, or might have."""
    if place := _any_place(rng, root):
        place.put(rng.choice(JUNK)(rng))


def empty(rng: Random, root: Map) -> None:
    """What Python takes for false, where the format has null, or nothing at all."""
    if place := _any_place(rng, root):
        nothings: tuple[Node, ...] = (0, False, "", b"", [], Map(), None, 0.0)
        place.put(rng.choice(nothings))


def key_set(rng: Random, root: Map) -> None:
    """A key too many, too few, twice, unknown, of another type, or in another place."""
    maps = [root, *(p.value for p in places(root) if isinstance(p.value, Map))]
    pairs = rng.choice(maps).pairs
    at = rng.randrange(len(pairs) + 1)
    match rng.randrange(7):
        case 0 if pairs:
            del pairs[at % len(pairs)]
        case 1 if pairs:
            pairs.insert(at, rng.choice(pairs))
        case 2:
            rng.shuffle(pairs)
        case 3:
            pairs.insert(at, (rng.choice(JUNK)(rng), 0))
        case _:  # unknown keys in their right place, with what later versions might put there
            key = rng.choice((-1, 0, 1, 13, 23, 24, 256, -65536, -65540, *FAR))
            value = rng.choice((*HARMLESS, *JUNK))(rng)
            pairs.append((key, value))
            pairs.sort(key=lambda pair: write(pair[0]))


def indefinite(rng: Random, root: Map) -> None:
    """An array or map without a length, as long as one with it: from 24 to 255 items."""
    count = rng.choice((23, 24, 255, 256))
    items = b"".join(write(n) + b"\xf6" for n in range(count))
    data = rng.choice((b"\x9f" + b"\xf6" * count + b"\xff", b"\xbf" + items + b"\xff"))
    root.pairs = sorted([*root.pairs, (9, Raw(data))], key=lambda pair: write(pair[0]))


def lengths(rng: Random, root: Map) -> None:
    """An array with an item more or less, or very many."""
    arrays = [p.value for p in places(root) if isinstance(p.value, list)]
    if not arrays:
        return
    array = rng.choice(arrays)
    match rng.randrange(4):
        case 0 if array:
            array.pop()
        case 1:
            array.append(None)
        case 2 if array:
            array.extend([array[0]] * (32 - len(array)))
        case _:
            array.extend([0] * rng.choice((33, 1000)))


def encoding(rng: Random, root: Map) -> None:
    """The same value, or none, in an encoding that is not the one."""
    place = _any_place(rng, root)
    data = write(place.value) if place else b""
    if not place or not data:  # nothing stands there any more
        return
    major = data[0] >> 5
    match rng.randrange(6):
        case 0 if major < 7:
            place.put(Raw(_longer(rng, data)))
        case 1 if 2 <= major <= 5:
            inside = data if major < 4 else data[_head_length(data) :]
            place.put(Raw(bytes([major << 5 | 31]) + inside + b"\xff"))
        case 2:
            place.put(Tag(rng.choice(TAGS), place.value))
        case 3 if isinstance(place.value, int):
            place.put(Raw(b"\xfb" + write(float(place.value % 2**53))[1:]))
        case 4:
            place.put(Raw(rng.choice(BROKEN)))
        case _:
            place.put(Raw(head(major if major < 7 else 4, rng.choice(HUGE))))


def _head_length(data: bytes) -> int:
    info = data[0] & 31
    return 1 if info < 24 else 1 + (1 << info - 24)


def _longer(rng: Random, data: bytes) -> bytes:
    """An item with a head that is longer than need be."""
    end = _head_length(data)
    argument = int.from_bytes(data[1:end]) if end > 1 else data[0] & 31
    widths = [width for width in WIDTHS if width >= end]
    return head(data[0] >> 5, argument, rng.choice(widths)) + data[end:] if widths else data


def depth(rng: Random, root: Map) -> None:
    """Arrays and maps in one another, at the limit of eight and far beyond."""
    levels = rng.choice((4, 5, 6, 7, 8, 9, 200, 1500))
    opened = b"".join(rng.choice((b"\x81", b"\xa1\x00")) for _ in range(levels))  # [… or {0: …
    spot = (rng.choice((13, 99)), Raw(opened + b"\x00"))
    inner = [p.value for p in places(root) if p.path == (-65537,) and isinstance(p.value, Map)]
    home = rng.choice([root, *inner])
    home.pairs = sorted([*home.pairs, spot], key=lambda pair: write(pair[0]))


def size(rng: Random, root: Map) -> None:
    """Content of exactly the size that a reader still inflates, or a little more."""
    wanted = rng.choice((4095, 4096, 4097, 5000))
    spot = [pair for pair in root.pairs if pair[0] != 7]
    missing = wanted - len(write(Map(spot))) - 1 - 3  # the key, and the head of the byte string
    if missing > 255:
        root.pairs = sorted([*spot, (7, bytes(missing))], key=lambda pair: write(pair[0]))


def harmless(rng: Random, root: Map) -> None:
    """Other text, an unknown claim: what a reader accepts."""
    texts = [p for p in places(root) if isinstance(p.value, str)]
    if texts and rng.random() < 0.5:
        rng.choice(texts).put(rng.choice(("я", "Иное", "x" * 40)))
        return
    pairs = [pair for pair in root.pairs if pair[0] != 8]
    pairs.append((8, rng.choice(HARMLESS)(rng)))
    root.pairs = sorted(pairs, key=lambda pair: write(pair[0]))


Maker: TypeAlias = Callable[[Random], Node]
HARMLESS: tuple[Maker, ...] = (
    lambda rng: rng.randrange(2**64),
    lambda rng: [None, True, b"\0", "я"],
    lambda rng: Map([(0, 1), (-1, [])]),
    lambda rng: rng.randbytes(rng.randrange(20)),
)
TAGS = (0, 1, 2, 3, 4, 5, 18, 24, 25, 28, 29, 30, 35, 36, 37, 256, 258, 260, 1004, 55799, 2**64 - 1)
INSIDE_TAGS: tuple[Node, ...] = (0, "1", b"\1", [1, 2])
HUGE = (2**16, 2**24, 2**31, 2**32 - 1, 2**32, 2**62, 2**63, 2**64 - 1)
BROKEN = (
    *(b"\xf7", b"\xe0", b"\xf8\x20", b"\xf8\x14", b"\xff", b"\x1c", b"\x1f", b"\xfc", b""),
    *(b"\x62\xc3\x28", b"\x63\xed\xa0\x80", b"\x62\xc0\x80", b"\x64\xf5\x80\x80\x80"),
    *(b"\xf9\x00\x00", b"\xf9\x7e\x00", b"\xfa\x00\x00\x00\x00", b"\xc2\x41\x01", b"\xc2\x40"),
    *(b"\xd8\x1c\x81\xd8\x1d\x00", b"\xd8\x23\x62\x28\x2b", b"\x7f\x61\x61\xff", b"\x9f\xff"),
)
JUNK: tuple[Maker, ...] = (
    lambda rng: None,
    lambda rng: rng.random() < 0.5,
    lambda rng: rng.choice(FAR),
    lambda rng: rng.choice((0.0, 1.0, 1.5, float("nan"), float("inf"), 1795251600.0)),
    lambda rng: str(rng.randrange(10)),
    lambda rng: rng.randbytes(8),
    lambda rng: [],
    lambda rng: [[], Map()],
    lambda rng: Map(),
    lambda rng: Map([(1, [None] * 4)]),
    lambda rng: Tag(rng.choice(TAGS), rng.choice(INSIDE_TAGS)),
    lambda rng: Raw(rng.choice(BROKEN)),
)
MUTATIONS = (
    *(limit, limit, limit, limit, harmless, harmless),
    *(lifetime, period, empty, other_type, key_set, lengths, encoding, indefinite, depth, size),
)
