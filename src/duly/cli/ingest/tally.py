"""What became of the events of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from duly.cli.ingest.batches import Batch, Place, Refusal
from duly.report.findings import counted
from duly.report.visible import visible
from duly.v1 import event_service_pb2 as pb

_SHOWN = 10


@dataclass(slots=True)
class Tally:
    """
    Counts. `unread` are lines that were no event and never sent; `remarks` what the service said of accepted ones.

    `refusals` are the first ones only.
    """

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    unread: int = 0
    remarks: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many events the service answered for."""
        return self.accepted + self.duplicate + self.rejected

    @property
    def clean(self) -> bool:
        """Whether every line was taken."""
        return not (self.rejected or self.unread)

    def count(self, batch: Batch, results: Iterable[pb.IngestResult]) -> None:
        """Add the answers to a batch."""
        for line, result in zip(batch.lines, results, strict=True):
            if result.status == pb.INGEST_STATUS_ACCEPTED:
                self.accepted += 1
                if reason := result.reason:
                    self.remarks[reason] += 1
            elif result.status == pb.INGEST_STATUS_DUPLICATE:
                self.duplicate += 1
            else:
                self.rejected += 1
                self._keep(Refusal(Place(batch.file, line), _field(result.field), result.reason, result.description))

    def refuse(self, refusals: list[Refusal]) -> None:
        """Move lines that were no event from a reading into the count."""
        self.unread += len(refusals)
        for refusal in refusals:
            self._keep(refusal)
        refusals.clear()

    def _keep(self, refusal: Refusal) -> None:
        if len(self.refusals) < _SHOWN:
            self.refusals.append(refusal)

    def text(self, seconds: float) -> str:
        """The counts for people."""
        total = f"{counted(self.acknowledged, 'event')} in {seconds:.1f} s"
        lines = [f"{total}: {self.accepted:,} accepted, {self.duplicate:,} duplicate, {self.rejected:,} rejected"]
        if self.unread:
            lines.append(f"{counted(self.unread, 'line')} could not be read as an event")
        lines += [f"  {number:,} accepted with the remark {remark}" for remark, number in self.remarks.most_common()]
        lines += [f"  {visible(_refusal(refusal))}" for refusal in self.refusals]
        more = self.rejected + self.unread - len(self.refusals)
        if more:
            lines.append(f"  and {more:,} more")
        return "".join(f"{line}\n" for line in lines)

    def json(self) -> dict[str, Any]:
        """The counts for scripts."""
        return {
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "unread": self.unread,
            "remarks": dict(self.remarks),
            "refusals": [
                {
                    "file": refusal.place.file,
                    "line": refusal.place.line,
                    "field": refusal.field,
                    "reason": refusal.reason,
                    "description": refusal.description,
                }
                for refusal in self.refusals
            ],
        }


def _field(path: str) -> str:
    """The field in the event, without its number in the batch: `events[3].user_id` is `user_id`."""
    return path.partition("].")[2] or path


def _refusal(refusal: Refusal) -> str:
    field = f"{refusal.field}: " if refusal.field and refusal.field not in refusal.description else ""
    return f"{refusal.place}: {field}{refusal.description} [{refusal.reason}]"
