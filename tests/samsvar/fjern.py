"""A port in another language: a program or an address that is told what to do, in JSON.

A program gets one request a line on its standard input and answers one line on its standard
output; an address gets each as a POST. The request is `{"do": "accept", "overfoering": "…"}`, the
answer `{}` or what the method gives, or `{"error": "what went wrong"}`. It must not decide
anything.
"""

import dataclasses
import json
import shlex
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.samsvar.port import Moete, Oss, Staar, Startet

Ask = Callable[[dict[str, Any]], dict[str, Any]]
SECONDS = 120.0


class FjernPort:
    """`port.Port`, each call a request."""

    def __init__(self, ask: Ask, end: Callable[[], None] = lambda: None) -> None:
        self._ask, self._end = ask, end

    def _say(self, do: str, **told: Any) -> dict[str, Any]:
        answer = self._ask({"do": do, **told})
        if "error" in answer:
            raise RuntimeError(str(answer["error"]))
        return answer

    def open(self, moete: Moete) -> Oss:
        """Start; logs are told as JSON inside JSON."""
        told = dataclasses.asdict(moete)
        told |= {"mappe": str(moete.mappe), "logger": [json.loads(one) for one in moete.logger]}
        return Oss(**self._say("open", **told))

    def start(self) -> Startet:
        """As `port.Port`."""
        told = self._say("start")
        return Startet(told["overfoering"], told["logg"], tuple(told.get("ord", ())))

    def assign(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("assign", overfoering=overfoering)

    def accept(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("accept", overfoering=overfoering)

    def reject(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("reject", overfoering=overfoering)

    def withdraw(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("withdraw", overfoering=overfoering)

    def block(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("block", overfoering=overfoering)

    def paper(self, overfoering: str) -> None:
        """As `port.Port`."""
        self._say("paper", overfoering=overfoering)

    def stands(self, overfoering: str) -> Staar:
        """As `port.Port`."""
        return Staar(**self._say("stands", overfoering=overfoering))

    def proof(self, overfoering: str, other: Path) -> str:
        """As `port.Port`."""
        return str(self._say("proof", overfoering=overfoering, other=str(other))["svar"])

    def close(self) -> None:
        """As `port.Port`; the program ends with its input."""
        try:
            self._say("close")
        finally:
            self._end()


def at_address(url: str) -> FjernPort:
    """A port that listens."""

    def ask(told: dict[str, Any]) -> dict[str, Any]:
        head = {"content-type": "application/json"}
        asked = urllib.request.Request(url, json.dumps(told).encode(), head)
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            return dict(json.loads(answer.read()))

    return FjernPort(ask)


def in_program(command: str) -> FjernPort:
    """A port that is a program of its own; one request at a time."""
    process = subprocess.Popen(
        shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    turn = threading.Lock()

    def ask(told: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin and process.stdout
        with turn:
            process.stdin.write(json.dumps(told) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line:
            raise RuntimeError("the port's program has ended")
        return dict(json.loads(line))

    def end() -> None:
        assert process.stdin and process.stdout
        process.stdin.close()
        process.wait(30)
        process.stdout.close()

    return FjernPort(ask, end)
