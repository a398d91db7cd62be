"""What the compiled core leaves to the engine, case by case, and in which order both then write."""

import pytest

from duly.engine.privacy import Eraser
from duly.engine.shadow import Shadow
from duly.native.batches import Batches
from duly.v1 import decision_service_pb2 as pb
from duly.v1 import event_pb2
from tests.engine.world import DAY, HOUR, NOON
from tests.native.serving import Serving, put

HEADER = """
event Sale about product
relation saved: user to product by product_id, added by Saved, removed by Unsaved
category deals "Deals": opt in
category news "News": opt out
"""
RULES = (
    HEADER
    + """
rule sale
  when Sale
  where user saved product
  max 2/day, max 1 per 3 days per product
  send "{user.name or 'You'}: {price}"

rule own
  when E
  where price > 10
  max 1/day
"""
)
PROPERTIES = b'{"product_id":"hat","price":15}'
ANSWERED = "the core answers"
UNREAD, DECLINED = "the core does not read", "the core has the engine answer"


def event(name="E", user="ada", message="m", properties=PROPERTIES, **more):
    return event_pb2.Event(message_id=message, event=name, user_id=user, properties_json=properties, **more)


def identify(user="ada", message="i", traits=b'{"name":"Ada"}', **more):
    return event_pb2.Event(message_id=message, type=2, user_id=user, traits_json=traits, **more)


def sale(message="s", properties=PROPERTIES, **more):
    return event("Sale", "", message, properties, **more)


def ask(about=None, user="ada", **more):
    return pb.DecideRequest(user_id=user, event=sale() if about is None else about, **more)


def context(text):
    return {"context_json": text.encode()}


def saved(serving, user="ada"):
    serving.ingest(event("Saved", user, "saved"))


def stamped(message, instant):
    put(message.timestamp, instant)
    return message


def sent_at(message):
    put(message.timestamp, NOON - HOUR)
    put(message.sent_at, NOON)
    return message


def merged(serving):
    serving.ingest(identify(anonymous_id="phone"))


def pointed_at(serving):
    """The phone was Bob's, and now leads to Ada."""
    serving.ingest(identify("bob", "i1", anonymous_id="phone"))
    serving.ingest(identify("ada", "i2", anonymous_id="phone"))
    saved(serving)


def waiting(serving):
    serving.ingest(event())


def deleted(serving):
    waiting(serving)
    Eraser(serving.engine).erase("u:ada")
    serving.now += HOUR


def reserved(serving):
    saved(serving)
    serving.decide(ask(mode=2))


def preferring(serving):
    serving.engine.prefer("u:ada", {"muted": ['"hat"']})


def shadowed(serving):
    serving.engine.shadow = Shadow(serving.plans[0], lambda: True)


def in_zone(zone):
    return lambda serving: serving.ingest(identify(traits=f'{{"timezone":{zone}}}'.encode()))


named = identify(traits=b'{"timezone":"Asia/Tokyo"}', event="E", properties_json=PROPERTIES)

QUESTIONS = {
    "of a relation": (ANSWERED, ask(), saved),
    "that nobody hears": (ANSWERED, ask(event("Unheard", "bob")), None),
    "of what is no match": (ANSWERED, ask(), None),
    "that is known by a capped rule": (ANSWERED, ask(sale("other")), lambda s: (saved(s), s.decide(ask()))),
    "with a request id": (ANSWERED, ask(request_id="r"), saved),
    "with explanations": (ANSWERED, ask(explain=1), saved),
    "of an event that was taken in": (ANSWERED, ask(event("Unheard")), lambda s: s.ingest(event("Unheard"))),
    "of the user's own event": (ANSWERED, ask(event("Unheard")), None),
    "of the user's own event that is heard": (ANSWERED, ask(event()), None),
    "of the user's own event about a thing": (ANSWERED, ask(event("Saved")), None),
    "of the user's own consent": (DECLINED, ask(event("Subscribed")), None),
    "of somebody else's event": (ANSWERED, ask(event(user="bob")), None),
    "of traits that a rule hears by their name": (DECLINED, ask(named), None),
    "of an event that waits": (DECLINED, ask(event()), waiting),
    "that was answered": (DECLINED, ask(), lambda s: (saved(s), s.decide(ask()))),
    "with a request id that was used": (DECLINED, ask(request_id="r"), lambda s: s.decide(ask(request_id="r"))),
    "with a request id for two": (DECLINED, ask(request_id="r"), lambda s: s.decide(ask(request_id="r", explain=1))),
    "of what waits": (UNREAD, pb.DecideRequest(user_id="ada"), waiting),
    "that peeks": (UNREAD, ask(mode=1), saved),
    "that reserves": (UNREAD, ask(mode=2), saved),
    "of one rule": (UNREAD, ask(rule="sale"), saved),
    "with all explained": (UNREAD, ask(explain=2), saved),
    "with a flaw": (UNREAD, ask(explain=7), saved),
    "of nobody": (UNREAD, ask(user=""), None),
    "of a merged user": (DECLINED, ask(), merged),
    "of a user somebody else's phone leads to": (DECLINED, ask(), pointed_at),
    "of a deleted user": (DECLINED, ask(), deleted),
    "of a user with wishes": (DECLINED, ask(), preferring),
    "of a user with a reservation": (DECLINED, ask(sale("other")), reserved),
    "of a user in no zone": (DECLINED, ask(), lambda s: (saved(s), in_zone('"Nowhere/Such"')(s))),
    "of a user in an odd zone": (DECLINED, ask(), lambda s: (saved(s), in_zone("7")(s))),
    "with a shadow": (UNREAD, ask(), shadowed),
    "of a missing text": (DECLINED, ask(sale(properties=b'{"product_id":"hat"}')), saved),
    "that is too late": (DECLINED, ask(stamped(sale(), NOON - 9 * DAY)), saved),
    "of the past": (ANSWERED, ask(stamped(sale(), NOON - HOUR)), saved),
}


