"""How often: which sends a rule's caps, limits and gaps count, and the question put to the solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from msgspec import Struct

from duly.engine.decision import Gate
from duly.engine.opens import best_wall
from duly.engine.preferences import QUIET, snoozed_until
from duly.engine.state import Send, User
from duly.engine.triggers.past import Past
from duly.meaning.model import DAY
from duly.planning.plan import CapPlan, GapPlan, RulePlan
from duly.timing.holiday import holidays_of
from duly.timing.solve import Solution, solve
from duly.timing.window import Arc, Cap, Schedule
from duly.timing.zone import Zone, ZoneChoice, zone

COUNTRY = "country"
"""The trait that says whose holidays a user has."""

_TIME, _CAPS = int(Gate.TIME), int(Gate.CAPS)
_SHOWN = 64
"""How many characters of a text that names no zone are shown."""


class Usage(Struct):
    """
    What the caps of one candidate have counted so far: each with the sends that it counts, oldest first.

    `zone` is the name of the rule's own zone, if it has one.
    """

    caps: Sequence[tuple[Cap, Sequence[Send]]]
    plans: Sequence[CapPlan]
    gap: int
    last_send: int | None
    zone: str | None = None
    snoozed: bool = False

    def inputs(self, solution: Solution, choice: ZoneChoice) -> dict[int, list[Any]]:
        """What the gates of time and caps used, for the explanation."""
        name, source = (self.zone, "rule") if self.zone is not None else (choice.zone.name, choice.source)
        refused = [[where, str(text)[:_SHOWN]] for where, text in choice.rejected] if choice.rejected else []
        used: dict[int, list[Any]] = {_TIME: ["time", name, source, list(solution.moved_by), solution.at or 0, refused]}
        if self.plans:
            number = solution.cap if solution.cap is not None else 0
            plan = self.plans[number]
            count = solution.count if solution.cap is not None else len(self.caps[number][1])
            used[_CAPS] = ["cap", plan.text, count, plan.cap.limit, solution.frees or 0]
        return used


def usage(rule: RulePlan, thing: str, user: User, sends: Sequence[Send], held: bool = False) -> Usage:
    """
    The sends that count against each cap of a rule about an object, and the gap that binds it; a snooze is a gap that
    ends when the user says.

    For a user in a control group (`held`) the rule's own caps also count would-be sends.
    """
    counted = sends if held else [send for send in sends if not send.shadow]
    caps = [(plan.cap, _counted(plan, counted, thing) if counted else counted) for plan in rule.caps]
    gap, last = _gap(rule.gaps, sends) if rule.gaps and sends else (0, None)
    until = 0 if rule.transactional or not user.preferences else snoozed_until(user, rule.category.name)
    snoozed = until > (last or 0) + gap
    if snoozed:
        gap, last = 0, until
    return Usage(caps, rule.caps, gap, last, rule.schedule.zone, snoozed)


def _gap(plans: Sequence[GapPlan], sends: Sequence[Send]) -> tuple[int, int | None]:
    """The gap that is over last, and the send that it counts from; no send, no gap."""
    gap, last = 0, None
    for plan in plans:
        newest = max((s.at for s in sends if _in_scope(s, plan.category, plan.channel)), default=None)
        if newest is not None and newest + plan.duration > (last or 0) + gap:
            gap, last = plan.duration, newest
    return gap, last


def _counted(plan: CapPlan, sends: Sequence[Send], thing: str) -> list[Send]:
    if not plan.rule:
        return [send for send in sends if _in_scope(send, plan.category, plan.channel)]
    named = [send for send in sends if send.rule == plan.rule or send.rule in plan.former]
    return [send for send in named if send.object == thing] if plan.per_object else named


def _in_scope(send: Send, category: str | None, channel: str | None) -> bool:
    if not send.counted or send.shadow:
        return False
    return category in (None, send.category) and channel in (None, send.channel)


def earliest(
    rule: RulePlan, base: int, expiry: int, user: User, used: Usage, choice: ZoneChoice, now: int, history: Past
) -> Solution:
    """
    The earliest instant at which everything permits a rule jointly, triggered at the instant `base`, asked at `now`.

    From the instant `expiry` on it is no use any more.
    """
    local = choice.zone
    schedule = rule.schedule
    if rule.best is not None:
        schedule = _from_wall(schedule, rule.best, best_wall(user.opens, history.everybody(now), rule.best))
    return solve(
        schedule,
        local if schedule.zone is None else zone(schedule.zone),
        base=base,
        now=now,
        expiry=expiry,
        quiet=quiet_arcs(rule, user, local) if rule.quiet or user.preferences else (),
        caps=used.caps,
        gap=used.gap,
        last_send=used.last_send,
        wait=rule.wait,
        holiday=None if schedule.days.holidays is None else holidays_of(user.traits.get(COUNTRY)),
        calendar=local,
    )


@lru_cache(maxsize=4096)
def _from_wall(schedule: Schedule, allowed: Arc, wall: int) -> Schedule:
    """The schedule of a user whose best time is `wall`: from then on as long as the rule allows."""
    return replace(schedule, at=(wall,), grace=(allowed.start + allowed.length - wall) % DAY or DAY)


def quiet_arcs(rule: RulePlan, user: User, local: Zone) -> list[tuple[Arc, Zone]]:
    """The quiet hours that bind: the rule set's and the user's own; all of them hold, so the strictest wins."""
    arcs = [(quiet.arc, local if quiet.zone is None else zone(quiet.zone)) for quiet in rule.quiet]
    if not rule.transactional:
        arcs += [(Arc(start, end), local) for start, end in user.preferences.get(QUIET, ())]
    return arcs
