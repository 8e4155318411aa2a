"""The kernel's Python face gives the group of RFC 9496, and refuses what is not canonical."""

import hustings_kernel
import pytest

from tests.vectors import cases


@pytest.mark.parametrize("case", cases("group/multiples.jsonl"))
def test_multiples_of_the_generator_are_those_of_the_rfc(case):
    scalar = bytes.fromhex(case["scalar"])
    if case["expect"] == "error":
        with pytest.raises(ValueError, match=r"index 0|whole number"):
            hustings_kernel.Scalars.from_bytes(scalar)
    else:
        points = hustings_kernel.Scalars.from_bytes(scalar).times_generator()
        assert points.to_bytes().hex() == case["expect"]


def test_a_vector_operation_keeps_order_and_length():
    every = (param.values[0] for param in cases("group/multiples.jsonl"))
    valid = [case for case in every if case["expect"] != "error"]
    scalars = hustings_kernel.Scalars.from_bytes(
        b"".join(bytes.fromhex(case["scalar"]) for case in valid)
    )
    points = scalars.times_generator()
    assert len(scalars) == len(points) == len(valid)
    assert points.to_bytes().hex() == "".join(case["expect"] for case in valid)
