"""What the reading says to the server: frames of JSON or plain bytes over a socket, none of which can run anything."""

import json
import socket
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = struct.Struct("=cQ")
JSON, BYTES, FAILED, ENDED = b"J", b"B", b"E", b"S"
NO_MEMORY = 3  # the status that a reading ends with where Python has no memory left
_CHUNK = 1 << 20
# No frame is larger: a batch's geometries are the largest, and those are limited before they are sent.
MAX_FRAME = 4 * 1024**3


class Torn(Exception):
    """The other side went away in the middle of a frame, or said something that is none."""


def send(to: socket.socket, kind: bytes, payload: bytes | memoryview) -> None:
    """Sends one frame."""
    to.sendall(HEADER.pack(kind, len(payload)))
    to.sendall(payload)


def send_json(to: socket.socket, value: Any, kind: bytes = JSON) -> None:
    send(to, kind, json.dumps(value).encode())


def send_numbers(to: socket.socket, values: NDArray[Any]) -> None:
    """Sends an array of numbers or truth values: its type as JSON, then its bytes."""
    send_json(to, values.dtype.str)
    send(to, BYTES, np.ascontiguousarray(values).tobytes())


def receive(source: socket.socket) -> tuple[bytes, bytearray]:
    """The next frame: its kind and payload. Torn where there is none."""
    kind, length = HEADER.unpack(_exactly(source, HEADER.size))
    if length > MAX_FRAME or kind not in (JSON, BYTES, FAILED, ENDED):
        raise Torn
    return kind, _exactly(source, length)


def _exactly(source: socket.socket, length: int) -> bytearray:
    data = bytearray(min(length, _CHUNK))
    done = 0
    while done < length:
        if done == len(data):  # grown as it comes: a length is only what the other side says
            data.extend(bytes(min(length - done, max(_CHUNK, done))))
        if not (count := source.recv_into(memoryview(data)[done:])):
            raise Torn
        done += count
    return data
