"""The array kernel: ristretto255 (RFC 9496) as arrays, in native code, on all cores."""

from typing import final

@final
class Scalars:
    """Public scalars modulo the group's order, in order, 32 bytes each."""

    @staticmethod
    def from_bytes(data: bytes, /) -> Scalars:
        """Read little-endian scalars, 32 bytes each.

        Raises:
            ValueError: the length is no multiple of 32, or a value is not below the order
                of the group (its index is named).
        """

    def to_bytes(self) -> bytes:
        """Encode the scalars, 32 bytes each, in order."""

    def times_generator(self) -> Points:
        """Multiply the generator by each scalar."""

    def __len__(self) -> int: ...

@final
class Points:
    """Points of ristretto255, in order."""

    def to_bytes(self) -> bytes:
        """Encode the points (RFC 9496, section 4.3.2), 32 bytes each, in order."""

    def __len__(self) -> int: ...
