"""The places where a statement may go on in a new line."""

from __future__ import annotations

from dataclasses import dataclass

from duly.syntax import nodes
from duly.syntax.spacing import Token


@dataclass(frozen=True, slots=True)
class Break:
    """A line may start here: `clause` at the first level of indentation, `always` whether it has to or not."""

    clause: bool = True
    always: bool = False


def breaks(node: nodes.Statement, tokens: list[Token]) -> dict[int, Break]:
    """By the number of the token that may start a line; never the first."""
    at = {token.start: number for number, token in enumerate(tokens)}
    found = {number: Break(clause=False) for number in _connectives(tokens)}
    if isinstance(node, nodes.Rule):
        found |= {number: Break(clause=False) for number in _texts(node, tokens)}
        found |= {at[clause.span.start]: Break() for clause in node.clauses}
    elif isinstance(node, nodes.Test):
        found |= {number: Break(clause=False) for number in _settings(tokens)}
        found |= {at[line.span.start]: Break(always=True) for line in node.lines}
    elif isinstance(node, nodes.Relation):
        found |= {number: Break() for number, token in enumerate(tokens) if _is_source(token, tokens[number + 1 :])}
    elif isinstance(node, nodes.Segment):
        found[3] = Break()  # after `segment NAME :`
    found.pop(0, None)
    return found


def _texts(rule: nodes.Rule, tokens: list[Token]) -> list[int]:
    """The `body` and `link` that follow another text of a message."""
    messages = [clause.message if isinstance(clause, nodes.Variant) else clause for clause in rule.clauses]
    spans = [message.span for message in messages if isinstance(message, nodes.Send)]
    return [
        number
        for number, token in enumerate(tokens)
        if token.text in ("body", "link")
        and tokens[number - 1].text != "send"
        and any(span.start < token.start < span.end for span in spans)
    ]


def _settings(tokens: list[Token]) -> list[int]:
    """What follows a comma outside of a list."""
    found = []
    depth = 0
    for number, token in enumerate(tokens[:-1]):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and not depth:
            found.append(number + 1)
    return found


def _is_source(token: Token, rest: list[Token]) -> bool:
    return token.text in ("added", "removed") and bool(rest) and rest[0].text == "by"


def _connectives(tokens: list[Token]) -> list[int]:
    """The `and` and `or` between whole terms: not inside parentheses, not the `and` of `between`, not `or wait`."""
    found = []
    depth = between = 0
    for number, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if depth:
            continue
        if token.text == "between":
            between += 1
        elif token.text == "and" and between:
            between -= 1
        elif token.text in ("and", "or"):
            found.append(number)
    return found
