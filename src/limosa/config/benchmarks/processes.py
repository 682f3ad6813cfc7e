"""CPU time of other processes, from /proc."""

import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_postgres() -> float:
    """Return the CPU time that all PostgreSQL processes of this machine have used; ended ones
    count with the server that started them."""
    return sum(
        _cpu_seconds(process)
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _name(process) == "postgres"
    )


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _cpu_seconds(process: Path) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime, cutime, cstime: fields 14 to 17 of proc(5), counted from the state, field 3.
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS_PER_SECOND
