"""Every kind of condition and value there is: importing this registers how each is compiled and explained."""

from duly.conditions import (  # noqa: F401 - a kind is registered by being imported
    arithmetic,
    calendar,
    comparison,
    connective,
    consent,
    history,
    relation,
    segment,
    text,
)
from duly.conditions import property as property_  # noqa: F401 - as above
