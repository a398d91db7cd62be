"""The meaning of conditions told to an SMT solver, from the language's own definition and not from the linter's."""

from __future__ import annotations

from fractions import Fraction

import z3

from duly.meaning.model import (
    Aggregate,
    And,
    Comparison,
    Did,
    DidNot,
    InSegment,
    Matches,
    Missing,
    Moment,
    Not,
    OneOf,
    OptedIn,
    Or,
    Property,
    Related,
    TextTest,
    Type,
    Within,
)

ABSENT, NUMBER, TEXT, TRUTH, LIST, OTHER = range(6)
KINDS = {Type.NUMBER: NUMBER, Type.TEXT: TEXT, Type.BOOLEAN: TRUTH}
FALSE, TRUE = z3.BoolVal(False), z3.BoolVal(True)


class Oracle:
    """
    Says of each condition when it is true and when it is false.

    Texts are places on a line: those that conditions name are 1, 2, 3…, in order, all others lie between them. What a
    text between two places contains is free, but for what follows from the names.
    """

    def __init__(self, texts, segments):
        self.texts = sorted({"", *texts, *(end for text in texts if (end := after_prefix(text)))})
        self.segments = segments
        self.axioms = []
        self.known = {}
        self.windows = {}
        self.tests = {}

    def truths(self, condition):
        match condition:
            case And(terms=terms) | Or(terms=terms):
                pairs = [self.truths(term) for term in terms]
                trues, falses = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
                if isinstance(condition, And):
                    return z3.And(trues), z3.Or(falses)
                return z3.Or(trues), z3.And(falses)
            case Not(term=term):
                true, false = self.truths(term)
                return false, true
            case Within(value=value, low=low, high=high):
                return self.truths(And((Comparison(">=", value, low), Comparison("<=", value, high))))
            case InSegment(segment=name):
                return self.truths(self.segments[name].where)
            case DidNot(events=events, window=window):
                return self.truths(Not(Did(events, window)))
            case Related(relation=name) | OptedIn(category=name):
                yes = self._variable((type(condition).__name__, name), z3.Bool)
                return yes, z3.Not(yes)
            case Missing(value=value):
                absent = self._property(value)[0] == ABSENT
                return absent, z3.Not(absent)
            case Did(events=events, window=window):
                count, complete = self._window(events, window)
                return count >= 1, z3.And(count == 0, complete)
            case Comparison():
                return self._comparison(condition)
            case OneOf(value=value, items=items):
                equal = [self.truths(Comparison("=", value, item)) for item in items]
                return z3.Or([true for true, _ in equal]), z3.And(
                    z3.Or([false for _, false in equal]), z3.Not(z3.Or([true for true, _ in equal]))
                )
            case TextTest() | Matches():
                return self._text(condition)
        raise TypeError(type(condition))

    # --- comparisons --------------------------------------------------------------------------------------------------

    def _comparison(self, condition):
        left, right = condition.left, condition.right
        if isinstance(left, Property) and isinstance(right, Property):
            return self._between_properties(condition.operator, left, right)
        if isinstance(left, Aggregate):
            count, complete = self._window(left.events, left.window)
            true = compared(condition.operator, z3.ToReal(count), real(right.value))
            return z3.And(complete, true), z3.And(complete, z3.Not(true))
        if isinstance(left, Moment):
            day = self._variable("today", z3.Int)
            number = day if right.type is Type.DATE else (day + 6) % 7
            true = compared(condition.operator, number, right.value)
            return true, z3.Not(true)
        kind, *content = self._property(left)
        is_kind = kind == KINDS[right.type]
        if right.type is Type.BOOLEAN:
            if condition.operator not in ("=", "!="):
                return FALSE, FALSE
            true = content[2] if right.value is (condition.operator == "=") else z3.Not(content[2])
        elif right.type is Type.NUMBER:
            true = compared(condition.operator, content[0], real(right.value))
        else:
            true = compared(condition.operator, content[1], self._place(right.value))
        return z3.And(is_kind, true), z3.And(is_kind, z3.Not(true))

    def _between_properties(self, operator, left, right):
        (one, *first), (other, *second) = self._property(left), self._property(right)
        trues, falses = [], []
        for kind, content in ((NUMBER, 0), (TEXT, 1)):
            both, true = z3.And(one == kind, other == kind), compared(operator, first[content], second[content])
            trues.append(z3.And(both, true))
            falses.append(z3.And(both, z3.Not(true)))
        if operator in ("=", "!="):
            both, same = z3.And(one == TRUTH, other == TRUTH), first[2] == second[2]
            true = same if operator == "=" else z3.Not(same)
            trues.append(z3.And(both, true))
            falses.append(z3.And(both, z3.Not(true)))
        return z3.Or(trues), z3.Or(falses)

    # --- texts and lists ----------------------------------------------------------------------------------------------

    def _text(self, condition):
        kind = self._property(condition.value)[0]
        is_text = kind == TEXT
        if isinstance(condition, Matches):
            true = self._passes(condition.value, "contains", condition.pattern)
            return z3.And(is_text, true), z3.And(is_text, z3.Not(true))
        part = condition.part
        if part.type is Type.TEXT:
            true = self._passes(condition.value, condition.kind, part.value)
            found = z3.And(is_text, true), z3.And(is_text, z3.Not(true))
        else:
            found = FALSE, FALSE
        if condition.kind != "contains":
            return found
        holds = self._variable((condition.value.path, "holds", part.type, part.value), z3.Bool)
        is_list = kind == LIST
        return z3.Or(found[0], z3.And(is_list, holds)), z3.Or(found[1], z3.And(is_list, z3.Not(holds)))

    def _passes(self, value, test, part):
        place = self._property(value)[2]
        if test == "starts with":
            end = after_prefix(part)
            return z3.And(place >= self._place(part), place < self._place(end) if end else TRUE)
        tests = self.tests.setdefault(value.path, {})
        if (test, part) not in tests:
            tests[test, part] = self._variable((value.path, test, part), z3.Bool)
            self._describe(place, test, part, tests[test, part])
            for (other_test, other), passed in list(tests.items()):
                self._relate((test, part, tests[test, part]), (other_test, other, passed))
                self._relate((other_test, other, passed), (test, part, tests[test, part]))
        return tests[test, part]

    def _describe(self, place, test, part, passed):
        """What the named texts, and those between two of them, contain."""
        for number, text in enumerate(self.texts, 1):
            holds = part in text if test == "contains" else text.endswith(part)
            self.axioms.append(z3.Implies(place == number, passed if holds else z3.Not(passed)))
            if test == "contains" and part in self._prefix_after(number):
                self.axioms.append(z3.Implies(z3.And(place > number, place < number + 1), passed))

    def _relate(self, one, other):
        (test, part, passed), (other_test, other_part, other_passed) = one, other
        if test == "contains" and part in other_part:
            self.axioms.append(z3.Implies(other_passed, passed))
        if test == "ends with" and other_test == "ends with":
            if other_part.endswith(part):
                self.axioms.append(z3.Implies(other_passed, passed))
            elif not part.endswith(other_part):
                self.axioms.append(z3.Not(z3.And(passed, other_passed)))

    def _prefix_after(self, number):
        """What all texts between two neighbouring names start with."""
        low = self.texts[number - 1]
        if number == len(self.texts):
            return ""
        fits = [low[:n] for n in range(len(low), 0, -1) if self.texts[number] <= (after_prefix(low[:n]) or "")]
        return fits[0] if fits else ""

    def _place(self, text):
        return z3.RealVal(self.texts.index(text) + 1)

    # --- variables ----------------------------------------------------------------------------------------------------

    def _variable(self, name, make):
        return self.known.setdefault(name, make(repr(name)))

    def _property(self, value):
        scope = "user" if value.scope == "user" else "event"
        name = (scope, value.path)
        if name not in self.known:
            kind, number, text, truth = (
                z3.Int(f"{name} kind"),
                z3.Real(f"{name} number"),
                z3.Real(f"{name} text"),
                z3.Bool(f"{name} truth"),
            )
            self.known[name] = (kind, number, text, truth)
            self.axioms += [kind >= ABSENT, kind <= OTHER, text >= 1]
            if len(value.path) > 1:
                above = self._property(Property(value.scope, value.path[:-1]))
                self.axioms.append(z3.Implies(kind != ABSENT, above[0] == OTHER))
        return self.known[name]

    def _window(self, events, length):
        name = (tuple(sorted(events.names)), events.where, length)
        if name not in self.windows:
            count, complete = z3.Int(f"{name} count"), z3.Bool(f"{name} complete")
            self.axioms += [count >= 0, count <= 1000]
            for other, (other_count, other_complete) in self.windows.items():
                self._inside((name, count, complete), (other, other_count, other_complete))
                self._inside((other, other_count, other_complete), (name, count, complete))
            self.windows[name] = (count, complete)
        return self.windows[name]

    def _inside(self, small, large):
        (names, where, length), count, complete = small
        (other_names, other_where, other_length), other_count, other_complete = large
        if names != other_names or (other_length is not None and (length is None or length > other_length)):
            return
        self.axioms.append(z3.Implies(other_complete, complete))
        if other_where is None or other_where == where:
            self.axioms.append(count <= other_count)


def compared(operator, left, right):
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
    return left >= right


def real(number):
    fraction = Fraction(number)
    return z3.Q(fraction.numerator, fraction.denominator)


def after_prefix(text):
    """The first text after all that start so."""
    return text[:-1] + chr(ord(text[-1]) + 1) if text else ""
