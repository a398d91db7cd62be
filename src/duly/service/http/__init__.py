"""The HTTP face: events as the SDKs of Segment and RudderStack send them, health, readiness and metrics."""
