"""Has `limosa web` or `limosa worker` in memory, and forks off one at each line. JSON, as answers.

`fork LOG WORD…`: begin the command that the words call, which adds what it says to a log → {"pid":
…}; `reap PID`: one that has ended → {"code": …}.

A start is then a fork instead of the seconds in which Python reads the code. All that the command
does itself is done after the fork, by its own `main`, and all processes that it begins are its own.
"""

# ruff: noqa: T201 -- it answers in print.

import json
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import NoReturn

from django.conf import settings

from limosa.config import cli
from limosa.config.command import set_up_django
from limosa.servers.parent_death import end_with_parent

STARTED_WITH = ["limosa.config.checks.start", "limosa.servers.metrics"]
READ = {
    "web": [*STARTED_WITH, "limosa.servers.web", "limosa.config.asgi", "limosa.config.urls"],
    "worker": [*STARTED_WITH, "limosa.servers.worker", "limosa.config.waiting_work"],
}


def lines() -> Iterator[list[str]]:
    """Yield the words of each line, and nothing once the test has gone."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        yield shlex.split(line)


def fork(log: str, words: list[str]) -> int:
    """Return the process in which the words are run."""
    process = os.fork()
    if not process:
        end_with_parent(signal.SIGKILL)
        begin(log, words)
    return process


def begin(log: str, words: list[str]) -> NoReturn:
    """Be the command, and nothing else, as if the shell had started it."""
    for number, path in enumerate((os.devnull, log, log)):
        opened = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv[1:] = words
    sys.exit(cli.main(words))


def read(work: str) -> None:
    """Have in memory what the command will ask for."""
    set_up_django(work=work)
    adapters = (*settings.PAYMENT_PROVIDERS.values(), *settings.SUPPLIER_ADAPTERS.values())
    for module in (*READ[work], *(path.rpartition(".")[0] for path in adapters)):
        import_module(module)


def main(work: str) -> None:
    read(work)
    for name, *rest in lines():
        if name == "fork":
            log, *words = rest
            print(json.dumps({"pid": fork(log, words)}), flush=True)
        else:
            _, status = os.waitpid(int(rest[0]), 0)
            print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
