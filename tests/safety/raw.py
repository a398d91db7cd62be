"""HTTP/2 as a client speaks it that does what no library would: frames are written by hand."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager

HEADERS, RESET, SETTINGS, PING = 1, 3, 4, 6
_END_HEADERS, _ACK = 4, 1
_INITIAL_WINDOW = 4


def frame(kind, flags, stream, body=b""):
    return struct.pack(">I", len(body))[1:] + struct.pack(">BBI", kind, flags, stream) + body


def header(name, value):
    """One that is written out, and that nobody need remember."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def begun(stream, path, *more):
    """The headers of a call, without the end of the stream."""
    told = (
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "raw"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        *more,
    )
    return frame(HEADERS, _END_HEADERS, stream, b"".join(header(*each) for each in told))


def message(stream, declared, body):
    """The beginning of a message that says it has `declared` bytes."""
    return frame(0, 0, stream, b"\0" + struct.pack(">I", declared) + body)


class Raw:
    """One connection. A window of 0 bytes means that it takes no answers but their status."""

    def __init__(self, address, window=65_535):
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=10)
        self._bytes = self._socket.makefile("rb")
        settings = frame(SETTINGS, 0, 0, struct.pack(">HI", _INITIAL_WINDOW, window))
        self._socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings)
        self._next = 1

    def send(self, frames):
        self._socket.sendall(frames)

    def begin(self, path, count=1, declared=0, body=b""):
        """Begin so many calls; with `declared` bytes to come, of which `body` does."""
        streams = range(self._next, self._next + 2 * count, 2)
        self._next += 2 * count
        for stream in streams:
            self.send(begun(stream, path) + (message(stream, declared, body) if declared else b""))
        return list(streams)

    def ended(self, streams):
        """Wait until each of these calls was ended by the server."""
        left = set(streams)
        while left:
            kind, flags, stream = self._frame()
            if kind == RESET or (kind == HEADERS and flags & 1):
                left.discard(stream)

    def seen(self):
        """Wait until the server has read all that was sent."""
        self.send(frame(PING, 0, 0, b"8 bytes!"))
        while True:
            kind, flags, _ = self._frame()
            if kind == PING and flags & _ACK:
                return

    def _frame(self):
        head = self._bytes.read(9)
        assert len(head) == 9, "the server closed the connection"
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        self._bytes.read(int.from_bytes(head[:3], "big"))
        if kind == PING and not flags & _ACK:
            self.send(frame(PING, _ACK, 0, b"8 bytes!"))
        return kind, flags, stream

    def close(self):
        self._bytes.close()
        self._socket.close()


@contextmanager
def raw(address, **more):
    connection = Raw(address, **more)
    try:
        yield connection
    finally:
        connection.close()
