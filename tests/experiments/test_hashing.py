"""The hash, the ranges and the namespaces agree with the GrowthBook SDKs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duly.experiments.allocation import arms, bucket_ranges, choose_variation, in_namespace
from duly.experiments.hashing import Draw, fnv1a, user_number

HERE = Path(__file__).parent
VECTORS = json.loads((HERE / "growthbook.json").read_text(encoding="utf-8"))
SUITES = [VECTORS]
WHOLE = HERE.parents[2] / "shared" / "vectors" / "growthbook-cases.json"
if WHOLE.exists():
    SUITES.append(json.loads(WHOLE.read_text(encoding="utf-8")))


def each(section):
    return [case for suite in SUITES for case in suite.get(section, ())]


@pytest.mark.parametrize(("seed", "value", "version", "number"), each("hash"))
def test_a_user_draws_the_number_that_growthbook_says(seed, value, version, number):
    assert user_number(seed, value, version) == number


@pytest.mark.parametrize(("seed", "value", "version", "number"), each("unicode"))
def test_text_of_every_script_draws_the_number_of_the_javascript_sdk(seed, value, version, number):
    assert user_number(seed, value, version) == number


@pytest.mark.parametrize(("name", "asked", "ranges"), each("getBucketRange"))
def test_ranges_are_those_of_growthbook(name, asked, ranges):
    number, coverage, weights = asked
    found = bucket_ranges(number, coverage, weights)
    assert [pytest.approx(expected) for expected in ranges] == [list(one) for one in found]


@pytest.mark.parametrize(("name", "number", "ranges", "index"), each("chooseVariation"))
def test_the_range_that_holds_a_number_is_chosen(name, number, ranges, index):
    assert choose_variation(number, [(start, end) for start, end in ranges]) == index


@pytest.mark.parametrize(("name", "user_id", "namespace", "inside"), each("inNamespace"))
def test_namespaces_are_those_of_growthbook(name, user_id, namespace, inside):
    assert in_namespace(user_id, *namespace) is inside


@pytest.mark.parametrize(("key", "weights", "coverage", "user_id", "index"), each("assigned"))
def test_a_user_gets_the_arm_that_the_javascript_sdk_gives(key, weights, coverage, user_id, index):
    assert arms(key, weights, coverage).arm(user_id) == index


@given(st.text(), st.text())
def test_the_prepared_draw_is_the_hash_of_seed_and_value(seed, value):
    assert Draw.seeded(seed).number(value) == fnv1a(str(fnv1a(seed + value))) % 10_000 / 10_000
