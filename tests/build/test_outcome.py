"""What a build comes to."""

from __future__ import annotations

import pytest

from assay.build.outcome import limit


@pytest.mark.parametrize(
    ("seconds", "each"), [([], 2.0), ([0.01, 0.19], 2.0), ([0.1, 0.41], 5.0), ([1.5], 15.0)]
)
def test_a_check_may_use_a_multiple_of_what_the_slowest_reference_took(
    seconds: list[float], each: float
) -> None:
    assert limit(seconds) == each
