"""The threads that answer calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread, get_ident
from time import monotonic, sleep
from typing import Any, cast

from duly.service.arrivals import Arrivals, Call
from duly.service.ask import Ask
from duly.service.errors import Late, Overloaded, Stopping
from duly.service.receipt import always_answers, is_call, is_readable, is_refused
from duly.service.task import Task
from duly.service.together import Caller, Gathering

_CROWDED, _FULL = 1.0, 0.1
"""Seconds for a message while calls wait for theirs to be read, and while no more may wait at all."""

_GLANCE, _IDLE = 0.1, 1.0
"""Seconds after which late messages are looked for again: while some are on their way, and while none were."""

_LEAST_READ = 64
"""Messages read at a time however few threads there are; else as many as there are threads."""

_ASIDE = 16
"""Messages read at a time for calls that are answered even when there is no room for them."""


class Pool:
    """
    A thread for each of so many calls; more wait their turn. A call whose message has not arrived has no thread.

    While `most_waiting` do, those who come are refused at once, by a thread that does nothing else, however long the
    others take. Leaner than the executor of the standard library, which costs 10 µs a call, and whose threads would
    hold up the end of the process when a call hangs. `patience` is how long, in seconds, a message may take.
    """

    def __init__(self, threads: int, most_waiting: int, patience: float = 30.0) -> None:
        self._most, self._patience = threads, patience
        self._places: list[None] = [None] * (threads + most_waiting)
        self._arrivals = Arrivals(max(threads, _LEAST_READ), self._ready)
        self._gathering = Gathering(self._take, lambda _call: self._places.append(None))
        self._queue: SimpleQueue[Call | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._idle: list[None] = []
        self._growing = Lock()
        self._turned_away: SimpleQueue[Call] = SimpleQueue()
        self._aside = Arrivals(_ASIDE, self._turned_away.put)
        self._refuser: Thread | None = None
        self._closed = False

    def submit(self, work: Callable[..., Any], *call: Any) -> Task:
        """Have a thread do the work; only gRPC's own thread calls this."""
        task = Task(work, call)
        self._attend()
        readable = is_readable(call)
        if not readable and is_refused(call):
            # It takes nobody's place, however many of them come.
            self._turned_away.put(task)
            return task
        if self._closed or not self._places:
            self._turn_away(task)
            return task
        self._places.pop()
        if readable:
            self._arrivals.begin(task)
        else:
            self._enqueue(task)
        return task

    def answer(self, ask: Ask) -> None:
        """Have a call answered, once its message is there; only gRPC's own thread calls this."""
        if self._closed or not self._places:
            self.turn_away(ask, self._refusal())
            return
        self._attend()
        self._places.pop()
        self._arrivals.begin(ask)

    def turn_away(self, ask: Ask, error: Exception) -> None:
        """Have it refused instead; it takes nobody's place. Only gRPC's own thread calls this."""
        self._attend()
        ask.refuse(error)
        self._turned_away.put(ask)

    def _attend(self) -> None:
        if self._refuser is None:
            self._refuser = Thread(target=self._refuse, name="refuser", daemon=True)
            self._refuser.start()

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return self._queue.qsize() + self._gathering.waiting + self._arrivals.unread

    @property
    def arriving(self) -> int:
        """How many calls have begun whose message is on its way."""
        return self._arrivals.reading + self._aside.reading

    def demand_room(self) -> None:
        """Raise `Overloaded` if no more calls may wait."""
        if not self._places:
            raise _overloaded()

    def demand_turn(self) -> None:
        """Raise `Overloaded` or `Stopping` if the call that this thread is at came when no more were taken."""
        refuser = self._refuser
        if refuser is not None and refuser.ident == get_ident():
            raise self._refusal()

    def close(self) -> None:
        """Refuse all calls that come from now on."""
        self._closed = True

    def finish(self, seconds: float) -> bool:
        """Take no more calls; whether those there are were answered in time."""
        self._closed = True
        end = monotonic() + seconds
        while (self._arrivals.reading or self._arrivals.unread) and monotonic() < end:
            sleep(_GLANCE)
        for _ in self._threads:
            self._queue.put(None)
        gathered = self._gathering.finish(max(0.0, end - monotonic()))
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        return gathered and not any(thread.is_alive() for thread in self._threads)

    # --- answering ----------------------------------------------------------------------------------------------------

    def _ready(self, call: Call) -> None:
        """The message of a call is there."""
        if isinstance(call, Ask) and call.gathered:
            self._gathering.put(cast(Caller, call))
        else:
            self._enqueue(call)

    def _enqueue(self, call: Call) -> None:
        self._queue.put(call)
        try:
            self._idle.pop()
        except IndexError:
            self._grow()

    def _grow(self) -> None:
        with self._growing:
            if len(self._threads) < self._most:
                thread = Thread(target=self._serve, name=f"call-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self) -> None:
        take, leave, rest = self._queue.get, self._places.append, self._idle.append
        while (call := take()) is not None:
            self._take(call)
            call.run()
            leave(None)
            rest(None)

    def _take(self, call: Call) -> None:
        """A thread takes a call."""
        if call.has_room:
            self._arrivals.leave()

    # --- refusing -----------------------------------------------------------------------------------------------------

    def _turn_away(self, task: Task) -> None:
        """Have a call refused; one that is answered whatever happens is answered in the same thread."""
        if not is_call(task.call):
            self._turned_away.put(task)
        elif not always_answers(task.call):
            task.refuse(self._refusal())
            self._turned_away.put(task)
        elif is_readable(task.call):
            self._aside.begin(task)
        else:
            self._turned_away.put(task)

    def _refusal(self) -> Exception:
        return Stopping("the server is stopping") if self._closed else _overloaded()

    def _refuse(self) -> None:
        """Do the work of calls which `demand_turn` will then refuse, and wait for no message for too long."""
        while True:
            with suppress(Empty):
                call = self._turned_away.get(timeout=_GLANCE if self.arriving else _IDLE)
                if call.has_room:
                    self._aside.leave()
                call.run()
            self._give_up(self._arrivals, self._places)
            self._give_up(self._aside, [])

    def _give_up(self, arrivals: Arrivals, places: list[None]) -> None:
        """Refuse the calls whose message is late."""
        patience = _FULL if not self._places else _CROWDED if arrivals.unread else self._patience
        for call in arrivals.give_up(min(patience, self._patience)):
            places.append(None)
            late = Late(f"the message of the call did not arrive within {self._patience:g} seconds")
            call.refuse(late if patience == self._patience else _overloaded())
            call.run()


def _overloaded() -> Overloaded:
    return Overloaded("the server has more calls waiting than it can answer; try again in a second")