@pytest.mark.parametrize("told", QUESTIONS)
def test_questions(told, ways):
    who, request, prepare = QUESTIONS[told]
    check(ways, who, prepare, lambda serving: serving.decide(request))
    check(ways, who, prepare, lambda serving: serving.batch(request))


EVENTS = {
    "heard by no rule": (ANSWERED, event("Unheard"), None),
    "heard by a rule": (ANSWERED, event(), None),
    "heard by a rule that it is no match for": (ANSWERED, event(properties=b'{"price":1}'), None),
    "without properties": (ANSWERED, event_pb2.Event(message_id="m", event="E", user_id="ada"), None),
    "of a relation": (ANSWERED, event("Saved"), None),
    "of a relation with a list": (ANSWERED, event("Saved", properties=b'{"product_id":["hat","cap","hat"]}'), None),
    "that comes again": (ANSWERED, event(), waiting),
    "that was asked about": (ANSWERED, event("Unheard"), lambda s: s.decide(ask(event("Unheard")))),
    "with traits": (ANSWERED, identify(), None),
    "with older traits": (ANSWERED, stamped(identify(message="old"), NOON - HOUR), lambda s: s.ingest(identify())),
    "with a zone": (ANSWERED, event("Unheard", **context('{"timezone":"Asia/Tokyo"}')), None),
    "of an anonymous user": (ANSWERED, event("E", "", anonymous_id="phone"), None),
    "with two ids": (ANSWERED, event("E", "ada", anonymous_id="phone"), None),
    "of the past": (ANSWERED, stamped(event(), NOON - HOUR), None),
    "of the future": (UNREAD, stamped(event(), NOON + HOUR), None),
    "with a correction": (UNREAD, sent_at(event()), None),
    "without a user": (UNREAD, event("E", ""), None),
    "about a thing": (UNREAD, sale(), None),
    "about a thing, of a user": (DECLINED, event("Sale"), None),
    "that merges": (UNREAD, identify(anonymous_id="phone"), None),
    "of a merged user": (DECLINED, event(), merged),
    "of a user somebody else's phone leads to": (DECLINED, event(), pointed_at),
    "of a phone that leads to a user": (DECLINED, event("E", "", anonymous_id="phone"), pointed_at),
    "of a deleted user": (DECLINED, event(), deleted),
    "of a user with wishes": (DECLINED, event(), preferring),
    "with traits, while something waits": (DECLINED, identify(), waiting),
    "with a zone, while something waits": (
        DECLINED, event("Unheard", message="n", **context('{"timezone":"Asia/Tokyo"}')), waiting,
    ),
    "with a zone, and heard": (DECLINED, event(**context('{"timezone":"Asia/Tokyo"}')), None),
    "that subscribes": (DECLINED, event("Subscribed", properties=b'{"category":"deals"}'), None),
    "with subscriptions": (DECLINED, identify(traits=b'{"subscriptions":{"news":false}}'), None),
    "with subscriptions of a device": (DECLINED, event(**context('{"messaging_subscriptions":[]}')), None),
    "of a page": (UNREAD, event_pb2.Event(message_id="m", type=5, user_id="ada"), None),
    "of a group": (UNREAD, event_pb2.Event(message_id="m", type=4, user_id="ada", group_id="band"), None),
    "with a flaw": (UNREAD, event(message=""), None),
    "with wrong JSON": (UNREAD, event(properties=b"{"), None),
    "that is too deep": (UNREAD, event(properties=b'{"a":' + b"[" * 65 + b"]" * 65 + b"}"), None),
    "with a huge number": (UNREAD, event(properties=b'{"price":123456789012345678901}'), None),
    "that is too late": (DECLINED, stamped(event(), NOON - 9 * DAY), None),
    "with a shadow": (UNREAD, event(), shadowed),
}  # fmt: skip


@pytest.mark.parametrize("told", EVENTS)
def test_events(told, ways):
    who, message, prepare = EVENTS[told]
    check(ways, who, prepare, lambda serving: serving.ingest(message))
    # As history, what is heard sets nothing off.
    heard = who == ANSWERED or told in ("with a zone, and heard", "that is too late")
    check(ways, None if heard else who, prepare, lambda serving: serving.ingest(message, history=True))


