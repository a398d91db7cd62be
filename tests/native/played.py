"""Random scripts of all that can happen to a service, with ordinary and with odd messages."""

from __future__ import annotations

import json
import random
from itertools import count

from duly.engine.api import Report
from duly.engine.engine import Engine
from duly.engine.privacy import Eraser
from duly.engine.shadow import Shadow
from duly.service.events import Events
from duly.service.telemetry import Metrics
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_pb2
from duly.v1 import event_service_pb2 as intake_pb
from tests.engine.world import DAY, HOUR, MINUTE, NOON, SECOND, at
from tests.native.serving import Serving, named_of, put
from tests.native.written import rules

PLAIN = ("ada", "kim", "dan", "zoë", "lou")
"""Of them nothing special becomes known."""

SPECIAL = ("bob", "eve", "ned")
PHONES = ("phone", "tablet")
NAMES = ("E", "E", "E", "F", "F", "G", "H", "Heard By Nobody")
ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Nowhere/Such", "utc", "UTC")
BEGINNINGS = (
    NOON, NOON, at("2024-03-30T23:30"), at("2024-03-10T06:40"), at("2024-10-27T00:20"), at("2024-11-03T05:30"),
    at("2024-12-31T22:50"), at("2024-02-28T23:30"),
)  # fmt: skip
ODD_JSON = (
    b"", b"[]", b"{", b"null", b'{"price":1e999}', b'{"price":NaN}', b'{"a":"\xff"}', b'{"a":"\\ud800"}', b"{} {}",
    b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", b'{"a":"\x01"}', b'{"price":01}', b'{"x":"' + b"y" * 33_000 + b'"}',
    b"{'price':1}", b'{"price":1,}',
)  # fmt: skip
RARE_JSON = (
    b'{"price":15,"price":25}', b' {"price" : 1.5e1 }\n', b'{"price":15.0,"product_id":7}', b'{"product_id":7.0}',
    b'{"price":123456789012345678901234567890}', b'{"price":-0}', b'{"price":9223372036854775807}',
    b'{"a":' + b"[" * 60 + b"]" * 60 + b',"price":15}', b'{"called":"\\u00e9\\ud83d\\ude00","price":15}',
    '{"called":"漢字 \u2028","price":25,"product_id":"schön"}'.encode(), b'{"price":"25","product_id":true}',
    b'{"product_id":"b\\u0000o"}', b'{"product_id":""}', b'{"products":[{"id":"hat"},{"id":7},{"id":null},"x"]}',
    b'{"product_id":["hat","boots","hat"]}', b'{"products":[{"product_id":"hat"},{"product_id":"boots"}],"price":15}',
    b'{"price":0.1,"called":null}', b'{"price":5e-324}', b'{"called":"' + b"z" * 9000 + b'","price":15}',
    b'{"' + b'":1,"'.join(b"k%d" % number for number in range(300)) + b'":1}',
)  # fmt: skip


