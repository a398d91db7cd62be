"""Random rule sets in which the compiled core and what it does not know lie side by side."""

from __future__ import annotations

import re

HEADER = """
event Sale about product
relation saved: user to product by product_id, added by Saved, removed by Unsaved
relation bought: user to product by product_id, added by Bought, removed by Returned
relation likes: user to product by products.id, added by Liked or E
category deals "Deals": opt in
category news "News": opt out
category notes "Notes": opt out, transactional, uncounted
"""
HOUSES = [
    "",
    "",
    'timezone "Europe/Paris"\nlimit total 3/day\n',
    "quiet 22:00 to 08:00 local\ngap 2 hours\n",
    "limit news 2 per 12 hours in category news\nlimit total 4/week\n",
    "limit mail 2/day by email\ngap 3 hours by email\nquiet 20:00 to 09:00 local by email\n",
    'quiet 18:00 to 20:00 "Europe/Paris" in category news\ngap 1 hour in category deals\n',
    'timezone "America/New_York"\nlimit all 5/month\n',
]
WHERE = [
    "", "", "", "where price > 10", 'where price < 20 or user.plan = "pro"', "where price is not missing",
    "where count of E in last 7 days >= 2", 'where user.plan = "free" and not price = 5', "where price in (5, 15)",
    'where product_id starts with "b"', "where price * 2 > 20 and user.age >= 18", "where user did F in last 1 day",
    "where day of week is Monday or price > 4", "where user saved product or price = 15", 'where called = "Boots"',
    "where user opted in to news", "where price between 5 and 15", "where user.timezone is missing or price = 25",
]  # fmt: skip
CLAUSES = {
    "category": ["", "", "", "in category deals", "in category news", "in category notes"],
    "channel": ["", "", "by email"],
    "time": [
        "", "", "", "", "", "at 18:00 local", "between 09:00 and 21:00 local", "on weekdays", "after 30 minutes",
        'at 9:00 "Asia/Tokyo"', "not on holidays", "at 2:30 local", "between 23:00 and 03:00 local",
        "at 12:00 local, if passed drop", "at 8:00 local, if passed within 2 hours",
    ],
    "caps": [
        "max 1/day", "max 2 per 24 hours", "max 1/day, max 2/week, or wait 1 day", "max 3/hour, or wait 2 hours",
        "max 1/hour", "max 2/month", "max 30/day",
    ],
    "expiry": ["", "expires after 5 hours", "expires after 3 days", "expires after 30 minutes"],
    "send": [
        "", "send title \"{called or 'It'}\" body \"{price} off\"", 'send "{called}" link "app://{product_id}"',
        "send \"{user.name or 'You'}, {price or 'a lot'} off\"",
    ],
}  # fmt: skip
OBJECTS = ["", "", "max 1 per 3 days per product", "max 2 per 1 day per product"]
SPECIAL = [
    "rule receipt\n  when E\n  where price = 25\n  in category notes\n",
    "rule idle\n  when E then no F within 2 hours\n  max 2/day\n",
    "rule kept\n  when F\n  expires at until\n  unless E\n",
    "rule counted\n  when F\n  where price > 20\n  goal G within 2 hours\n",
    'rule tried\n  when G\n  variant a 50% send "A"\n  variant b 50% send "B"\n  goal F within 2 hours\n',
    "rule held\n  when H\n  holdout 50%\n",
    "rule best\n  when H\n  at best time between 09:00 and 17:00 local\n",
    "rule after_two\n  when E then F within 1 hour\n",
    "rule aged\n  when F\n  where count of G in last 7 days >= 1\n  priority 7\n",
]
WHOLE = [
    "segment keen: count of E in last 7 days >= 2\nrule entered\n  when user enters keen\n",
    'rule monday\n  every Monday where user.plan = "pro"\n  at 9:00 local\n',
]
"""What concerns every user."""


def rules(chance, odd=1.0):
    """A house with rules about things and of users' own; and the same when some of them have new names."""
    written = [HEADER, chance.choice(HOUSES)]
    for number in range(chance.choice([2, 5, 7])):
        clauses = {name: chance.choice(choices) for name, choices in CLAUSES.items()}
        if number < chance.choice([1, 2]):
            relation = chance.choice(["saved", "saved", "bought", "likes"])
            more = chance.choice(["", "", " and price > 10", ' and user.plan = "pro"'])
            where, clauses["object"] = f"where user {relation} product{more}", chance.choice(OBJECTS)
            written.append(f"rule sale_{number}\n  when Sale\n  {where}{_lines(clauses)}")
        else:
            events = chance.choice(["E", "F", "G", "E or F", "H"])
            written.append(f"rule own_{number}\n  when {events}\n  {chance.choice(WHERE)}{_lines(clauses)}")
    some = 0.3 * odd if chance.random() < 0.6 else 0.0
    written += [text for text in SPECIAL if chance.random() < some]
    written += [text for text in WHOLE if chance.random() < some / 4]
    text = "\n".join(written) + "\n"
    return text, re.sub(r"rule (sale_0|own_2|own_4)(\n(?:  .*\n)*)", r"rule new_\1\2  was \1\n", text)


def _lines(clauses):
    return "".join(f"\n  {text}" for text in clauses.values() if text) + "\n"
