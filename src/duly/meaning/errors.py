"""Every sentence the checker can say."""

from __future__ import annotations

from collections.abc import Iterable

from duly.diagnostics import Diagnostic
from duly.source import Source, Span
from duly.vocabulary.types import Type, phrase
from duly.vocabulary.words import nearest

# --- names ------------------------------------------------------------------------------------------------------------


def unknown_name(source: Source, span: Span, kind: str, name: str, known: Iterable[str]) -> Diagnostic:
    """A relation, segment, category, event or rule that is declared nowhere."""
    guess = nearest(name, known)
    hint = f"did you mean {quoted(guess)}?" if guess else _DECLARE[kind].format(name=_short(name))
    return Diagnostic(source, span, f"unknown-{kind}", f"there is no {kind} {quoted(name)}", hint)


_DECLARE = {
    "relation": "declare it, such as `relation {name}: user to product by product_id, added by Product Viewed`",
    "segment": "declare it, such as `segment {name}: count of Order Completed in last 90 days >= 3`",
    "category": 'declare it, such as `category {name} "What people see": opt in`',
    "event": "add it to the tracking plan, or declare it with `event {name} about product`",
    "channel": "use one of push, email, sms, whatsapp, web, in_app",
    "rule": "name a rule of this rule set",
    "user": "introduce the user with a line such as `user {name}`",
}


def duplicate_name(source: Source, span: Span, kind: str, name: str, first: str) -> Diagnostic:
    """Two declarations of one name; `first` is where the other one is."""
    message = f"the {kind} {quoted(name)} is already declared at {first}"
    return Diagnostic(
        source, span, "duplicate-name", message, f"give this {kind} another name, or remove one of the two"
    )


def unnamed_rule(source: Source, span: Span) -> Diagnostic:
    """A bare `when …` next to other rules: state belongs to names."""
    hint = "put `rule some_name` before it, or give it a file of its own"
    return Diagnostic(source, span, "unnamed-rule", "this rule needs a name, because its file holds several", hint)


def unnameable_file(source: Source, span: Span) -> Diagnostic:
    """A bare rule in a file whose name has no letters to make a name of."""
    message = "this rule has no name, and none can be made of the name of its file"
    return Diagnostic(source, span, "unnamed-rule", message, "put `rule some_name` before it")


def still_in_use(source: Source, span: Span, name: str, first: str) -> Diagnostic:
    """`was x` while a rule x still exists."""
    message = f"this rule cannot have been `{name}`, which is still a rule at {first}"
    return Diagnostic(source, span, "name-in-use", message, f"remove the rule `{name}`, or the clause `was {name}`")


def claimed_twice(source: Source, span: Span, name: str, first: str) -> Diagnostic:
    """Two rules that both were x."""
    message = f"the clause at {first} already takes over from `{name}`"
    return Diagnostic(source, span, "name-in-use", message, "let one rule keep the state of that name")


def unreadable_plan(source: Source, span: Span, path: str, why: str) -> Diagnostic:
    """A tracking plan that is missing or is none."""
    hint = "give the path of a Segment Protocols tracking plan, relative to this file"
    return Diagnostic(
        source,
        span,
        "unreadable-tracking-plan",
        f"cannot read the tracking plan {quoted(path)}: {_short(why).rstrip('.')}",
        hint,
    )


# --- clauses ----------------------------------------------------------------------------------------------------------


def no_trigger(source: Source, span: Span) -> Diagnostic:
    """A rule that never starts."""
    hint = "start it with `when` and an event, such as `when Product Sale`"
    return Diagnostic(source, span, "no-trigger", "this rule does not say when it starts", hint)


def repeated_clause(source: Source, span: Span, clause: str, line: int) -> Diagnostic:
    """A clause that can be said only once."""
    message = f"{quoted(clause)} is said twice in one rule, first on line {line}"
    return Diagnostic(source, span, "repeated-clause", message, "keep one of the two")


def repeated_statement(source: Source, span: Span, statement: str, first: str) -> Diagnostic:
    """A house rule that can be said only once."""
    message = f"`{statement}` is already set at {first}"
    return Diagnostic(source, span, "repeated-statement", message, "keep one of the two")


