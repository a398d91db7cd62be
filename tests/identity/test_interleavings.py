"""Whatever happens in whatever order under whichever identity: the same as with plain lists of people."""

import random

import pytest

from duly.engine.api import Mode, Question
from duly.engine.engine import Engine
from duly.engine.event import anonymous, known
from duly.stores.memory import MemoryStore
from duly.stores.open import open_store
from tests.engine.world import MINUTE, NOON, SECOND, event
from tests.identity import oracle
from tests.identity.world import People, written

PLAN = written("""
event Product Sale about product
relation saved: user to product by product_id, added by Saved, removed by Unsaved

rule greet
  when E
  max 2/day

rule sale
  when Product Sale where user saved product
  max 3/day

rule looked
  when Looked where count of Viewed in last 7 days >= 2
""")
NAMES = ("E", "Looked", "Viewed", "Saved", "Unsaved")
IDENTITIES = ("u:ada", "u:bob", "a:p", "a:q")

STEPS = 60
KINDS = ["ingest"] * 4 + ["decide"] * 3 + ["identify", "alias", "sale", "due", "pass", "fail"]


def happenings(chance):
    """Sixty things that happen one after the other, each as its kind and what that needs to know."""
    who, users, devices, things = IDENTITIES, IDENTITIES[:2], IDENTITIES[2:], ("boots", "hat")
    words = {
        "ingest": (who, NAMES, range(3), things),
        "decide": (who, ("E", "Looked"), range(3), (False, True)),
        "identify": (users, devices),
        "alias": (users, [identity[2:] for identity in IDENTITIES]),
        "sale": (things,),
        "fail": (range(20),),
    }
    kinds = [chance.choice(KINDS) for _ in range(STEPS)]
    return [(kind, *map(chance.choice, words.get(kind, ()))) for kind in kinds]


class Both(People):
    """The engine and the oracle, told the same."""

    def __init__(self, store):
        self.store, self.now, self.messages = store, NOON + 60 * MINUTE, 0
        self.engine = Engine(store, PLAN, lambda: self.now)
        self.people = oracle.People()
        self.people.now = self.now
        self.grants = []

    def of(self, identity, name, number, thing):
        """The same content for the same message id; no two different ones have the same time."""
        message = f"{name}-{number}" + (f"-{thing}" if "aved" in name else "")
        time = NOON + (number * 10 + NAMES.index(name)) * SECOND
        return self.write(name, identity if identity[0] == "a" else identity[2:], message, time, product_id=thing)

    def happen_ingest(self, identity, name, number, thing):
        said = self.of(identity, name, number, thing)
        self.ingest(said)
        self.people.ingest(identity, name, said.message_id, said.time, thing)

    def happen_decide(self, identity, name, number, reserve):
        said = self.of(identity, name, number, "boots")
        answer = self.engine.decide([Question(identity, Mode.RESERVE if reserve else Mode.COMMIT, said)])[0]
        granted = [each for each in answer.decisions if each.verdict == 1]
        assert bool(granted) == self.people.decide(identity, name, said.message_id, said.time, reserve), answer
        self.note(granted)

    def note(self, granted):
        for decision in granted:
            person = self.people.person(decision.identity)
            self.grants.append((decision, person.known(decision.rule, decision.message_id)))

    def happen_identify(self, user, device):
        self.sign_in(user[2:], device[2:])
        self.people.merge(device, user)

    def happen_alias(self, user, previous):
        self.alias(user[2:], previous)
        user = self.people.root(user)
        self.people.merge(known(previous), user)
        self.people.merge(anonymous(previous), user)

    def happen_sale(self, thing):
        said = event(f"sale-{self.message()}", "Product Sale", "", self.now, product_id=thing)
        self.ingest(said)
        self.fan_out()
        self.people.sale(said.message_id, said.time, thing)

    def happen_due(self):
        handed = [each.decision for each in self.take(limit=1_000)]
        assert sorted((d.identity, d.rule, d.message_id) for d in handed) == self.people.due()
        assert all(self.report(decision, "sent").recorded.name == "RECORDED" for decision in handed)
        self.note(handed)

    def happen_pass(self):
        self.now += 2 * MINUTE
        self.people.now = self.now

    def happen_fail(self, number):
        """A report by the decision's id, whoever had it then and has it now."""
        if self.grants:
            decision, instance = self.grants.pop(number % len(self.grants))
            if instance.state == "granted":
                self.report(decision, "failed")
                instance.state = "closed"

    def check(self):
        """What each is known to have, read back."""
        for identity in IDENTITIES:
            root, person = self.people.root(identity), self.people.person(identity)
            user = self.engine.user(root)
            members = sum(member for _, member in person.saved.values())
            assert self.engine.relation_counts(root).get("saved", 0) == members
            if user is not None:
                waiting = sorted((each.rule, each.message_id) for each in user.pending)
                states = [(each.rule, each.message) for each in person.instances if each.state == "pending"]
                assert waiting == sorted(states)
        assert len(self.queue()) == len(set(self.queue()))


def play(store, script):
    both = Both(store)
    for what, *words in script:
        getattr(both, f"happen_{what}")(*words)
    both.check()
    both.happen_due()
    both.check()


@pytest.mark.parametrize("block", range(8))
def test_people_are_as_plain_lists_say(block):
    for seed in range(block * 50, block * 50 + 50):
        play(MemoryStore(8), happenings(random.Random(seed)))


def test_people_are_as_plain_lists_say_on_disk(tmp_path):
    for seed in range(8):
        store = open_store(f"rocks:{tmp_path / str(seed)}", 8)
        play(store, happenings(random.Random(seed)))
        store.close()
