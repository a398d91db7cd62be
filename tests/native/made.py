"""Random users, and what is noted of them."""

from duly.engine.state import Assigned, Awaited, Delivery, Pending, Send, User

NUMBERS = [0, 1, 127, 128, 255, 256, 65_535, 65_536, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, -1, -32, -33, -129, -70_000]
TEXTS = ["", "a", "é" * 15, "x" * 31, "x" * 32, "漢字" * 60, "y" * 300]
SIZES = [0, 0, 0, 1, 2, 5, 17]


def a_user(chance):
    """A user with some of all that can be noted of one."""
    some = {name: make(chance) for name, make in FIELDS.items() if chance.random() < 0.5}
    if chance.random() < 0.5:
        for name in ("merged_into", "preferences", "reserved", "identities", "forgotten"):
            some.pop(name, None)
    return User(**some)


def many(make):
    return lambda chance: [make(chance) for _ in range(chance.choice(SIZES))]


def by_name(make):
    return lambda chance: {f"{text(chance)}{place}": make(chance) for place in range(chance.choice(SIZES))}


def number(chance, least=-(1 << 62)):
    return max(chance.choice([*NUMBERS, chance.randrange(1 << 52)]), least)


def text(chance):
    return chance.choice(TEXTS)


def a_send(chance):
    texts = [text(chance) for _ in range(4)]
    held, counted, shadow = chance.choice([0, 0, 0, 99]), chance.random() < 0.8, chance.random() < 0.1
    return Send(number(chance), number(chance), *texts, chance.randbytes(20), held, counted, shadow)


def sends(chance):
    return sorted(many(a_send)(chance), key=lambda send: send.at)


def a_pending(chance):
    texts, numbers = [text(chance) for _ in range(3)], [number(chance) for _ in range(3)]
    properties = b"{}" * chance.choice([1, 100, 200])
    return Pending(chance.randbytes(20), *texts, number(chance), properties, *numbers, text(chance), number(chance))


def an_object(chance, depth=0):
    return {
        f"{text(chance)}{n}": a_value(chance, depth + 1) for n in range(chance.choice(SIZES if depth < 2 else [0, 1]))
    }


def a_value(chance, depth=9):
    whole = number(chance) % 10**18 * chance.choice([1, -1])  # others are declined
    kinds = [None, True, False, whole, text(chance), chance.uniform(-9, 9), chance.choice([0.0, 1e300, 5e-324])]
    if depth < 4:
        kinds += [an_object(chance, depth), [a_value(chance, depth + 1) for _ in range(chance.choice(SIZES[:5]))]]
    return chance.choice(kinds)


FIELDS = {
    "version": lambda chance: number(chance, least=0),
    "created": number,
    "updated": number,
    "traits": an_object,
    "trait_times": by_name(number),
    "context_zone": text,
    "context_zone_time": number,
    "consent": by_name(text),
    "sends": sends,
    "pending": many(a_pending),
    "deliveries": many(lambda chance: Delivery(b"d", number(chance), 1, "w", 2)),
    "reserved": many(a_pending),
    "identities": many(text),
    "groups": many(text),
    "merged_into": text,
    "preferences": an_object,
    "consent_times": by_name(number),
    "assigned": by_name(lambda chance: Assigned(text(chance), number(chance))),
    "awaited": many(lambda chance: Awaited(b"d", text(chance), "k", 1, number(chance), True)),
    "segments": by_name(lambda chance: (True, number(chance))),
    "check": number,
    "opens": many(number),
    "pointers": many(text),
    "forgotten": number,
    "heir": text,
}
