"""An event about a thing reaches every person once, also those who become one while it is on its way."""

import random

import pytest

from tests.engine.world import DAY, HOUR, sale
from tests.identity.whole import assert_whole

PEOPLE = 60


def saved_by(world, chance):
    """Everybody's identities; about half of them saved the boots. Gives the people that are to hear of the sale."""
    concerned = set()
    for number in range(PEOPLE):
        for who in (f"ada{number}", f"a:phone{number}", f"a:tablet{number}"):
            if chance.random() < 0.4:
                world.tell("Saved", who, product_id="boots")
                concerned.add(number)
    return concerned


def merge_some(world, chance, left):
    for number, device in [left.pop() for _ in range(min(len(left), chance.randrange(6)))]:
        world.sign_in(f"ada{number}", f"{device}{number}")


def heard(world):
    """How often each person was handed the sale, and what waits for devices that were never signed in."""
    handed = world.take(limit=10_000, lease=HOUR)
    return sorted(int("".join(filter(str.isdigit, each.decision.identity))) for each in handed)


@pytest.mark.parametrize("seed", range(6))
def test_people_who_become_one_between_two_pages_hear_it_once(opened_people, seed):
    world, chance = opened_people(sale()), random.Random(seed)
    concerned = saved_by(world, chance)
    left = [(number, device) for number in range(PEOPLE) for device in ("phone", "tablet")]
    chance.shuffle(left)
    merge_some(world, chance, left)
    world.tell("Product Sale", "", "s", product_id="boots")
    merge_some(world, chance, left)
    while world.engine.fan_out():
        merge_some(world, chance, left)
    while left:
        merge_some(world, chance, left)
    assert heard(world) == sorted(concerned)
    assert world.everything((b"t",)) == []
    assert_whole(world)


def test_the_next_one_reaches_everybody_where_they_are_now(opened_people):
    world, chance = opened_people(sale()), random.Random(7)
    concerned = saved_by(world, chance)
    for number in range(PEOPLE):
        for device in ("phone", "tablet"):
            world.sign_in(f"ada{number}", f"{device}{number}")
    for days in (0, 1, 8, 9):
        world.now += days * DAY
        world.tell("Product Sale", "", f"s{days}", product_id="boots")
        world.fan_out()
        assert heard(world) == sorted(concerned)
        world.now += HOUR
        for handed in world.take(limit=10_000):
            world.report(handed.decision, "sent")
    places = [key for key, _ in world.everything((b"m",))]
    assert len(places) == len(concerned), "what a merge leaves in the index is cleared away later"
    assert_whole(world)
