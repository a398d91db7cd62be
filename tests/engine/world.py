"""An engine with its clock in the hand of the test, and short words for rules, events and questions."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from duly.engine.api import Mode, Question, Report, Wanted
from duly.engine.decision import Verdict
from duly.engine.engine import Engine
from duly.engine.event import Event
from duly.engine.store import bucket_prefix
from duly.meaning import model as m
from duly.meaning.model import DAY, HOUR, MINUTE, SECOND
from duly.planning.compile import compile_plan
from duly.source import Source
from duly.stores.open import open_store

PEEK, RESERVE, COMMIT = Mode.PEEK, Mode.RESERVE, Mode.COMMIT
NOTIFY, DEFER, SUPPRESS = Verdict.NOTIFY, Verdict.DEFER, Verdict.SUPPRESS
PRODUCT = ("product_id",)
SALE = "Product Sale"
SAVED = m.Relation("saved", "product", PRODUCT, ("Saved",), ("Unsaved",))


def at(text, zone="UTC"):
    """The instant of an ISO 8601 local time."""
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return round(local.astimezone(UTC).timestamp()) * SECOND


NOON = at("2024-05-01T12:00")


def day(limit, **more):
    return m.Cap(limit, m.Calendar("day"), **more)


def per(limit, duration, **more):
    return m.Cap(limit, m.Rolling(duration), **more)


def equals(name, value, scope="event"):
    kind = {bool: m.Type.BOOLEAN, str: m.Type.TEXT}.get(type(value), m.Type.NUMBER)
    return m.Comparison("=", m.Property(scope, (name,)), m.Constant(value, kind))


def rule(name="greet", *events, at_local=None, **more):
    """A rule about an event `E`; `at_local` is an hour, `expires` a duration."""
    if at_local is not None:
        more["timing"] = m.Timing(at=(m.At(at_local * HOUR),))
    if "expires" in more:
        more["expiry"] = m.Expiry(more.pop("expires"))
    return m.Rule(name, name, m.EventTrigger(events or ("E",)), source=Source("rules.duly", "when"), **more)


def sale(name="sale", where=None, **more):
    """A rule about a product's sale for everybody who saved the product."""
    saved = m.Related("saved")
    where = saved if where is None else m.And((saved, where))
    audience = {"object_key": PRODUCT, "fans_out": frozenset({SALE}), "audience": (saved,)}
    return rule(name, SALE, where=where, **audience, **more)


def plan_of(*rules, **house):
    house = {"events": {SALE: m.Event(SALE, "product")}, "relations": {"saved": SAVED}, **house}
    return compile_plan(m.RuleSet({r.name: r for r in rules}, **house))


def event(
    message,
    name="E",
    user="ada",
    time=NOON,
    *,
    anonymous="",
    kind="track",
    arrival=None,
    traits=None,
    context=None,
    **properties,
):
    raw = json.dumps(properties).encode()
    arrival = time if arrival is None else arrival
    return Event(message, kind, name, user, anonymous, time, arrival, properties, raw, traits, context)


class World:
    """One store under one engine; `now` is the engine's clock."""

    def __init__(self, url, *rules, buckets=16, now=NOON, **house):
        self.store = open_store(url, buckets)
        self.now = now
        self.engine = Engine(self.store, plan_of(*rules, **house), lambda: self.now)
        self.messages = 0

    def close(self):
        self.store.close()

    def publish(self, *rules, **house):
        self.engine.publish(plan_of(*rules, **house))

    def message(self):
        self.messages += 1
        return f"m{self.messages}"

    # --- events -------------------------------------------------------------------------------------------------------

    def ingest(self, *events, history=False):
        return [taken.intake.name for taken in self.engine.ingest(events, history)]

    def track(self, name="E", user="ada", message=None, time=None, **properties):
        """Ingest one event, at the current instant unless told otherwise."""
        made = event(
            message or self.message(), name, user, self.now if time is None else time, arrival=self.now, **properties
        )
        return self.ingest(made)[0]

    def identify(self, user="ada", time=None, context=None, **traits):
        time = self.now if time is None else time
        return self.ingest(
            event(self.message(), "", user, time, kind="identify", arrival=self.now, traits=traits, context=context)
        )

    # --- questions ----------------------------------------------------------------------------------------------------

    def ask(self, user="ada", about=None, mode=COMMIT, **more):
        """The answer to one question; `about` is an event, or the message id of a new `E`."""
        if isinstance(about, str):
            about = event(about, user=user, time=self.now)
        identity = user if user.startswith("a:") else f"u:{user}"
        return self.engine.decide([Question(identity, mode, about, **more)])[0]

    def decide(self, user="ada", about=None, mode=COMMIT, **more):
        return self.ask(user, about, mode, **more).decisions

    def one(self, user="ada", about=None, mode=COMMIT, **more):
        """The only decision of an answer."""
        (decision,) = self.decide(user, about, mode, **more)
        return decision

    def take(self, limit=100, lease=MINUTE, worker="w", **wanted):
        return self.engine.take_due(worker, limit, lease, Wanted(**{k: frozenset(v) for k, v in wanted.items()}))

    def report(self, decision, outcome, *, time=None, description=""):
        time = self.now if time is None else time
        return self.engine.report([Report(decision.id, outcome, time, description)])[0]

    def fan_out(self):
        """Do all the fan-outs that wait."""
        while self.engine.fan_out():
            pass

    def notified(self, user):
        """The message ids for which a user has been granted something, by rule."""
        standing = {2, 3, 4, 5}
        return sorted(
            (d.rule, d.message_id) for d in self.engine.decisions(f"u:{user}", 1000) if d.standing in standing
        )

    # --- the store ----------------------------------------------------------------------------------------------------

    def everything(self, kinds=None):
        """All pairs of the store, or those of some kinds of key."""
        spans = ((bucket_prefix(bucket), bucket_prefix(bucket + 1)) for bucket in range(self.store.buckets))
        pairs = [pair for start, stop in spans for pair in self.store.scan(start, stop, 1_000_000)]
        return [pair for pair in pairs if kinds is None or pair[0][2:3] in kinds]

    def queue(self):
        """The due queue as (instant, decision id)."""
        entries = [key for key, _ in self.everything((b"q",))]
        return sorted((int.from_bytes(key[3:11], "big"), key[11:]) for key in entries)


__all__ = ["DAY", "HOUR", "MINUTE", "SECOND"]
