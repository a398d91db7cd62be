"""Identities and people, the obvious way: plain lists, sets and dicts that are recounted for every question."""

from __future__ import annotations

from dataclasses import dataclass, field

GREET, SALE, LOOKED = "greet", "sale", "looked"
CAPS = {GREET: 2, SALE: 3, LOOKED: 1_000}
ENOUGH = 2
LEASE = 60_000_000
ORDER = ("granted", "reserved", "pending")


@dataclass
class Instance:
    """What one rule decided about one message for one identity; `thing` is what it is about."""

    rule: str
    message: str
    time: int
    thing: str = ""
    state: str = "closed"
    until: int = 0
    returns: bool = False


@dataclass
class Person:
    instances: list[Instance] = field(default_factory=list)
    messages: set[str] = field(default_factory=set)
    ingested: set[str] = field(default_factory=set)
    viewed: set[str] = field(default_factory=set)
    saved: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def known(self, rule, message):
        """The instance that speaks for all: what was granted, else reserved, else pending, else the first."""
        found = [each for each in self.instances if (each.rule, each.message) == (rule, message)]
        return min(found, key=_place, default=None)

    def spent(self, rule, now):
        taken = [each for each in self.instances if each.rule == rule and each.state in ("granted", "reserved")]
        return sum(each.state == "granted" or each.until > now for each in taken)

    def lapse(self, now):
        for each in self.instances:
            if each.state == "reserved" and each.until <= now:
                each.state = "pending" if each.returns else "closed"

    def may(self, instance, now):
        if instance.rule == SALE and not self.saved.get(instance.thing, (0, False))[1]:
            return False
        return self.spent(instance.rule, now) < CAPS[instance.rule]

    def take_over(self, other, now):
        self.instances += other.instances
        self.messages |= other.messages
        self.ingested |= other.ingested
        self.viewed |= other.viewed
        for thing, said in other.saved.items():
            self.saved[thing] = max(said, self.saved.get(thing, (0, False)))
        self.end_doubles()
        for each in self.instances:
            if each.state == "pending" and not self.may(each, now):
                each.state = "closed"

    def end_doubles(self):
        for each in self.instances:
            if each.state in ("pending", "reserved") and self.known(each.rule, each.message) is not each:
                each.state = "closed" if each.state == "pending" else each.state
                each.returns = False


def _place(instance):
    state = "closed" if instance.state == "reserved" and not instance.returns else instance.state
    return ORDER.index(state) if state in ORDER else len(ORDER)


class People:
    """Who is who by now, and what was granted to whom."""

    def __init__(self) -> None:
        self.leads: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self.now = 0

    def root(self, identity):
        while identity in self.leads:
            identity = self.leads[identity]
        return identity

    def person(self, identity):
        return self.people.setdefault(self.root(identity), Person())

    def merge(self, source, target):
        target = self.root(target)
        if source == target:
            return
        if source not in self.leads:
            self.person(target).take_over(self.people.pop(source, Person()), self.now)
        self.leads[source] = target

    # --- events -------------------------------------------------------------------------------------------------------

    def take(self, identity, name, message, time, thing):
        """Whether it is new."""
        person = self.person(identity)
        if message in person.messages:
            return False
        person.messages.add(message)
        if name == "Viewed":
            person.viewed.add(message)
        if name in ("Saved", "Unsaved"):
            said = (time, name == "Saved")
            person.saved[thing] = max(said, person.saved.get(thing, (0, False)))
        return True

    def ingest(self, identity, name, message, time, thing):
        if message in self.person(identity).ingested:
            return
        self.take(identity, name, message, time, thing)
        self.person(identity).ingested.add(message)
        if name == "E" and self.person(identity).known(GREET, message) is None:
            self.queue(self.person(identity), Instance(GREET, message, time))
        if name == "Looked" and self.person(identity).known(LOOKED, message) is None:
            self.look(self.person(identity), message, time, "pending")

    def queue(self, person, instance):
        instance.state = "pending" if person.may(instance, self.now) else "closed"
        person.instances.append(instance)

    def look(self, person, message, time, state):
        if len(person.viewed) < ENOUGH:
            return False
        person.instances.append(Instance(LOOKED, message, time, state=state))
        return True

    def sale(self, message, time, thing):
        for person in self.people.values():
            if person.saved.get(thing, (0, False))[1] and person.known(SALE, message) is None:
                self.queue(person, Instance(SALE, message, time, thing))

    # --- questions ----------------------------------------------------------------------------------------------------

    def decide(self, identity, name, message, time, reserve):
        """Whether it is granted."""
        person = self.person(identity)
        person.lapse(self.now)
        self.take(identity, name, message, time, "")
        rule = GREET if name == "E" else LOOKED
        known = person.known(rule, message)
        if known is not None and known.state != "pending":
            return False
        if known is None and rule == LOOKED and len(person.viewed) < ENOUGH:
            return False
        if known is None:
            known = Instance(rule, message, time)
            person.instances.append(known)
        granted = person.may(known, self.now)
        self.grant(known, reserve) if granted else setattr(known, "state", "closed")
        return granted

    def grant(self, instance, reserve=False):
        instance.state = "reserved" if reserve else "granted"
        instance.until, instance.returns = (self.now + LEASE if reserve else 0), reserve

    def due(self):
        """What a worker gets, by identity."""
        found = []
        for identity, person in self.people.items():
            person.lapse(self.now)
            waiting = [each for each in person.instances if each.state == "pending"]
            for each in sorted(waiting, key=lambda each: (each.time, each.rule, each.message)):
                granted = person.may(each, self.now)
                self.grant(each) if granted else setattr(each, "state", "closed")
                found += [(identity, each.rule, each.message)] if granted else []
        return sorted(found)
