"""What the workers of these tests do; imported by them, so it imports little."""

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fdc.errors import WeightsError
from fdc.execution.protocol import Channel, Ready
from tests.waiting import wait_until


def obey(channel: Channel, greeting: str = "hello") -> None:
    """Does what it is told, one word at a time."""
    channel.send(Ready())
    ballast = []
    while True:
        match channel.receive():
            case "greet":
                channel.send(greeting)
            case "pid":
                channel.send(("pid", os.getpid()))
            case "environment":
                channel.send(("environment", dict(os.environ)))
            case "raise":
                raise ZeroDivisionError("nothing is left to divide")
            case "refuse":
                raise WeightsError("u2netp.onnx is missing", "Put it there.")
            case "send an error":
                channel.send(KeyError("surprise"))
            case "exit":
                print("that was all", flush=True)
                os._exit(3)
            case "grow":
                ballast.append(bytearray(os.urandom(1 << 20) * 200))
                channel.send("grown")
            case "work":
                for _ in range(40):
                    time.sleep(0.1)
                    channel.heartbeat()
                channel.send("worked")
            case str(word):
                end(word)


def end(word: str) -> None:
    """Ends its own process, or never returns."""
    match word:
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "sleep":
            time.sleep(600)
        case "memory":
            held = bytearray(os.urandom(1 << 20) * 1000)
            time.sleep(600)
            held.clear()


def abort(channel: Channel) -> None:
    """Ends before it is ready."""
    os.abort()


def answer(words: Iterator[Any]) -> Iterator[Any]:
    """The work of a mapping: most items are answered, some end their worker."""
    for word in words:
        if word == "raise":
            raise OSError(28, "No space left on device")
        if isinstance(word, str):
            end(word)
        yield word


def answer_slowly(words: Iterator[Any]) -> Iterator[Any]:
    for word in answer(words):
        time.sleep(0.05)
        yield word


def meet(folder: Path, words: Iterator[Any]) -> Iterator[Any]:
    """Who is given "meet" waits for another worker that is given it too."""
    for word in words:
        if word == "meet":
            (folder / str(os.getpid())).touch()
            wait_until(lambda: len(list(folder.iterdir())) == 2, seconds=60)
        yield word


def note_and_answer(notes: Path, words: Iterator[Any]) -> Iterator[Any]:
    """Notes each item before it is worked on."""
    for word in words:
        with notes.open("a") as file:
            file.write(f"{word}\n")
        yield from answer(iter([word]))


def crash_once(marker: Path, words: Iterator[Any]) -> Iterator[Any]:
    """The first worker that is given "crash" dies of it."""
    for word in words:
        if word == "crash" and not marker.exists():
            marker.touch()
            os.abort()
        yield word


def refuse(words: Iterator[Any]) -> Iterator[Any]:
    raise WeightsError("u2netp.onnx is missing", "Put it there.")
    yield


def abort_at_once(words: Iterator[Any]) -> Iterator[Any]:
    os.abort()
    yield
