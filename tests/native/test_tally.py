"""What the core counts is given once, whatever plans come and go."""

from duly.native.tally import Tally


class Core:
    """A plan that counts, as `duly._native.Plan` does."""

    def __init__(self):
        self.said = {}

    def decide(self, *verdict):
        self.said[verdict] = self.said.get(verdict, 0) + 1

    def verdicts(self):
        said, self.said = self.said, {}
        return said


def test_each_verdict_is_given_once_over_all_plans():
    tally, cores = Tally(), [Core() for _ in range(4)]
    assert tally.take() == {}
    for core in cores:
        tally.follow(core)
        core.decide("sale", 1, "due")
    assert tally.take() == {("sale", 1, "due"): 4}
    assert tally.take() == {}


def test_a_batch_may_end_by_the_plan_before():
    tally, old, new = Tally(), Core(), Core()
    tally.follow(old)
    tally.follow(new)
    old.decide("sale", 3, "capped")
    new.decide("sale", 3, "capped")
    assert tally.take() == {("sale", 3, "capped"): 2}
