"""A server at one port, as `limosa smdp` listens, for a process of its own: PORT [PROXIES]."""

import sys
import tempfile
from ipaddress import ip_network
from pathlib import Path

from starlette.types import ASGIApp

from limosa.servers.smdp.listening import Door, Listening, listen
from tests.unit.servers.smdp.test_stalled_clients import an_application


def make_applications(*, shared_folder: Path) -> dict[str, ASGIApp]:
    del shared_folder
    return {"small": an_application([])}


def main() -> None:
    port, *proxies = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        listening = Listening(
            target="tests.unit.servers.smdp.small_server:make_applications",
            doors=(Door(name="small", host="127.0.0.1", port=int(port), tls=None),),
            shared_folder=Path(folder),
            stall_seconds=60,
            proxies=tuple(ip_network(proxy) for proxy in proxies),
        )
        listen(listening, workers=1)


if __name__ == "__main__":
    main()
