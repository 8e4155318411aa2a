"""Seeded ranked ballots for benchmarks: Zipf-like support, some voters ranking few candidates."""

from __future__ import annotations

import random
from pathlib import Path

CANDIDATES = tuple(f"Candidate {letter}" for letter in "ABCDEFGHIJ")


def rankings(count: int, seed: int):
    """Yield `count` rankings as tuples of candidate indices, best first.

    Candidate k draws with weight 1/k: each ranking is a weighted order without replacement
    (exponential keys), cut after 1 to 10 ranks, with short ones more common.
    """
    chance = random.Random(seed)
    weights = [k + 1 for k in range(len(CANDIDATES))]
    for _ in range(count):
        length = chance.randint(1, 10) if chance.random() < 0.6 else chance.randint(1, 4)
        keys = [-(chance.random() ** weight) for weight in weights]
        yield tuple(sorted(range(len(keys)), key=keys.__getitem__)[:length])


def write(folder: Path, count: int, seed: int = 2016) -> dict[str, Path]:
    """Write the same ballots as BLT and as cast vote records (with and without other columns)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "blt": folder / f"zipf-{count}-{seed}.blt",
        "cvr": folder / f"zipf-{count}-{seed}.csv",
        "cvr-ids": folder / f"zipf-{count}-{seed}-ids.csv",
    }
    if all(path.exists() for path in files.values()):
        return files
    partial = {name: path.with_name(f"{path.name}.partial") for name, path in files.items()}
    ranks = ",".join(f"rank{k}" for k in range(1, len(CANDIDATES) + 1))
    with (
        partial["blt"].open("w") as blt,
        partial["cvr"].open("w") as cvr,
        partial["cvr-ids"].open("w") as ids,
    ):
        blt.write(f"{len(CANDIDATES)} 1\n")
        cvr.write(f"{ranks}\n")
        ids.write(f"ballot_id,precinct,{ranks}\n")
        for number, ranking in enumerate(rankings(count, seed), 1):
            blt.write(f"1 {' '.join(str(c + 1) for c in ranking)} 0\n")
            cells = [CANDIDATES[c] for c in ranking] + [""] * (len(CANDIDATES) - len(ranking))
            cvr.write(f"{','.join(cells)}\n")
            ids.write(f"b{number:07d},P{number % 97:02d},{','.join(cells)}\n")
        blt.write("0\n" + "".join(f'"{name}"\n' for name in CANDIDATES) + '"Zipf"\n')
    for name, path in partial.items():
        path.replace(files[name])
    return files