class Playing(Serving):
    """
    A service that one random script goes through.

    With `alone` each call has one item, so that all is written by one way or the other, versions included.
    """

    def __init__(self, seed, url="memory:", alone=False, steps=90, kept_bytes=0):
        self.chance = chance = random.Random(seed)
        self.alone, self.exact, self.steps = alone, alone, steps
        self.odd = chance.choice([0.1, 0.1, 0.1, 0.4, 1.0])
        text, renamed = rules(chance, self.odd)
        other, _ = rules(chance, self.odd)
        members, now = chance.choice([1, 1, 2]), chance.choice(BEGINNINGS)
        super().__init__(text, renamed, other, url=url, now=now, members=members, kept_bytes=kept_bytes)
        self.handed, self.sent, self.numbers = [], [], count()

    def play(self):
        kinds = ["decide"] * 10 + ["batch"] * 5 + ["several at once"] * 2 + ["ingest"] * 9 + ["go on"] * 4 + ["due"] * 2
        kinds += ["report", "prefer", "delete", "publish", "fan out", "tick", "shadow"]
        for _ in range(self.steps):
            self.engine, self.deciding, self.events = self.chance.choice(self.members)
            getattr(self, "_" + self.chance.choice(kinds).replace(" ", "_"))()
        return self.close()

    # --- messages -----------------------------------------------------------------------------------------------------

    def _who(self):
        """A user id and an anonymous id, one of which may be empty."""
        chance = self.chance
        draw = chance.random() / self.odd
        if draw > 0.4:
            return chance.choice(PLAIN), ""
        if draw > 0.14:
            return chance.choice(SPECIAL), ""
        if draw > 0.08:
            return "", chance.choice(PHONES)
        if draw > 0.04:
            return chance.choice(PLAIN + SPECIAL), chance.choice(PHONES)
        return chance.choice(
            ["new" + str(next(self.numbers)), "u" * 256, "ü" * 256, "x" * 257, "a\tb", "", "é\u200d"]
        ), ""

    def _message_id(self):
        chance = self.chance
        if chance.random() < 0.03 * self.odd:
            return chance.choice(["", "m" * 257, "m\x7f", "ü" * 130, "ü" * 256])
        return f"m{chance.randrange(60)}" if chance.random() < 0.5 else f"n{next(self.numbers)}"

    def _properties(self):
        chance = self.chance
        if chance.random() < 0.06 * self.odd:
            return chance.choice(RARE_JSON)
        said = {
            "price": chance.choice([5, 15, 15, 21, "25"] if self.odd < 1 else [15, 25]),
            "product_id": chance.choice(["boots", "hat", "bag"]),
        }
        if chance.random() < 0.8:
            said["called"] = chance.choice(["Boots", "Schöne Hüte"])
            said["until"] = chance.choice(["2024-05-02T12:00:00Z", "soon", None])
        return json.dumps(said, ensure_ascii=chance.random() < 0.5).encode()

    def _object(self, message, field, said):
        """Fill a field that has two forms."""
        if self.chance.random() < 0.05 * self.odd:
            # Of one member and without lists of objects, since a Struct has no order.
            plain = [pair for pair in json.loads(said).items() if type(pair[1]) is not list]
            getattr(message, field).update({"price": 15} if field == "properties" else dict(plain[:1]))
            return
        setattr(message, field + "_json", said)

    def _event(self, who):
        chance = self.chance
        event = event_pb2.Event(message_id=self._message_id())
        event.user_id, event.anonymous_id = who
        event.event = chance.choice(NAMES)
        event.type = chance.choice([1, 1, 1, 0])
        draw = chance.random()
        if draw < 0.11:
            event.event = chance.choice(["Saved", "Saved", "Unsaved", "Bought", "Returned", "Liked"])
        elif draw < 0.11 + 0.06 * self.odd:
            event.event = chance.choice(["Sale", "Sale", "Subscribed", "Unsubscribed", "", "N" * 257, "N\n"])
        elif draw < 0.28:
            self._describe(event)
        elif draw < 0.28 + 0.05 * self.odd:
            event.type = chance.choice([2, 3, 4, 5, 6, 6, 7, -1])
            event.previous_id = chance.choice(["", "phone", "ned", "bob"]) if event.type == 3 else ""
            event.group_id = "band" if event.type == 4 else ""
        if chance.random() < 0.9:
            self._object(event, "properties", self._properties())
        if chance.random() < 0.03 * self.odd:
            event.properties_json = chance.choice(ODD_JSON)
        if chance.random() < 0.12 * self.odd:
            self._object(event, "context", self._context())
        self._times(event)
        return event

    def _describe(self, event):
        """Make it an identify."""
        chance = self.chance
        event.type = 2
        event.event = chance.choice(["", "", "", "E"])
        traits = {"plan": chance.choice(["free", "pro", None]), "age": chance.choice([17, 18, 40.5]), "name": "Kim"}
        if chance.random() < 0.3:
            traits["timezone"] = chance.choice([*ZONES, None, 7] if self.odd == 1 else ZONES[:4])
        if chance.random() < 0.1 * self.odd:
            traits["subscriptions"] = chance.choice([{"news": False}, {"email/deals": True}, {}, "all"])
        kept = dict(chance.sample(sorted(traits.items()), chance.randrange(len(traits) + 1)))
        if chance.random() < 0.9:
            self._object(event, "traits", json.dumps(kept).encode())

    def _context(self):
        chance = self.chance
        said = chance.choice([
            {"timezone": chance.choice(ZONES)}, {"timezone": "Europe/London", "ip": "::1"}, {}, {"timezone": 5},
            {"messaging_subscriptions": [{"type": "EMAIL", "status": "UNSUBSCRIBED"}]}, {"messaging_subscriptions": 1},
        ])  # fmt: skip
        return json.dumps(said).encode()

    def _times(self, event):
        chance = self.chance
        draw = chance.random()
        if draw < 0.5:
            return
        past = chance.choice(
            [0, SECOND, MINUTE, HOUR, 6 * HOUR] if draw / self.odd > 0.1 else [30 * HOUR, -HOUR, -SECOND]
        )
        put(event.timestamp, self.now - past)
        if draw > 1 - 0.05 * self.odd:
            put(event.sent_at, self.now - chance.choice([0, 5 * MINUTE, -5 * MINUTE]))
        if draw > 1 - 0.015 * self.odd:
            event.timestamp.seconds = chance.choice([0, -1, -62_135_596_801, 253_402_300_800, 1])
            event.timestamp.nanos = chance.choice([0, 999_999_999, -1, 1_000_000_000])

    def _request(self, who=None):
        chance = self.chance
        user, anonymous = who or self._who()
        request = pb.DecideRequest(user_id=user, anonymous_id=anonymous)
        if chance.random() < 1 - 0.05 * self.odd:
            other = chance.choice([("bob", ""), ("", "phone")])
            request.event.CopyFrom(self._event(other if chance.random() < 0.2 * self.odd else (user, anonymous)))
            known = [event for event in self.sent[-30:] if (event.user_id, event.anonymous_id) == (user, anonymous)]
            if known and chance.random() < 0.4:
                request.event.CopyFrom(chance.choice(known))
            elif chance.random() < 0.8:
                request.event.user_id = request.event.anonymous_id = ""
                if request.event.event in NAMES:
                    request.event.event = chance.choice(["Sale", "Sale", request.event.event])
                    request.event.message_id = "s" + request.event.message_id
        request.explain = chance.choice([2, 2, 3, -1]) if chance.random() < 0.1 * self.odd else chance.randrange(2)
        draw = chance.random() / self.odd
        if draw < 0.06:
            request.mode = chance.choice([1, 1, 2, 3, 9])
            if chance.random() < 0.5:
                put(request.time, self.now + chance.choice([0, HOUR, -HOUR, 3 * DAY]))
        elif draw < 0.1:
            request.rule = chance.choice(["own_2", "sale_0", "nobody", "new_own_2"])
        elif draw < 0.13 and user not in PLAIN:
            request.mode = 2
            request.lease.seconds = chance.choice([1, 600, 0, 10**6])
        if chance.random() < 0.25:
            request.request_id = f"r{chance.randrange(20)}" if chance.random() < 0.5 else f"q{next(self.numbers)}"
        if chance.random() < 0.01:
            request.request_id = chance.choice(["r\x00", "r" * 257])
        return request

    def _asked_again(self, sent):
        """Now and then the same once more, as it was or with another word."""
        if sent and self.chance.random() < 0.15:
            again = type(sent[-1]).FromString(self.chance.choice(sent).SerializeToString())
            if self.chance.random() < 0.3 and isinstance(again, pb.DecideRequest):
                again.explain = 1 - again.explain % 2
            return again
        return None

    # --- steps --------------------------------------------------------------------------------------------------------

    def _several(self, make):
        sent = []
        who = self._who()
        for _ in range(1 if self.alone else self.chance.choice([1, 2, 3, 5, 12])):
            fresh = make(who if self.chance.random() < 0.5 else self._who())
            sent.append(self._asked_again(sent) or fresh)
        if self.alone and self.chance.random() < 0.08:
            user = sent[0].user_id
            if user in PLAIN:
                self.store.rival = lambda: self._rival(user)
        return sent

    def _rival(self, user):
        """Somebody else takes in something of the same user, between reading and writing."""
        engine = Engine(self.store, self.plans[0], lambda: self.now)
        message = event_pb2.Event(message_id=f"v{next(self.numbers)}", type=2, user_id=user, traits_json=b'{"age":20}')
        Events(engine, lambda: self.now, None, Metrics()).Ingest(
            intake_pb.IngestRequest(events=[message]).SerializeToString(), None
        )

    def _decide(self):
        self.decide(self._request())

    def _several_at_once(self):
        self.decide(*self._several(self._request))

    def _batch(self):
        self.batch(*self._several(self._request))

    def _ingest(self):
        events = self._several(self._event)
        self.sent += events
        self.ingest(*events, history=self.chance.random() < 0.15)

    def _go_on(self):
        self.now += self.chance.choice([SECOND, MINUTE, 20 * MINUTE, HOUR, 7 * HOUR, DAY])

    def _due(self):
        handed = self.engine.take_due("w", 100, MINUTE)
        self.handed += sorted(handed, key=lambda item: named_of(item.decision))
        self.said.append(sorted((named_of(item.decision), item.decision.verdict, item.attempt) for item in handed))

    def _report(self):
        outcome = self.chance.choice(["sent", "failed", "opened"])
        if self.handed:
            reported = self.engine.report([Report(self.handed.pop().decision.id, outcome, self.now, "")])
            self.said.append(repr([found.flaw for found in reported]) if hasattr(reported[0], "flaw") else None)

    def _prefer(self):
        wishes = [
            {"snooze": {"": self.now + HOUR}}, {"muted": ['"boots"']}, {"muted": []}, {"quiet": [[0, HOUR]]},
            {"snooze": {"": 0}}, {"quiet": []}, {"zone": "Asia/Tokyo"}, {"consents": {"news": "unsubscribed"}},
            {"zone": ""}, {"consents": {}},
        ]  # fmt: skip
        who, wish = self.chance.choice([*SPECIAL, "dan"]), self.chance.choice(wishes)
        if who in SPECIAL or set(wish) <= {"zone", "consents"}:
            self.engine.prefer("u:" + who, wish)

    def _delete(self):
        if self.chance.random() < 0.4:
            Eraser(self.engine).erase("u:" + self.chance.choice(SPECIAL))

    def _publish(self):
        if self.chance.random() < 0.4:
            plan = self.chance.choice(self.plans)
            for engine, _, _ in self.members:
                engine.publish(plan)
            while self.engine.backfill():
                pass

    def _fan_out(self):
        while self.engine.fan_out():
            pass

    def _tick(self):
        while self.engine.tick():
            pass

    def _shadow(self):
        if self.chance.random() < 0.3 * self.odd or self.engine.shadow:
            for engine, _, _ in self.members:
                engine.shadow = None if engine.shadow else Shadow(self.plans[2], lambda: True)
