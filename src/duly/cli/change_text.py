"""What a published rule set changes, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from duly.v1 import rule_service_pb2 as pb

_MARKS = {pb.RULE_CHANGE_TYPE_ADDED: "+", pb.RULE_CHANGE_TYPE_REMOVED: "-"}


def changes_text(
    answer: pb.PublishRulesResponse | pb.RollbackRulesResponse, check_only: bool, shadow: bool = False
) -> str:
    """A line for each rule that means something else, then what became of the rule set."""
    lines = [_change(change) for change in answer.changes] or ["nothing changes in meaning"]
    return "".join(f"{line}\n" for line in [*lines, *_end(answer, check_only, shadow)])


def _end(answer: pb.PublishRulesResponse | pb.RollbackRulesResponse, check_only: bool, shadow: bool) -> Iterator[str]:
    if check_only:
        yield f"not published, only checked; etag {answer.etag}"
    elif not shadow:
        yield f"published version {answer.version}, etag {answer.etag}"
    elif answer.version:
        yield f"{answer.version} decides in the shadow, nobody is notified by it; `duly shadow` compares"
    else:
        yield "these are the rules in force: nothing decides in the shadow any more"


def _change(change: pb.RuleChange) -> str:
    mark = _MARKS.get(change.type, "~")
    former = f" (was {change.previous_rule})" if change.previous_rule else ""
    lost = "; its counters and pending notifications are lost" if change.state_lost else ""
    return f"{mark} {change.rule}{former}: {change.description}{lost}"
