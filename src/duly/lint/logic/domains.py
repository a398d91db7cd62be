"""What a variable of a condition can be: sets that are narrowed by every clause that speaks of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from duly.lint.logic.ranges import NOTHING, NUMBERS, Ranges, meet
from duly.lint.logic.texts import Texts

Item = tuple[str, Any]
"""A constant that a list may hold, with its type, because 1 is not true."""


class Domain(Protocol):
    """A set of values of one variable."""

    def meet(self, other: Any) -> Any:
        """What is in both sets."""

    @property
    def empty(self) -> bool:
        """Whether nothing is in the set, as far as can be told."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists that hold all of `holding` and none of `lacking`."""

    holding: frozenset[Item] = frozenset()
    lacking: frozenset[Item] = frozenset()

    def meet(self, other: Lists) -> Lists:
        """The lists in both."""
        return Lists(self.holding | other.holding, self.lacking | other.lacking)

    @property
    def empty(self) -> bool:
        """Whether something is both wanted and not wanted."""
        return not self.holding.isdisjoint(self.lacking)


BOTH = frozenset({True, False})
ANY_TEXT, ANY_LIST = Texts(), Lists()


@dataclass(frozen=True, slots=True)
class Values:
    """Values of JSON, kind by kind. `others` are objects and numbers that are not finite."""

    missing: bool = False
    numbers: Ranges = NOTHING
    texts: Texts | None = None
    truths: frozenset[bool] = frozenset()
    lists: Lists | None = None
    others: bool = False

    def meet(self, other: Values) -> Values:
        """What is in both sets."""
        texts = self.texts.meet(other.texts) if self.texts is not None and other.texts is not None else None
        lists = self.lists.meet(other.lists) if self.lists is not None and other.lists is not None else None
        return Values(
            self.missing and other.missing,
            meet(self.numbers, other.numbers),
            None if texts is None or texts.empty else texts,
            self.truths & other.truths,
            None if lists is None or lists.empty else lists,
            self.others and other.others,
        )

    @property
    def present(self) -> bool:
        """Whether anything but absence is left."""
        return bool(self.numbers or self.texts or self.truths or self.lists or self.others)

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.missing or self.present)


ANYTHING = Values(True, NUMBERS.full, ANY_TEXT, BOTH, ANY_LIST, True)
PRESENT = Values(False, NUMBERS.full, ANY_TEXT, BOTH, ANY_LIST, True)
SCALARS = Values(False, NUMBERS.full, ANY_TEXT, BOTH)
ONLY_TEXTS = Values(texts=ANY_TEXT)
OBJECTS = Values(others=True)
MISSING = Values(missing=True)


@dataclass(frozen=True, slots=True)
class Measured:
    """Numbers that are worked out, or cannot be."""

    ranges: Ranges
    unknown: bool

    def meet(self, other: Measured) -> Measured:
        """What is in both sets."""
        return Measured(meet(self.ranges, other.ranges), self.unknown and other.unknown)

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.ranges or self.unknown)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events there were in a window, where history is complete and where it is not."""

    complete: Ranges
    incomplete: Ranges

    def meet(self, other: Counted) -> Counted:
        """What is in both sets."""
        return Counted(meet(self.complete, other.complete), meet(self.incomplete, other.incomplete))

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not (self.complete or self.incomplete)


@dataclass(frozen=True, slots=True)
class Among:
    """Some of a few possibilities: of a membership yes and no, of an opaque clause its three truths, of a week days."""

    options: frozenset[Any]

    def meet(self, other: Among) -> Among:
        """What is in both sets."""
        return Among(self.options & other.options)

    @property
    def empty(self) -> bool:
        """Whether nothing is left."""
        return not self.options
