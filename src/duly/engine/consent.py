"""What a user agreed to, by category and channel, and where it was said."""

from __future__ import annotations

from typing import Any

from duly.engine.event import IDENTIFY, TRACK, Event
from duly.engine.state import User
from duly.meaning.model import Category

SUBSCRIBED, UNSUBSCRIBED, DID_NOT_SUBSCRIBE = "subscribed", "unsubscribed", "did-not-subscribe"
STATES = (SUBSCRIBED, UNSUBSCRIBED, DID_NOT_SUBSCRIBE)

_WORDS: dict[Any, str] = {
    True: SUBSCRIBED,
    False: UNSUBSCRIBED,
    "subscribed": SUBSCRIBED,
    "unsubscribed": UNSUBSCRIBED,
    "did_not_subscribe": DID_NOT_SUBSCRIBE,
    "did-not-subscribe": DID_NOT_SUBSCRIBE,
}
EVENTS = {"Subscribed": SUBSCRIBED, "Unsubscribed": UNSUBSCRIBED}
_CHANNELS = {"EMAIL": "email", "SMS": "sms", "IOS_PUSH": "push", "ANDROID_PUSH": "push", "PUSH": "push"}


def refusal(user: User, category: Category, channel: str) -> str:
    """
    The reason why consent forbids a category on a channel, or the empty text.

    A category that people opt in to needs an explicit yes, the others the absence of a no. Unknown is a no for the
    former and a yes for the latter.
    """
    consent = user.consent
    if not consent:
        return "no-consent" if category.opt_in else ""
    said = consent.get(f"{channel}/{category.name}") or consent.get(category.name)
    if said == UNSUBSCRIBED or UNSUBSCRIBED in (consent.get(f"{channel}/"), consent.get("")):
        return UNSUBSCRIBED
    return "no-consent" if category.opt_in and said != SUBSCRIBED else ""


def take(user: User, event: Event) -> bool:
    """
    Learn consent from an event; whether anything changed.

    Heard are the trait `subscriptions` of an identify (category or `channel/category` to true, false or a state), the
    `messaging_subscriptions` of the context (whole channels, or categories by `groups`), and the track events
    `Subscribed` and `Unsubscribed` with the properties `category` and `channel`. The newest event time wins.
    """
    if event.type == TRACK and not event.context and event.name not in EVENTS:
        return False
    said: dict[str, str] = {}
    if event.type == IDENTIFY and event.traits and type(event.traits.get("subscriptions")) is dict:
        said |= _from_words(event.traits["subscriptions"])
    if event.context and type(event.context.get("messaging_subscriptions")) is list:
        for item in event.context["messaging_subscriptions"]:
            said |= _from_subscription(item)
    if event.type == TRACK and event.name in EVENTS:
        said |= _from_track(event)
    changed = [_set(user, key, state, event.time) for key, state in said.items()]
    return any(changed)


def _set(user: User, key: str, state: str, time: int) -> bool:
    if user.consent_times.get(key, 0) > time:
        return False
    user.consent_times[key] = time
    changed = user.consent.get(key) != state
    user.consent[key] = state
    return changed


def _from_words(said: dict[str, Any]) -> dict[str, str]:
    return {key: _WORDS[value] for key, value in said.items() if isinstance(value, str | bool) and value in _WORDS}


def _from_subscription(item: Any) -> dict[str, str]:
    if type(item) is not dict:
        return {}
    channel = _CHANNELS.get(str(item.get("type")))
    state = _WORDS.get(str(item.get("status")).lower())
    if channel is None:
        return {}
    said = {f"{channel}/": state} if state else {}
    for group in item.get("groups") or ():
        if type(group) is dict and str(group.get("status")).lower() in _WORDS:
            said[f"{channel}/{group.get('name')}"] = _WORDS[str(group["status"]).lower()]
    return said


def _from_track(event: Event) -> dict[str, str]:
    category, channel = event.properties.get("category"), event.properties.get("channel")
    if not isinstance(category or "", str) or not isinstance(channel or "", str):
        return {}
    key = f"{channel}/{category or ''}" if channel else (category or "default")
    return {key: EVENTS[event.name]}
