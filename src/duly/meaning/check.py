"""From what rule files say to what they mean: the checker as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from duly.diagnostics import Diagnostic, ordered
from duly.meaning import errors, model
from duly.meaning.check_declaration import check_category, check_event, check_relation
from duly.meaning.check_house import House, check_house
from duly.meaning.check_rule import check_rule
from duly.meaning.check_segments import check_segments
from duly.meaning.check_test import check_test
from duly.meaning.names import Names, Report
from duly.meaning.statements import HOUSE, Statements, collect
from duly.source import Source
from duly.syntax import nodes
from duly.syntax.parse import Parsed
from duly.vocabulary.tracking_plan import PlanLoader, TrackingPlan, UnreadablePlan, plan_beside
from duly.vocabulary.words import name_of_file


@dataclass(frozen=True, slots=True)
class WrittenTest:
    """A `test` block and the file it stands in."""

    source: Source
    node: nodes.Test


@dataclass(frozen=True, slots=True)
class Checked:
    """
    Everything that made sense, and what there is to say about the rest.

    A declaration or rule with an error is not in `rule_set`. `diagnostics` are those of the parser too, in order of
    place. `files` are what was read, without the prelude; `given` are the relations and events that come from the
    prelude.
    """

    rule_set: model.RuleSet
    tests: tuple[WrittenTest, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    files: tuple[Parsed, ...] = ()
    tracking_plan: TrackingPlan | None = None
    given: frozenset[str] = field(default=frozenset())


def check(files: Sequence[Parsed], *, prelude: Parsed | None = None, plan_loader: PlanLoader = plan_beside) -> Checked:
    """
    Check the files of one rule set together; the order of files and statements does not matter.

    Declarations of `prelude` count unless a file declares the same name. `plan_loader` finds what `use "…"` names.
    """
    found = [diagnostic for file in files for diagnostic in file.diagnostics]
    names = Names()
    written = collect(files, prelude, names, found.append)
    names.plan = _tracking_plan(written, plan_loader, found.append)
    _declarations(written, names, found.append)
    house = House()
    for statement in written.of(*HOUSE):
        check_house(house, statement.source, names, statement.node, found.append)
    rules = _rules(written, names, found.append)
    tests = [WrittenTest(test.source, test.node) for test in written.of(nodes.Test)]
    for test in tests:
        check_test(test.source, names, test.node, found.append)
    rule_set = _rule_set(rules, names, house)
    return Checked(rule_set, tuple(tests), tuple(ordered(found)), tuple(files), names.plan, names.given)


def _tracking_plan(written: Statements, load: PlanLoader, report: Report) -> TrackingPlan | None:
    """All plans in use as one; none when one cannot be read, lest every event in it is called unknown."""
    plan: TrackingPlan | None = None
    whole = True
    for use in written.of(nodes.Use):
        try:
            read = load(use.source.name, use.node.file.value)
        except (UnreadablePlan, OSError) as error:
            whole = False
            why = str(error) if isinstance(error, UnreadablePlan) else (error.strerror or "it cannot be opened").lower()
            report(errors.unreadable_plan(use.source, use.node.file.span, use.node.file.value, why))
        else:
            plan = plan.joined(read) if plan else read
    return plan if whole else None


def _declarations(written: Statements, names: Names, report: Report) -> None:
    for event in written.of(nodes.Event):
        names.events[event.node.name.value] = check_event(event.node)
    for relation in written.of(nodes.Relation):
        meant = check_relation(relation.source, names, relation.node, relation.given, report)
        if meant is not None:
            names.relations[meant.name] = meant
    for category in written.of(nodes.Category):
        sound = check_category(category.source, category.node, report)
        if sound is not None:
            names.categories[sound.name] = sound
    check_segments([(segment.source, segment.node) for segment in written.of(nodes.Segment)], names, report)


def _rules(written: Statements, names: Names, report: Report) -> dict[str, model.Rule]:
    """Every sound rule by name, in the order they are written; all names are known before any rule is read."""
    rules: dict[str, model.Rule] = {}
    for source, node, name in list(_named(written, names, report)):
        meant = check_rule(source, names, node, name or "", report)
        if meant is not None and name is not None:
            rules[name] = meant
    return rules


def _named(written: Statements, names: Names, report: Report) -> Iterator[tuple[Source, nodes.Rule, str | None]]:
    """Each rule with its name, None when it has none of its own; it is still worth checking."""
    in_file = Counter(rule.source for rule in written.of(nodes.Rule))
    for rule in written.of(nodes.Rule):
        name = _name(rule.source, rule.node, in_file[rule.source] == 1, report)
        place = rule.node.name.span if rule.node.name else rule.node.span
        fresh = name is not None and names.declare("rule", name, rule.source, place, report)
        yield rule.source, rule.node, name if fresh else None


def _name(source: Source, node: nodes.Rule, alone: bool, report: Report) -> str | None:
    """The name of a rule; a bare rule that is alone in its file takes the file's."""
    if node.name is not None:
        return node.name.value
    name = name_of_file(source.name)
    if alone and name is not None:
        return name
    report(errors.unnameable_file(source, node.span) if alone else errors.unnamed_rule(source, node.span))
    return None


def _rule_set(rules: dict[str, model.Rule], names: Names, house: House) -> model.RuleSet:
    return model.RuleSet(
        rules=rules,
        events=names.events,
        relations=names.relations,
        segments={name: segment for name, segment in names.segments.items() if segment is not None},
        categories=names.categories,
        timezone=house.timezone,
        quiet=tuple(house.quiet),
        limits=tuple(house.limits),
        gaps=tuple(house.gaps),
        holdout=house.holdout,
    )


def without_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether nothing keeps the rule set from being published."""
    return not any(diagnostic.severity is diagnostic.severity.ERROR for diagnostic in diagnostics)