PLANS = {
    "by a rule with a goal": "rule a\n  when E\n  goal F within 1 hour\n",
    "by a rule with variants": 'rule a\n  when E\n  variant x 50% send "A"\n  variant y 50% send "B"\n',
    "by a rule with a control group": "rule a\n  when E\n  holdout 50%\n",
    "by a rule that something cancels": "rule a\n  when E\n  unless F\n",
    "by a rule of two events": "rule a\n  when E then F within 1 hour\n",
    "by a rule with history": "rule a\n  when E\n  where count of F in last 7 days >= 1\n",
    "that history goes by": "rule a\n  when F\n  where count of E in last 7 days >= 1\n",
    "that a goal goes by": "rule a\n  when F\n  goal E within 1 hour\n",
    "that cancels": "rule a\n  when F\n  unless E\n",
    "by a rule with the best time": "rule a\n  when E\n  at best time between 09:00 and 17:00 local\n",
    "by a rule with holidays": "rule a\n  when E\n  not on holidays\n",
    "by a transactional rule": 'category notes "N": opt out, transactional\nrule a\n  when E\n  in category notes\n',
    "by a rule that reads the clock": "rule a\n  when E\n  where day of week is Wednesday\n",
    "by a rule that reads consent": "rule a\n  when E\n  where user opted in to deals\n",
    "by a rule that people opt in to": "rule a\n  when E\n  in category deals\n",
    "by a rule that the calendar starts as well": 'rule a\n  every Monday where user.plan = "pro"\n',
    "with watched segments": "segment keen: count of F in last 7 days >= 2\nrule a\n  when user enters keen\n",
}  # fmt: skip


@pytest.mark.parametrize("told", PLANS)
def test_events_heard(told, ways):
    check(ways, DECLINED, None, lambda serving: serving.ingest(event()), HEADER + PLANS[told], (UNREAD, DECLINED))


def check(ways, who, prepare, work, rules=RULES, possible=None):
    """Do something by both ways after `prepare`, and see `who` did it."""
    seen = []

    def make():
        serving = Serving(rules)
        if prepare is not None:
            prepare(serving)
        ways.counts.clear()
        work(serving)
        seen.append({ANSWERED: ways.counts["done"], UNREAD: ways.counts["unread"], DECLINED: ways.counts["declined"]})
        return serving.close()

    ways.same(make, who)
    if who is not None:
        found = {name for name, number in seen[0].items() if number}
        assert len(found) == 1 and found <= set(possible or (who,))


# --- order ------------------------------------------------------------------------------------------------------------


def test_who_answers_a_part_of_a_batch_keeps_its_order(ways):
    """The phone leads to Ada, whose own event and question come later in the same batch."""

    def make():
        serving = Serving(RULES)
        pointed_at(serving)
        phone = event("E", "", "first", anonymous_id="phone", **context('{"timezone":"Europe/Paris"}'))
        serving.ingest(phone, event(message="second"))
        serving.batch(pb.DecideRequest(anonymous_id="phone", event=sale("a")), ask(sale("b")))
        serving.decide(ask(event("Unheard", "", "asked", anonymous_id="phone")))
        serving.exact = False
        return serving.close()

    ways.same(make, "order")


def test_a_merge_in_the_middle_of_a_batch(ways):
    def make():
        serving = Serving(RULES)
        saved(serving)
        batch = [
            event("E", "", "1", anonymous_id="phone"), event(message="2"), event(message="3", user="kim"),
            identify(message="4", anonymous_id="phone"), event("E", "", "5", anonymous_id="phone"),
            event(message="6"), event(message="7", user="kim"),
            event_pb2.Event(message_id="8", type=3, user_id="kim", previous_id="ada"), event(message="9"),
            event(message="10", user="kim"),
        ]  # fmt: skip
        serving.ingest(*batch)
        serving.exact = False
        return serving.close()

    ways.same(make, "merge")


# --- rules that change ------------------------------------------------------------------------------------------------


def test_a_batch_goes_by_the_rules_that_are_in_force_when_it_begins(ways):
    """Between its opening and its turn, it may have waited for others."""
    with ways.core():
        serving = Serving(RULES, RULES.replace("price > 10", "price > 20"))
        opened = Batches(serving.engine).events([event().SerializeToString()], serving.now, False)
        serving.engine.publish(serving.plans[1])
        assert (opened.settle(), opened.answers(), opened.joined(0, 1)) == (0, [None], None)
        assert serving.engine.user("u:ada") is None
        opened = Batches(serving.engine).events([event().SerializeToString()], serving.now, False)
        shadowed(serving)
        assert (opened.settle(), opened.answers(), opened.joined(0, 1)) == (0, [None], None)


def test_rules_that_the_core_does_not_understand(ways, monkeypatch):
    monkeypatch.setattr("duly.native.batches.lower_plan", lambda _plan: {"version": 1})
    check(ways, UNREAD, None, lambda serving: serving.ingest(event()))
