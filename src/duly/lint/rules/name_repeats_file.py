"""Names that begin with the name of their file."""

from __future__ import annotations

from functools import lru_cache

from duly.diagnostics import Severity
from duly.lint.parts import Part
from duly.lint.rule import Group, Report, World, lint
from duly.syntax import nodes
from duly.vocabulary.words import name_of_file


@lint(Severity.ADVICE, Group.STYLE, each=nodes.Rule)
def name_repeats_file(part: Part[nodes.Rule], world: World, report: Report) -> None:
    """
    The name of a rule begins with the name of its file.

    The file is in front of every message already.

    Avoid:
        rule example_saved_sale
          when Product Sale where user saved product, max 1/day

    Prefer:
        rule saved_sale
          when Product Sale where user saved product, max 1/day

    The examples of this page stand in `example.duly`.
    """
    name = part.node.name
    stem = _stem(part.source.name) if name is not None else None
    if name is not None and stem and name.value.startswith(f"{stem}_"):
        report(part.source, name.span, f"`{name.value}` repeats the name of its file", "name what is special about it")


_stem = lru_cache(maxsize=256)(name_of_file)
