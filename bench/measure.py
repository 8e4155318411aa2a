"""Measures a whole process: CPU seconds, wall seconds and peak memory, as the system saw it."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process. CPU is user and system together; memory is the peak, in MB."""

    code: int
    output: str
    errors: str
    cpu: float
    wall: float
    megabytes: float


def run(command: list[str | Path], *, folder: Path) -> Run:
    """Run a command to its end and say what it took."""
    out, err = folder / "stdout", folder / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        started = time.perf_counter()
        child = subprocess.Popen([str(part) for part in command], stdout=stdout, stderr=stderr)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        code=child.returncode,
        output=out.read_text(errors="replace"),
        errors=err.read_text(errors="replace"),
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        megabytes=usage.ru_maxrss / 1024,
    )


def machine() -> str:
    """The machine in a few words: processor, cores, system and Python."""
    processor = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    cores = len(os.sched_getaffinity(0))
    return f"{processor}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def commit(root: Path) -> str:
    """The commit that was measured, with a plus sign where the tree had changes on top."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    return (git("rev-parse", "--short=12", "HEAD") or "none") + (
        "+" if git("status", "--porcelain", "src") else ""
    )
