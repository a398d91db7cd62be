"""`duly`, but what is done in the background once a second never comes to its end."""

from __future__ import annotations

from threading import Event

from duly.__main__ import main
from duly.engine.engine import Engine

Engine.sweep = lambda self: Event().wait()

if __name__ == "__main__":
    main()