def contradiction(source: Source, span: Span, one: str, other: str, hint: str) -> Diagnostic:
    """Two clauses that cannot both be meant."""
    return Diagnostic(source, span, "contradictory-clauses", f"`{one}` and `{other}` contradict each other", hint)


def needless_clause(source: Source, span: Span, clause: str, needed: str) -> Diagnostic:
    """A clause that says something about another one, which is not there."""
    message = f"`{clause}` says nothing without {needed}"
    return Diagnostic(source, span, "dangling-clause", message, f"add {needed}, or remove `{clause}`")


def too_many(source: Source, span: Span, what: str, limit: int) -> Diagnostic:
    """More of something than one rule set may hold."""
    hint = "split them over several rule sets"
    return Diagnostic(source, span, "too-many", f"there are more than {limit:,} {what} in this rule set", hint)


# --- values -----------------------------------------------------------------------------------------------------------


def mixed_types(source: Source, span: Span, left: Type, right: Type, hint: str = "") -> Diagnostic:
    """A comparison of two known types that never go together."""
    message = f"{phrase(left)} is never comparable with {phrase(right)}"
    return Diagnostic(source, span, "mixed-types", message, hint or "compare values of one type: nothing is converted")


def never_carried(source: Source, span: Span, type: Type) -> Diagnostic:
    """A comparison of something out of JSON with what JSON has no word for."""
    hint = "compare properties and traits with numbers, texts, dates, or true and false"
    return Diagnostic(source, span, "mixed-types", f"no property and no trait is ever {phrase(type)}", hint)


def unordered(source: Source, span: Span, operator: str, type: Type) -> Diagnostic:
    """`<` and the like on a type without an order."""
    message = f"`{operator}` needs values with an order, not {phrase(type)}"
    return Diagnostic(source, span, "unordered-values", message, "use `=` or `!=`")


def wrong_type(source: Source, span: Span, what: str, needed: Type, found: Type) -> Diagnostic:
    """A place that takes one type only."""
    message = f"{what} needs {phrase(needed)}, not {phrase(found)}"
    return Diagnostic(source, span, "wrong-type", message, f"use {phrase(needed)} here")


def no_arithmetic(source: Source, span: Span, operator: str, left: Type, right: Type) -> Diagnostic:
    """Arithmetic on types that cannot be calculated with."""
    message = f"{phrase(left)} `{operator}` {phrase(right)} has no meaning"
    return Diagnostic(source, span, "no-arithmetic", message, "calculate with numbers, or with dates and durations")


def division_by_zero(source: Source, span: Span) -> Diagnostic:
    """A literal zero under a fraction: the comparison would be unknown for everybody."""
    return Diagnostic(source, span, "division-by-zero", "this divides by zero", "divide by something else")


def not_a_property(source: Source, span: Span, what: str) -> Diagnostic:
    """`is missing` after something that cannot be missing."""
    message = f"{what} needs a property of an event or a trait of the user"
    return Diagnostic(source, span, "not-a-property", message, "name a property, such as `discount` or `user.country`")


def empty_range(source: Source, span: Span, low: str, high: str) -> Diagnostic:
    """`between 20 and 10`."""
    message = f"nothing is between {quoted(low)} and {quoted(high)}"
    return Diagnostic(source, span, "empty-range", message, f"write `between {_short(high)} and {_short(low)}`")


def bad_pattern(source: Source, span: Span, pattern: str, why: str) -> Diagnostic:
    """A regular expression that RE2 does not take."""
    message = f"{quoted(f'/{pattern}/')} is not a regular expression: {_short(why).rstrip('.')}"
    hint = "patterns are RE2: no look-around and no back-references, so that they run in linear time"
    return Diagnostic(source, span, "bad-pattern", message, hint)


def not_in_enum(source: Source, span: Span, value: str, property: str, allowed: Iterable[str]) -> Diagnostic:
    """A text that the tracking plan says the property never is."""
    values = list(allowed)
    guess = nearest(value, values)
    hint = f"the tracking plan allows {', '.join(map(quoted, values[:8]))}"
    if guess:
        hint = f"did you mean {quoted(guess)}?"
    return Diagnostic(source, span, "not-an-allowed-value", f"{quoted(property)} is never {quoted(value)}", hint)


