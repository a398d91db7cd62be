"""The direct way decides and writes what the long way does, whatever the rules, the users and the order of things."""

import random
import re
import secrets
from hashlib import blake2b

import pytest

from duly.engine import answer, intake
from duly.engine.decision import unpack_decision
from duly.engine.direct import decide
from duly.engine.keys import DECISION
from duly.engine.privacy import Eraser
from tests.engine.world import COMMIT, DAY, HOUR, MINUTE, PEEK, RESERVE
from tests.identity.world import PHONE, People, written

HEADER = """
event Sale about product
relation saved: user to product by product_id, added by Saved, removed by Unsaved
category deals "Deals": opt in
category news "News": opt out
category notes "Notes": opt out, transactional, uncounted
"""
HOUSES = [
    "",
    'timezone "Europe/Paris"\nlimit total 3/day\n',
    "quiet 22:00 to 08:00 local\ngap 2 hours\n",
    "limit news 2 per 12 hours in category news\n",
    "limit mail 2/day by email\ngap 3 hours by email\nquiet 20:00 to 09:00 local by email\n",
    'quiet 18:00 to 20:00 "Europe/Paris" in category news\ngap 1 hour in category deals\n',
]
TOKYO, HOLIDAYS = 'at 9:00 "Asia/Tokyo"', "not on holidays"
OTHERS = """
rule receipt
  when E
  where price = 25
  in category notes

rule idle
  when E then no F within 2 hours
  max 2/day

rule kept
  when F
  expires at until
  unless E
"""
"""What only the long way decides about."""

CLAUSES = {
    "where": ["", "where price > 10", 'where price < 20 or user.plan = "pro"', "where count of E in last 7 days >= 2"],
    "category": ["", "", "in category deals", "in category news", "in category notes"],
    "channel": ["", "", "by email"],
    "time": [
        "", "", "", "", "", "at 18:00 local", "between 09:00 and 21:00 local", "on weekdays", "after 30 minutes", TOKYO,
        HOLIDAYS,
    ],
    "caps": ["max 1/day", "max 2 per 24 hours", "max 1/day, max 2/week, or wait 1 day", "max 3/hour, or wait 2 hours"],
    "object": ["", "", "max 1 per 3 days per product"],
    "expiry": ["", "expires after 5 hours", "expires after 3 days"],
    "send": ["", 'send title "{called or \'It\'}" body "{price} off"', 'send "{called}" link "app://{product_id}"'],
}  # fmt: skip
USERS, COUNTRIES = ("ada", "kim", "bob", "eve"), ("FR", "GB", None)
"""Of ada and kim nothing special becomes known."""

ZONES = ("Europe/London", "America/New_York", "Nowhere/Such", None)
STEPS = 110
KINDS = (
    ["ask"] * 12 + ["ingest"] * 4 + ["saved"] * 2 + ["pass"] * 2
    + ["sale", "due", "report", "consent", "prefer", "sign in", "delete", "rename"]
)  # fmt: skip


def rules(chance):
    """A house and rules about things and of users' own; and the same when two of them have new names."""
    written = [HEADER, chance.choice(HOUSES)]
    for number in range(6):
        clauses = {name: chance.choice(choices) for name, choices in CLAUSES.items()}
        if number < chance.choice([1, 2]):
            written.append("rule sale_" + str(number) + "\n  when Sale\n  where user saved product" + _others(clauses))
        else:
            name, clauses["object"] = chance.choice("EFG"), ""
            written.append(f"rule own_{number}\n  when {name}\n  {clauses['where']}" + _others(clauses))
    text = "\n".join(written) + "\n" + (OTHERS if chance.random() < 0.3 else "")
    return text, re.sub(r"rule (sale_0|own_2)(\n(?:  .*\n)*)", r"rule new_\1\2  was \1\n", text)


def _others(clauses):
    return "".join(f"\n  {text}" for name, text in clauses.items() if name != "where" and text) + "\n"


