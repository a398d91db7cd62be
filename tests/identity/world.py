"""The world of the engine's tests, in which people sign in, have devices in common and get new names."""

from __future__ import annotations

from duly.engine.engine import Engine
from duly.engine.event import Event
from duly.meaning.rule_set import read_rules
from duly.planning.compile import compile_plan
from duly.source import Source
from duly.stores.open import open_store
from tests.engine.world import World, event

GRANTED = (2, 3, 4, 5)
PHONE = "a:phone"


class People(World):
    """`track` and `ask` take `a:…` for an anonymous identity, any other text for a user id."""

    def __init__(self, url, *rules, plan=None, **house):
        super().__init__(url, *rules, **house)
        if plan is not None:
            self.store.close()
            self.store = open_store(f"{url}-written" if url.startswith("rocks:") else url, 16)
            self.engine = Engine(self.store, written(plan), lambda: self.now)

    def write(self, name="E", who="ada", message=None, time=None, **properties):
        """An event of an identity, not ingested yet."""
        user, anonymous = ("", who[2:]) if who.startswith("a:") else (who, "")
        time = self.now if time is None else time
        return event(message or self.message(), name, user, time, anonymous=anonymous, arrival=self.now, **properties)

    def tell(self, name="E", who="ada", message=None, time=None, **properties):
        """Ingest an event of an identity."""
        return self.ingest(self.write(name, who, message, time, **properties))[0]

    def decide_about(self, name="E", who="ada", message=None, **more):
        """What is decided about an event of an identity."""
        return self.decide(who, self.write(name, who, message), **more)

    def sign_in(self, user="ada", device="phone", history=False, **traits):
        """An identify that names both ids."""
        said = event(
            self.message(), "", user, self.now, anonymous=device, kind="identify", arrival=self.now, traits=traits
        )
        return self.ingest(said, history=history)[0]

    def alias(self, user, previous):
        """Say that the user was `previous` before, whatever kind of id that is."""
        said = Event(self.message(), "alias", "", user, "", self.now, self.now, {}, previous_id=previous)
        return self.ingest(said)[0]

    def granted(self, *users):
        """The (rule, message) pairs that people were granted, under whichever of their identities."""
        log = [decision for user in users for decision in self.engine.decisions(f"u:{user}", 10_000)]
        return sorted((decision.rule, decision.message_id) for decision in log if decision.standing in GRANTED)


def written(text):
    """The plan of rules as people write them."""
    checked = read_rules([Source("rules.duly", text)])
    assert not checked.diagnostics, [str(problem) for problem in checked.diagnostics]
    return compile_plan(checked.rule_set)
