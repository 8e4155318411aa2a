"""Reading and counting a million ten-candidate ballots by the alternative vote, beside peers.

`make bench` runs it and adds a line a contender to bench/results/count.jsonl; the table it
prints is also kept as bench/results/count.md. Ratios are what to trust: every contender
reads the same file on the same machine in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import ballots, measure

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "bench"
RESULTS = Path(__file__).parent / "results"
PEERS = ROOT / "build" / "peers" / "bin" / "python"


def contenders(files: dict[str, Path], scratch: Path) -> dict[str, list[str | Path]]:
    """Each contender's name and command."""
    hustings = [Path(sys.executable).with_name("hustings"), "count"]
    av = ["--rule", "av", "--json"]
    names = "|".join(ballots.CANDIDATES)
    peers = Path(__file__).parent / "peers"
    return {
        "hustings, BLT": [*hustings, files["blt"], *av],
        "hustings, cast vote records": [*hustings, files["cvr"], *av],
        "hustings, cast vote records with other columns": [*hustings, files["cvr-ids"], *av],
        "hustings, with every ballot's path": [
            *hustings, files["cvr-ids"], *av, "--path", scratch / "paths.csv",
        ],
        "pyrankvote, cast vote records": [PEERS, peers / "pyrankvote_av.py", files["cvr"], names],
        "VoteKit, cast vote records": [PEERS, peers / "votekit_av.py", files["cvr"], names],
    }  # fmt: skip


def elected(output: str) -> str:
    """Who won, from a contender's output: our JSON, or a peer's one line."""
    if output.startswith("{"):
        return ", ".join(json.loads(output)["elected"])
    return output.strip().splitlines()[-1].removeprefix("elected: ")


def versions() -> dict[str, str]:
    """Versions of the peers that were run."""
    ask = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({n: m.version(n) for n in ('pyrankvote', 'votekit')}))"
    )
    listed = subprocess.run([PEERS, "-c", ask], capture_output=True, text=True, check=True)
    found: dict[str, str] = json.loads(listed.stdout)
    return found


def table(rows: list[dict[str, Any]], about: dict[str, Any]) -> str:
    """The rows as Markdown; each contender's CPU time is a multiple of our slowest plain count."""
    ours = max((row["cpu"] for row in rows if row["plain"]), default=None)
    lines = [
        "# Counting a million ballots",
        "",
        "{ballots:,} ballots, ten candidates, seed {seed}, alternative vote; read and counted. "
        "{date}, commit {commit}.".format(**about),
        "",
        "Machine: {machine}. Peers: {peers}. Run it again with `make bench`.".format(**about),
        "",
        "| contender | CPU s | wall s | peak MB | CPU, ours = 1 | elected |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        if row["error"]:
            lines.append(f"| {row['contender']} | | | | | did not finish: {row['error']} |")
            continue
        ratio = f"{row['cpu'] / ours:.1f}" if ours else ""
        lines.append(
            f"| {row['contender']} | {row['cpu']:.2f} | {row['wall']:.2f} | {row['megabytes']:.0f}"
            f" | {ratio} | {row['elected']} |"
        )
    return "\n".join(lines) + "\n"


def measured(contender: str, command: list[str | Path], folder: Path) -> dict[str, Any]:
    """Run one contender and give its row."""
    run = measure.run(command, folder=folder)
    last = (run.errors.strip().splitlines() or [f"exit {run.code}"])[-1]
    return {
        "contender": contender,
        "plain": contender.startswith("hustings") and "path" not in contender,
        "cpu": run.cpu,
        "wall": run.wall,
        "megabytes": run.megabytes,
        "elected": elected(run.output) if run.code == 0 else "",
        "error": "" if run.code == 0 else last,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2016)
    parser.add_argument("--only", default="", help="contenders whose name contains this")
    parser.add_argument("--keep", action="store_true", help="record the results in bench/results")
    chosen = parser.parse_args()
    print(f"Making {chosen.ballots:,} ballots (once; kept in build/bench).", file=sys.stderr)
    files = ballots.write(FOLDER, chosen.ballots, chosen.seed)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for contender, command in contenders(files, Path(name)).items():
            if chosen.only in contender:
                print(f"{contender} …", file=sys.stderr)
                rows.append(measured(contender, command, Path(name)))
    about: dict[str, Any] = {
        "ballots": chosen.ballots,
        "seed": chosen.seed,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": measure.commit(ROOT),
        "machine": measure.machine(),
        "peers": ", ".join(f"{peer} {version}" for peer, version in versions().items()),
    }
    text = table(rows, about)
    print(text)
    if chosen.keep:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "count.md").write_text(text)
        with (RESULTS / "count.jsonl").open("a") as log:
            log.writelines(json.dumps({**about, **row}) + "\n" for row in rows)


if __name__ == "__main__":
    main()
