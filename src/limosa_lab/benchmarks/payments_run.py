"""`limosa bench payments`: a cluster, the real web server, and the output."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import django

from limosa.servers.ports import is_taken
from limosa.simulators.payment_gateway.command import GatewayServer
from limosa_lab.benchmarks.cluster import measured_cluster
from limosa_lab.benchmarks.payment_load import Load, Plan, send_all
from limosa_lab.benchmarks.payment_notices import PROVIDERS, forged, notices
from limosa_lab.benchmarks.processes import cpu_seconds_of_cluster, cpu_seconds_of_group

CONNECTIONS = 16
ROUNDS = 3
FLOOD_PER_SECOND = 1000
TARGET = (
    "target: at least 200/s for each channel, p99 at most 200 ms at half load; under the flood at "
    "most twice the p99 without it"
)


@dataclass(frozen=True, slots=True)
class Stand:
    """What is measured: the web server's port and process, the cluster, the gateway's keys."""

    port: int
    web: "subprocess.Popen[bytes]"
    folder: Path
    gateway: GatewayServer
    esim_ids: list[int]


def measure_payments(*, seconds: float, flood_seconds: float, esims: int) -> None:
    """Run all phases and print the measurements."""
    with _stand(esims) as stand:
        from limosa_lab.benchmarks.payment_data import check_credits

        accepted = _warm_up(stand)
        rates: dict[str, list[float]] = {provider: [] for provider in PROVIDERS}
        for turn in range(ROUNDS):  # In turns: the speed of a shared machine varies.
            print(f"round {turn + 1}: {_machine()}", flush=True)
            for provider in PROVIDERS:
                rate, count = _measure_channel(stand, provider, seconds / ROUNDS)
                rates[provider].append(rate)
                accepted += count
        for provider in PROVIDERS:
            print(f"{provider:<10} full load, median of {ROUNDS}: {median(rates[provider]):.1f}/s")
        slowest = min(median(measured) for measured in rates.values())
        accepted += _measure_flood(stand, slowest / 2, flood_seconds)
        stand.web.send_signal(signal.SIGTERM)
        stand.web.wait(30)
        check_credits(accepted=accepted)
        print(f"books: each of {accepted} credited once, journal even")
        _print_refused()
    print(TARGET)


def _measure_channel(stand: Stand, provider: str, seconds: float) -> tuple[float, int]:
    """Measure one channel at full and at half load; return its rate and how many were accepted."""
    full = _load(stand, provider, Plan(seconds=seconds, connections=CONNECTIONS), at_most=600)
    rate = full.per_second
    half = _load(
        stand, provider, Plan(seconds=seconds, connections=CONNECTIONS, per_second=rate / 2)
    )
    print(f"{provider:<10} full load {rate:6.1f}/s; at half load {_times(half)}", flush=True)
    return rate, len(full.seconds) + len(half.seconds)


def _load(stand: Stand, provider: str, plan: Plan, *, at_most: float = 0) -> Load:
    """Send new genuine notifications according to a plan, and print their cost."""
    from limosa_lab.benchmarks.payment_data import make_payments

    count = int(plan.seconds * (plan.per_second or at_most)) + 1
    dues = make_payments(stand.esim_ids, provider, count=count)
    requests = notices(stand.gateway.gateway, provider, dues)
    web_before = cpu_seconds_of_group(stand.web.pid)
    cluster_before = cpu_seconds_of_cluster(stand.folder)
    load = send_all(requests, stand.port, plan)
    web = cpu_seconds_of_group(stand.web.pid) - web_before
    cluster = cpu_seconds_of_cluster(stand.folder) - cluster_before
    _check_accepted(load)
    sent = len(load.seconds)
    print(
        f"  {provider}: {sent} in {load.wall_seconds:.1f} s; CPU each: web server "
        f"{1000 * web / sent:.2f} ms, PostgreSQL {1000 * cluster / sent:.2f} ms",
        flush=True,
    )
    return load


def _measure_flood(stand: Stand, per_second: float, seconds: float) -> int:
    """Send genuine ones at half load: alone, during a flood of forgeries, and alone again."""
    from limosa_lab.benchmarks.payment_data import make_payments

    plan = Plan(seconds=seconds, connections=CONNECTIONS, per_second=per_second)
    before_and_after = replace(plan, seconds=seconds / 2)
    alone = _load(stand, "wechatpay", before_and_after)
    due = make_payments(stand.esim_ids, "wechatpay", count=1)
    (genuine,) = notices(stand.gateway.gateway, "wechatpay", due)
    false = forged(genuine, count=int(FLOOD_PER_SECOND * seconds))
    flood = Plan(
        seconds=seconds, connections=64, per_second=FLOOD_PER_SECOND, from_address="127.0.0.2"
    )
    with ProcessPoolExecutor(1) as pool:
        flooding = pool.submit(send_all, false, stand.port, flood)
        beside = _load(stand, "wechatpay", plan)
        flooded = flooding.result()
    alone.seconds += _load(stand, "wechatpay", before_and_after).seconds
    ratio = beside.percentile_ms(99) / alone.percentile_ms(99)
    print(f"genuine ones at {per_second:.0f}/s, alone, before and after: {_times(alone)}")
    print(
        f"beside {flooded.per_second:.0f} forged ones/s for {seconds:.0f} s: {_times(beside)}: "
        f"{ratio:.2f} times the p99"
    )
    print(f"  the forged were answered {dict(flooded.statuses)}", flush=True)
    if any(status < 400 for status in flooded.statuses):
        raise RuntimeError("a forged notification was accepted")
    return len(alone.seconds) + len(beside.seconds)


def _machine() -> str:
    """Describe the machine's current speed, by a fixed piece of work."""
    began = time.process_time()
    for _ in range(1_000_000):
        pass
    return f"a million turns of a loop take {1000 * (time.process_time() - began):.0f} ms here"