# --- scopes -----------------------------------------------------------------------------------------------------------


def no_event(source: Source, span: Span, text: str, where: str) -> Diagnostic:
    """A property of the trigger where there is no event."""
    message = f"{quoted(text)} is a property of an event, and {where} has none"
    return Diagnostic(source, span, "no-event", message, f"use a trait such as `user.{text.rpartition('.')[2]}`")


def no_object(source: Source, span: Span, text: str, object: str, event: str) -> Diagnostic:
    """`product.x` for an event that is not about a product."""
    message = f"{quoted(text)} needs an event about a {object}, and {quoted(event)} is not"
    hint = (
        f"declare `event {_short(event)} about {object}`, or write `event.{_short(text)}` for a property of the event"
    )
    return Diagnostic(source, span, "no-object", message, hint)


def no_object_here(source: Source, span: Span, text: str, where: str) -> Diagnostic:
    """A relation where no event brings an object."""
    message = f"{quoted(text)} needs an event that says which object is meant, and {where} has none"
    return Diagnostic(source, span, "no-object", message, "use it in a rule that starts `when` an event happens")


def not_in_a_count(source: Source, span: Span, text: str) -> Diagnostic:
    """A relation, segment or other count inside `count of E where …`."""
    message = f"{quoted(text)} cannot stand inside a count, which sees one past event at a time"
    return Diagnostic(
        source,
        span,
        "not-in-a-count",
        message,
        "compare properties of the counted event, traits or properties of the object",
    )


def trait_as_key(source: Source, span: Span, text: str) -> Diagnostic:
    """`with the same user.x`."""
    message = f"{quoted(text)} is a trait, and `with the same` needs a property of both events"
    return Diagnostic(source, span, "not-a-property", message, "name a property of the events, such as `product_id`")


def trait_as_expiry(source: Source, span: Span, text: str) -> Diagnostic:
    """`expires at user.x`."""
    message = f"{quoted(text)} is a trait, and `expires at` needs an instant in the event"
    return Diagnostic(source, span, "not-a-property", message, "name a property of the event, such as `ends_at`")


def wrong_object(source: Source, span: Span, relation: str, object: str, written: str) -> Diagnostic:
    """`user saved shop` when saved binds products."""
    message = f"`{relation}` relates users to a {object}, not to a {written}"
    return Diagnostic(source, span, "mixed-objects", message, f"write `user {relation} {object}`")


def two_objects(source: Source, span: Span, one: str, other: str) -> Diagnostic:
    """A product and a shop in one rule."""
    message = f"this rule is about a {one}, and this needs a {other}"
    return Diagnostic(source, span, "mixed-objects", message, "write one rule for each kind of object")


def mixed_objects(source: Source, span: Span, event: str, one: str, other: str) -> Diagnostic:
    """A trigger whose events are about different things, or a relation to another thing than the event's."""
    message = f"{quoted(event)} is about a {one}, but this needs a {other}"
    return Diagnostic(source, span, "mixed-objects", message, "write one rule for each kind of object")


def mixed_keys(source: Source, span: Span, object: str, one: str, first: str, two: str, second: str) -> Diagnostic:
    """Relations of one rule that bind its object by different properties."""
    message = f"`{one}` binds a {object} by `{first}`, but `{two}` binds it by `{second}`"
    return Diagnostic(source, span, "mixed-keys", message, "bind the object by one key in one rule")


def no_key(source: Source, span: Span, object: str, known: Iterable[str]) -> Diagnostic:
    """`per product` where nothing says by which property a product is known."""
    keys = sorted(known)
    if keys:
        message = f"`per {object}` does not say which of {', '.join(f'`{key}`' for key in keys)} identifies a {object}"
        return Diagnostic(source, span, "no-key", message, "use a relation in the condition of this rule")
    hint = f"declare one, such as `relation viewed: user to {object} by {object}_id, added by Product Viewed`"
    return Diagnostic(source, span, "no-key", f"no relation says which property identifies a {object}", hint)


