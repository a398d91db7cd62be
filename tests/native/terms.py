"""Random rule texts, conditions and properties: of every kind JSON knows, and often of the wrong one."""

from __future__ import annotations

from random import Random
from typing import Any

from duly.meaning import model as m

NAMES = ["a", "b", "c", "plan", "größe", 'quo"te', "new\nline"]
TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "ba",
    "1",
    "1.0",
    "true",
    "25",
    "Äpfel",
    "äpfel",
    "日本",
    "😀",
    "e\u0301",
    "a\0b",
    "\uffff",
]
NUMBERS: list[float] = [
    0, 1, -1, 2, 3, 7, 10, 25, 100, -0.0, 0.0, 1.0, 0.1, 0.2, 0.3, 2.5, -2.5, 25.0, 1e-7, 1e300, -1e300, 5e-324,
    2**31, 2**53, 2**53 + 1, -(2**53) - 1, float(2**53), 2**62, 2**63 - 1, -(2**63), 2.0**63, -(2.0**63), 1.7e308,
]  # fmt: skip
UNUSABLE = [float("nan"), float("inf"), float("-inf")]
RELATIONS = ("liked", "saved", "watched")
SIGNS = ("=", "!=", "<", "<=", ">", ">=")
SCOPES = ("event", "user", "product")


class Maker:
    """Makes random things of one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    # --- what is read -------------------------------------------------------------------------------------------------

    def number(self) -> float:
        """Mostly one of a few, so that two are often equal; else any."""
        random = self.random
        if random.random() < 0.8:
            return random.choice(NUMBERS)
        return random.choice(
            [random.randint(-(2**63), 2**63 - 1), random.uniform(-1000, 1000), random.randint(-50, 50) / 2]
        )

    def scalar(self) -> Any:
        """A value without values in it."""
        kind = self.random.random()
        if kind < 0.35:
            return self.random.choice(TEXTS)
        if kind < 0.75:
            return self.number()
        if kind < 0.88:
            return self.random.random() < 0.5
        return None if kind < 0.96 else self.random.choice(UNUSABLE)

    def value(self, depth: int = 0) -> Any:
        """Any JSON value, and the numbers that JSON has not."""
        kind = self.random.random()
        if depth > 2 or kind < 0.75:
            return self.scalar()
        if kind < 0.87:
            return [self.value(depth + 1) for _ in range(self.random.randint(0, 4))]
        return self.properties(depth + 1)

    def properties(self, depth: int = 0) -> dict[str, Any]:
        """An object of a few of the names that rules read."""
        chosen = self.random.sample(NAMES, self.random.randint(0, len(NAMES)))
        return {name: self.value(depth) for name in chosen}

    def path(self) -> tuple[str, ...]:
        return tuple(self.random.choices(NAMES, k=self.random.choice((1, 1, 1, 2, 3))))

    # --- what reads it ------------------------------------------------------------------------------------------------

    def condition(self, depth: int = 0) -> m.Condition:
        """A condition of what the core knows."""
        random = self.random
        if depth < 3 and random.random() < 0.45:
            if random.random() < 0.25:
                return m.Not(self.condition(depth + 1))
            terms = tuple(self.condition(depth + 1) for _ in range(random.randint(1, 4)))
            return random.choice((m.And, m.Or))(terms)
        make = random.choice(
            (self.comparison, self.comparison, self.one_of, self.within, self.text_test, self.missing, self.related)
        )
        return make()

    def comparison(self) -> m.Condition:
        sides = [self.operand(), self.operand()]
        if self.random.random() < 0.7:
            sides[self.random.randrange(2)] = self.constant()
        return m.Comparison(self.random.choice(SIGNS), *sides)

    def one_of(self) -> m.Condition:
        return m.OneOf(self.operand(), tuple(self.constant() for _ in range(self.random.randint(1, 6))))

    def within(self) -> m.Condition:
        return m.Within(self.operand(), self.operand(), self.operand())

    def text_test(self) -> m.Condition:
        kind = self.random.choice(("contains", "starts with", "ends with"))
        return m.TextTest(kind, self.operand(), self.operand())

    def missing(self) -> m.Condition:
        return m.Missing(self.property())

    def related(self) -> m.Condition:
        return m.Related(self.random.choice(RELATIONS))

    def operand(self, depth: int = 0) -> m.Value:
        kind = self.random.random()
        if kind < 0.2 and depth < 2:
            return m.Arithmetic(self.random.choice("+-*/"), self.operand(depth + 1), self.operand(depth + 1))
        return self.constant() if kind < 0.45 else self.property()

    def constant(self) -> m.Constant:
        kind = self.random.random()
        if kind < 0.4:
            return m.Constant(self.random.choice(TEXTS), m.Type.TEXT)
        if kind < 0.8:
            return m.Constant(self.number(), m.Type.NUMBER)
        return m.Constant(self.random.random() < 0.5, m.Type.BOOLEAN)

    def property(self) -> m.Property:
        kind = self.random.choice((m.Type.ANY, m.Type.NUMBER, m.Type.TEXT))
        return m.Property(self.random.choice(SCOPES), self.path(), kind)

    def related_to(self) -> dict[str, bool]:
        """Of which relations the user is a member; one that is not told means no."""
        told = self.random.sample(RELATIONS, self.random.randint(0, 3))
        return {relation: self.random.random() < 0.5 for relation in told}
