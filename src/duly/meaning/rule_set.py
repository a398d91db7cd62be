"""The front door: from the texts of rule files to a rule set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from duly.meaning.check import Checked, check
from duly.source import Source
from duly.syntax.collection import collection_paused
from duly.syntax.parse import Parsed, parse
from duly.vocabulary.tracking_plan import PlanLoader, plan_beside

PRELUDE = "prelude.duly"


def read_rules(sources: Sequence[Source], *, plan_loader: PlanLoader = plan_beside) -> Checked:
    """
    Parse and check all files of one rule set, with the prelude behind them.

    `use "file.json"` is read from disk beside the rule file; whoever takes rules from strangers passes `no_plans`.
    """
    with collection_paused():
        return check([parse(source) for source in sources], prelude=prelude(), plan_loader=plan_loader)


@cache
def prelude() -> Parsed:
    """The declarations that every rule set has unless it declares the same names itself."""
    text = resources.files("duly.vocabulary").joinpath(PRELUDE).read_text("utf-8")
    return parse(Source(PRELUDE, text))