def _times(load: Load) -> str:
    return f"p50 {load.percentile_ms(50):.1f} ms, p99 {load.percentile_ms(99):.1f} ms"


def _check_accepted(load: Load) -> None:
    refused = {status: count for status, count in load.statuses.items() if status >= 300}
    if refused:
        raise RuntimeError(f"genuine notifications were answered {refused}")


def _warm_up(stand: Stand) -> int:
    """Let each process connect, compile and fetch PayPal's certificate; return how many it
    accepted."""
    from limosa_lab.benchmarks.payment_data import make_payments

    accepted = 0
    for provider in PROVIDERS:
        row = 0
        while row < 20:  # After this many in a row both processes have answered.
            due = make_payments(stand.esim_ids, provider, count=1)
            request = notices(stand.gateway.gateway, provider, due)
            load = send_all(request, stand.port, Plan(seconds=10, connections=1))
            is_kept = all(status < 300 for status in load.statuses)
            accepted += is_kept
            row = row + 1 if is_kept else 0
    return accepted


def _print_refused() -> None:
    from limosa.domain.payments.models import RefusedCount

    for row in RefusedCount.objects.order_by("provider", "reason"):
        print(f"refused and counted: {row.provider} {row.reason} {row.count}")


@contextmanager
def _stand(esims: int) -> Iterator[Stand]:
    """Start a cluster, the gateway (for PayPal's certificate) and `limosa web`."""
    with measured_cluster() as folder:
        gateway = GatewayServer(folder / "gateway", time_scale=1.0, refund_seconds=1.0)
        gateway.start()
        try:
            port = _free_port()
            os.environ |= gateway.gateway.settings
            os.environ["LIMOSA_BASE_URL"] = f"http://127.0.0.1:{port}"
            django.setup()
            from limosa_lab.benchmarks.renewal_data import make_esims

            esim_ids = make_esims(count=esims)
            web = _start_web(port)
            try:
                yield Stand(port, web, folder, gateway, esim_ids)
            finally:
                web.kill()
                web.wait()
        finally:
            gateway.stop()


def _start_web(port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "limosa.config.cli", "web", "--port", str(port)]
    web = subprocess.Popen(command)  # noqa: S603 -- a list of our own
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if is_taken(port):
            return web
        time.sleep(0.1)
    raise RuntimeError("the web server did not start")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