class Run(People):
    """One world through which a script goes; `seen` are all answers."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        text, self.renamed = rules(self.chance)
        super().__init__("memory:", plan=text)
        self.seen, self.handed = [], []
        for name in USERS[:3]:
            plan, country = self.chance.choice(["free", "pro", None]), self.chance.choice(COUNTRIES)
            self.identify(name, timezone=self.chance.choice(ZONES), plan=plan, country=country)

    def play(self):
        for _ in range(STEPS):
            getattr(self, self.chance.choice(KINDS).replace(" ", "_") + "_step")()
        return self

    def happening(self):
        """An event, now and then one that came before."""
        who, name = self.chance.choice((*USERS, PHONE)), self.chance.choice("EFG")
        message = f"m{self.chance.randrange(40)}"
        properties = {
            "price": self.chance.choice([5, 15, 25, "25"]),
            "product_id": self.chance.choice(["boots", "hat"]),
        }
        if self.chance.random() < 0.8:
            properties["called"] = "Boots"
            properties["until"] = self.chance.choice(["2024-05-02T12:00:00Z", "soon", None])
        time = self.now - self.chance.choice([0, 0, 0, HOUR, 6 * HOUR])
        return who, self.write(name, who, message, time, **properties)

    def ask_step(self):
        who, about = self.happening()
        if self.chance.random() < 0.5:
            about.name, about.user_id, about.message_id = "Sale", "", "s" + about.message_id
        mode = self.chance.choice([COMMIT] * 6 + [RESERVE if who in USERS[2:] else COMMIT, PEEK])
        self.seen.append(self.ask(who, about, mode, lease=10 * MINUTE, full=self.chance.random() < 0.1))

    def ingest_step(self):
        self.ingest(self.happening()[1])

    def sale_step(self):
        about = self.happening()[1]
        about.name, about.user_id, about.message_id = "Sale", "", "f" + about.message_id
        self.ingest(about)
        self.fan_out()

    def saved_step(self):
        _, about = self.happening()
        about.name, about.message_id = self.chance.choice(["Saved", "Saved", "Unsaved"]), self.message()
        self.ingest(about)

    def pass_step(self):
        self.now += self.chance.choice([MINUTE, HOUR, 7 * HOUR, DAY])

    def due_step(self):
        handed = self.take(lease=MINUTE)
        self.handed += handed
        self.seen += [(item.decision, item.attempt) for item in handed]

    def report_step(self):
        outcome = self.chance.choice(["sent", "failed", "opened"])
        if self.handed:
            self.report(self.handed.pop().decision, outcome)

    def consent_step(self):
        name = self.chance.choice(["Subscribed", "Unsubscribed"])
        self.track(name, self.chance.choice(USERS), category=self.chance.choice(["deals", "news"]))

    def prefer_step(self):
        if self.chance.random() < 0.2:
            wishes = [{"snooze": {"": self.now + HOUR}}, {"muted": ['"boots"']}, {"muted": []}, {"quiet": [[0, HOUR]]}]
            self.engine.prefer("u:eve", self.chance.choice(wishes))

    def delete_step(self):
        if self.chance.random() < 0.2:
            Eraser(self.engine).erase("u:eve")

    def rename_step(self):
        if self.chance.random() < 0.3:
            self.engine.publish(written(self.renamed))

    def sign_in_step(self):
        if self.chance.random() < 0.2:
            self.sign_in("bob", "phone")

    def remains(self):
        """All that the store holds and all that was answered, with ids that tell what they stand for."""
        logged = [unpack_decision(value) for _, value in self.everything((DECISION,))]
        names = {made.id: _named(made) for made in logged}
        kept = {_renamed(key, names): _renamed(value, names) for key, value in self.everything()}
        answers = [answer.decisions if hasattr(answer, "decisions") else [answer[0]] for answer in self.seen]
        said = [[(*_told(decision), names.get(decision.id)) for decision in some] for some in answers]
        return kept, said


def _named(decision):
    label = f"{decision.identity} {decision.rule} {decision.message_id}".encode()
    return decision.id[:8] + blake2b(label, digest_size=12).digest()


def _renamed(data, names):
    for known, name in names.items():
        data = data.replace(known, name).replace(known[8:] + known[2:8], name[8:] + name[2:8])
    return data


def _told(decision):
    return tuple(getattr(decision, name) for name in decision.__struct_fields__ if name != "id")


@pytest.mark.parametrize("block", range(10))
def test_both_ways_decide_and_write_the_same(block, monkeypatch):
    taken = []
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    for seed in range(block * 12, block * 12 + 12):
        with monkeypatch.context() as patched:
            for module in (answer, intake):
                patched.setattr(module, "decide", lambda *about: taken.append(found := decide(*about)) or found)
            direct = Run(seed).play().remains()
        with monkeypatch.context() as patched:
            for module in (answer, intake):
                patched.setattr(module, "is_ordinary", lambda _user: False)
            long = Run(seed).play().remains()
        assert direct[1] == long[1], seed
        assert direct[0] == long[0], seed
    # The direct way was gone, to verdicts of each kind, and left where it ends.
    assert {None} | {1, 2, 3} <= {found if found is None else int(found.verdict) for found in taken}