def no_audience(source: Source, span: Span, event: str, object: str, relations: Iterable[str]) -> Diagnostic:
    """A rule on an event about a thing, whose condition can hold for people nobody can list."""
    message = f"this rule has no audience: {quoted(event)} is about a {object}, and its condition can hold for anybody"
    example = next(iter(sorted(relations)), "saved")
    hint = f"say who is meant, such as `where user {example} {object}`, or `user in SEGMENT`, on every side of an `or`"
    return Diagnostic(source, span, "no-audience", message, hint)


def added_and_removed(source: Source, span: Span, relation: str, event: str) -> Diagnostic:
    """An event that both begins and ends a relation."""
    message = f"{quoted(event)} both adds to and removes from `{relation}`"
    return Diagnostic(source, span, "contradictory-clauses", message, "let another event remove")


def segment_cycle(source: Source, span: Span, path: Iterable[str]) -> Diagnostic:
    """Segments that are defined by themselves."""
    names = list(path)
    names[4:-2] = ["…"] if len(names) > 7 else names[4:-2]
    message = f"the segment `{names[0]}` is defined by itself: {' uses '.join(f'`{name}`' for name in names)}"
    return Diagnostic(source, span, "segment-cycle", message, "take one of these references out")


# --- time -------------------------------------------------------------------------------------------------------------


def unknown_zone(source: Source, span: Span, name: str, known: Iterable[str]) -> Diagnostic:
    """A zone that tzdata does not have."""
    guess = nearest(name, known)
    hint = f"did you mean `{guess}`?" if guess else "use an IANA name such as `Europe/Paris`"
    return Diagnostic(source, span, "unknown-zone", f"there is no time zone {quoted(name)}", hint)


def missing_extra(source: Source, span: Span, extra: str) -> Diagnostic:
    """A clause that needs a library that is not installed."""
    message = f"this needs the library `{extra}`, which is not installed"
    return Diagnostic(source, span, "missing-extra", message, f"install it with `pip install 'duly[{extra}]'`")


def empty_hours(source: Source, span: Span, time: str) -> Diagnostic:
    """`between 09:00 and 09:00`: nothing, or the whole day?"""
    message = f"hours from {time} to {time} could be none or all of the day"
    return Diagnostic(source, span, "empty-hours", message, "leave the clause out for the whole day, or move one end")


def bad_time(source: Source, span: Span, text: str) -> Diagnostic:
    """A time that no clock shows."""
    return Diagnostic(source, span, "bad-time", f"no clock shows `{text}`", "write times from `00:00` to `23:59`")


def dates_reversed(source: Source, span: Span, start: str, end: str) -> Diagnostic:
    """`from 2026-12-24 to 2026-12-01`."""
    message = f"`{end}` is before `{start}`"
    return Diagnostic(source, span, "dates-reversed", message, f"write `from {end} to {start}`")


def out_of_range(source: Source, span: Span, what: str, low: str, high: str, whole: bool = False) -> Diagnostic:
    """A number or duration outside what makes sense in its place."""
    message = f"{what} must be {'a whole number ' if whole else ''}between {low} and {high}"
    return Diagnostic(source, span, "out-of-range", message, "choose a value in this range")


# --- content and experiments ------------------------------------------------------------------------------------------


def unshowable(source: Source, span: Span, text: str, type: Type) -> Diagnostic:
    """A list or an object as part of a text."""
    message = f"{quoted(text)} is {phrase(type)}, which cannot be shown in a text"
    return Diagnostic(source, span, "bad-template", message, "show one of its parts")


def too_much_weight(source: Source, span: Span, total: str) -> Diagnostic:
    """Variants that add up to more than everybody."""
    message = f"the variants of this rule add up to {total}"
    return Diagnostic(source, span, "too-much-weight", message, "let them add up to 100% or less")


def empty_message(source: Source, span: Span) -> Diagnostic:
    """`send` that sends nothing to read."""
    return Diagnostic(source, span, "empty-message", "this sends neither a title nor a body", 'write `send "…"`')


def quoted(text: str) -> str:
    """The user's text in backticks, shortened."""
    return f"`{_short(text)}`"


def _short(text: str, limit: int = 60) -> str:
    line = " ".join(text[: 2 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
