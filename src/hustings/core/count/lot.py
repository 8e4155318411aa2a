"""The lot: an order of names drawn from a published seed, the same on every machine.

Anybody can repeat it with `sha256sum`; nobody can steer it who does not choose the seed
after seeing the tie. So the seed must be published before the ballots are opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def drawn(seed: str, stage: int, names: Sequence[str]) -> tuple[str, ...]:
    """Return `names` in the order in which the lot draws them.

    Each name's ticket is SHA-256 over seed, line feed, stage in decimal digits, line feed,
    name, all in UTF-8. Tickets are drawn in ascending order of their bytes, so the order
    of `names` does not matter. Spec: spec/count/ties.md, paragraph 7.

    Args:
        seed: published text without a line feed.
        stage: number of the stage at whose end the names have equal votes, from 1.
        names: the candidates still tied, each once.
    """

    def ticket(name: str) -> bytes:
        return sha256(f"{seed}\n{stage}\n{name}".encode()).digest()

    return tuple(sorted(names, key=ticket))
