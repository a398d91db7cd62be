"""From diagnostics, versions and changes of rules to protobuf."""

from __future__ import annotations

from collections.abc import Iterable

from duly.diagnostics import Diagnostic
from duly.engine.event import Flaw, id_flaw
from duly.service.convert.flawed import Flawed
from duly.service.convert.instant import put_instant
from duly.service.publication import Version
from duly.service.rule_changes import RuleChange
from duly.v1 import diagnostic_pb2
from duly.v1 import rule_service_pb2 as pb

MOST_FILES = 1000


def files_of(messages: Iterable[pb.RuleFile]) -> list[tuple[str, bytes]]:
    """The files of a request as (name, content); raises `Flawed` for names that are missing or not unique."""
    files: dict[str, bytes] = {}
    flaws = []
    for number, message in enumerate(messages):
        field = f"files[{number}].name"
        found = id_flaw(field, message.name, required=True)
        if found is None and message.name in files:
            found = Flaw(field, "not-unique", f"{field} is the name of an earlier file")
        if found is not None:
            flaws.append(found)
        files[message.name] = message.content
    if not files:
        flaws.append(Flaw("files", "missing", "files is required: all files of the rule set"))
    if len(files) > MOST_FILES:
        flaws.append(Flaw("files", "too-many", f"files has {len(files)} files, at most {MOST_FILES} are allowed"))
    if flaws:
        raise Flawed(flaws)
    return list(files.items())


def diagnostic_message(diagnostic: Diagnostic) -> diagnostic_pb2.Diagnostic:
    """One diagnostic with the line it is about."""
    source = diagnostic.source
    start, end = source.position(diagnostic.span.start), source.position(diagnostic.span.end)
    return diagnostic_pb2.Diagnostic(
        file=source.name,
        line=start.line,
        column=start.column,
        end_line=end.line,
        end_column=end.column,
        severity=diagnostic_pb2.Severity.ValueType(diagnostic.severity),
        code=diagnostic.code,
        message=diagnostic.message,
        hint=diagnostic.hint,
        source_line=source.line(start.line)[:500],
    )


def diagnostic_flaw(diagnostic: Diagnostic, names: list[str]) -> Flaw:
    """An error in the rules as what is wrong with a field of the request."""
    name = diagnostic.source.name
    field = f"files[{names.index(name)}].content" if name in names else "files"
    hint = f"; {diagnostic.hint}" if diagnostic.hint else ""
    return Flaw(field, diagnostic.code, f"{diagnostic.location}: {diagnostic.message}{hint}")


def change_message(change: RuleChange) -> pb.RuleChange:
    """What happened to one rule."""
    return pb.RuleChange(
        rule=change.rule,
        type=pb.RuleChangeType.ValueType(change.change),
        description=change.description,
        previous_rule=change.previous,
        state_lost=change.state_lost,
    )


def version_message(version: Version, rule_count: int, current: bool) -> pb.RulesVersion:
    """One version without its text."""
    message = pb.RulesVersion(
        version=version.published.version,
        etag=version.etag,
        description=version.published.note,
        rule_count=rule_count,
        current=current,
    )
    put_instant(message.publish_time, version.published.time)
    return message
