"""The probes: each finds its layer missing when it is, and the level says so."""

from __future__ import annotations

import pytest

from assay import HarnessError, Limits
from assay.core.errors import InputError, ProtectionError
from assay.engine import cgroups, environments, protection
from assay.engine.inside import attacks
from assay.engine.jail import JailRefused, Setup
from assay.engine.levels import (
    LAYERS,
    LEVELS,
    NAMESPACES,
    Protection,
    check_floor,
    level_of,
    require,
)
from assay.engine.pool import Pool


def probe(setup: Setup) -> dict[str, bool]:
    environment = environments.PYTHON
    with Pool(environment, environments.prepare(environment), Limits(), setup, 1) as pool:
        return protection.probe(pool, Limits())


@pytest.fixture(scope="module")
def whole() -> dict[str, bool]:
    try:
        return probe(Setup(True, tuple(protection.available_layers())))
    except HarnessError as refused:
        pytest.skip(f"this machine has no namespaces for us: {refused}")


def test_every_layer_is_probed(whole: dict[str, bool]) -> None:
    assert list(whole) == list(LAYERS)


@pytest.mark.parametrize("layer", ["landlock", "seccomp"])
def test_a_layer_that_is_left_away_is_found_missing(whole: dict[str, bool], layer: str) -> None:
    if not whole[layer]:
        pytest.skip(f"{layer} is missing here anyway")
    others = tuple(name for name in ("landlock", "seccomp") if name != layer)
    held = probe(Setup(True, others))
    assert not held[layer]
    assert {name: holds for name, holds in held.items() if name != layer} == {
        name: holds for name, holds in whole.items() if name != layer
    }


def test_more_tasks_than_allowed_are_had_where_nothing_limits_them() -> None:
    assert attacks.forks(3)


def test_where_namespaces_are_refused_the_level_is_lower_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = protection.Pool

    def refusing(environment, built, limits, setup, workers):  # type: ignore[no-untyped-def]
        if setup.namespaces:
            raise JailRefused("unshare: Operation not permitted")
        return real(environment, built, limits, setup, workers)

    monkeypatch.setattr(protection, "Pool", refusing)
    environment = environments.PYTHON
    with protection.open_pool(environment, environments.prepare(environment), Limits(), 1) as pool:
        found = pool.protection
    assert found.level == ("restricted" if "landlock" in found.layers else "minimal")
    assert [name for name, holds in found.layers.items() if not holds] == list(NAMESPACES)
    assert set(found.missing) == set(NAMESPACES)
    assert "not permitted" in found.missing["pid"]


def test_memory_is_bounded_by_polling_where_there_is_no_cgroup(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cgroups, "make", lambda _name: None)
    environment = environments.PYTHON
    pool = protection.open_pool(environment, environments.prepare(environment), Limits(), 1)
    with pool:
        assert pool.protection.memory_by == "polling"
        assert pool.protection.layers["memory"]


def test_levels_are_ordered_and_named_by_what_holds() -> None:
    everything = dict.fromkeys(LAYERS, True)
    assert level_of(everything) == "full"
    assert level_of(everything | {"landlock": False}) == "strong"
    assert level_of(everything | {"mount": False, "pid": False}) == "restricted"
    assert level_of(everything | {"mount": False, "seccomp": False}) == "minimal"
    assert level_of(everything | {"limits": False}) == "none"
    for weaker, stronger in zip(list(LEVELS)[:2], list(LEVELS)[1:3], strict=True):
        assert LEVELS[weaker] <= LEVELS[stronger]


def test_a_floor_refuses_and_says_what_is_missing() -> None:
    layers = dict.fromkeys(LAYERS, True) | {"mount": False}
    here = Protection("restricted", layers, {}, "cgroup")
    require(here, "restricted")
    with pytest.raises(ProtectionError, match="mount missing"):
        require(here, "full")
    with pytest.raises(InputError, match="none, minimal"):
        check_floor("good")
