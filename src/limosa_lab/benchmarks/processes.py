"""CPU time and memory of processes, from /proc."""

import os
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_cluster(cluster: Path) -> float:
    """Return the CPU time that a cluster's processes have used so far.

    They are found by their working directory. The server's figure includes children that have
    ended.
    """
    return sum(
        _cpu_seconds(process)
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _works_in(process, cluster)
    )


def cpu_seconds_of_group(parent: int) -> float:
    """Return the CPU time of a process and its children, including those that have ended."""
    return sum(_cpu_seconds(process) for process in _group(parent))


def busy_seconds_of_machine() -> float:
    """Return the CPU time that all processes together have used since the start."""
    user, nice, system, _idle, _waiting, interrupts, soft, *_ = (
        int(ticks) for ticks in Path("/proc/stat").read_text().split()[1:11]
    )
    return (user + nice + system + interrupts + soft) / _TICKS_PER_SECOND


def resident_bytes_of_group(parent: int) -> int:
    """Return the memory that a process and its children have resident; shared pages count in
    each."""
    return sum(_resident_bytes(process) for process in _group(parent))


def _group(parent: int) -> list[Path]:
    children = [
        process
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _parent_of(process) == parent
    ]
    return [Path(f"/proc/{parent}"), *children]


def _resident_bytes(process: Path) -> int:
    try:
        pages = int((process / "statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


def _cpu_seconds(process: Path) -> float:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime, cutime, cstime: fields 14 to 17 of proc(5), counted from the state, field 3.
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS_PER_SECOND
