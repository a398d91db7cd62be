"""Reading a rule set out of files that came over the wire, never from the disk of this machine."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from duly.diagnostics import Diagnostic, Severity, ordered
from duly.meaning.model import RuleSet
from duly.meaning.rule_set import read_rules
from duly.source import Source
from duly.syntax.limits import LIMITS, Limits, decode
from duly.vocabulary.tracking_plan import PlanLoader, TrackingPlan, UnreadablePlan, read_tracking_plan

Files = Sequence[tuple[str, bytes]]

RULES_SUFFIX = ".duly"

_PLAN_LIMITS = Limits(file_bytes=20_000_000)


@dataclass(frozen=True, slots=True)
class Reading:
    """What files mean and what there is to say about them."""

    rule_set: RuleSet
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics that keep the rule set from being published."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.severity is Severity.ERROR]


def read_files(files: Files) -> Reading:
    """The rule set of all files whose name ends in `.duly`; the others are tracking plans they may use."""
    decoded = [decode(name, content, _limits(name)) for name, content in files]
    sources = [s for s in decoded if isinstance(s, Source) and s.name.endswith(RULES_SUFFIX)]
    checked = read_rules(sources, plan_loader=_plans_in(files))
    unreadable = [found for found in decoded if isinstance(found, Diagnostic)]
    return Reading(checked.rule_set, tuple(ordered([*unreadable, *checked.diagnostics])))


def _limits(name: str) -> Limits:
    return LIMITS if name.endswith(RULES_SUFFIX) else _PLAN_LIMITS


def etag_of(files: Files) -> str:
    """Sixteen hexadecimal digits that are equal for equal files, in whatever order."""
    digest = sha256()
    for name, content in sorted(files):
        digest.update(f"{len(name.encode())} {len(content)} {name}".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _plans_in(files: Files) -> PlanLoader:
    contents = dict(files)

    def load(rule_file: str, written: str) -> TrackingPlan:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(rule_file), written))
        content = contents.get(name)
        if content is None:
            raise UnreadablePlan(f"no file `{name}` is among those given")
        return read_tracking_plan(content.decode("utf-8-sig", errors="replace"))

    return load
