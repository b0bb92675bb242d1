"""Prices, the price before the run, and the cap."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assay import InputError
from assay.models.costs import Budget, BudgetSpent, Price, estimate, load_prices
from tests.models.conftest import ask


def test_a_dated_edition_has_its_models_price() -> None:
    prices = load_prices()
    assert prices.as_of
    assert prices.find("gpt-4o-2024-08-06") == prices.find("gpt-4o")
    assert prices.find("gpt-4o-mini") != prices.find("gpt-4o")
    assert prices.find("gpt-4omega") is None


def test_the_users_prices_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('["gpt-4o"]\nprompt = 1\ncompletion = 2.5\n')
    monkeypatch.setenv("ASSAY_PRICES", str(file))
    prices = load_prices()
    assert prices.find("gpt-4o") == prices.find_own("gpt-4o") == Price(1, 2.5)
    assert prices.find_own("gpt-5") is None
    assert Price(1, 2.5).cost(1_000_000, 2_000_000) == 6.0


@pytest.mark.parametrize(
    "text",
    ["no toml", '["m"]\nprompt = 1', '["m"]\nprompt = -1\ncompletion = 1', "m = 3",
     '["m"]\nprompt = true\ncompletion = 1'],
)  # fmt: skip
def test_bad_prices_are_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=r"prices\.toml: "):
        load_prices(file)
    with pytest.raises(InputError, match="cannot be read"):
        load_prices(tmp_path / "none.toml")


def test_an_estimate_brackets_the_price() -> None:
    found = estimate([(ask("word " * 100, max_tokens=500), 4), (ask("x"), 1)], Price(1.0, 10.0))
    assert found.requests == 5
    assert found.most_completion_tokens == 4 * 500 + 1024
    assert 400 < found.prompt_tokens < 1000
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.high
    # 4 times 100 prompt tokens or a little more, and all the completions may hold.
    assert found.high == pytest.approx(0.0302 + 0.0009, rel=0.1)
    assert estimate([(ask(), 1)], None).high is None


def test_a_request_waits_while_those_under_way_may_turn_out_cheap() -> None:
    async def run() -> Budget:
        budget = Budget(1.0)
        await budget.reserve(0.8)
        waiting = asyncio.create_task(budget.reserve(0.5))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await budget.settle(0.8, 0.1)
        await asyncio.wait_for(waiting, 1)
        await budget.settle(0.5, 0.5)
        with pytest.raises(BudgetSpent, match=r"\$0\.6000 of --max-cost 1"):
            await budget.reserve(0.41)
        return budget

    assert asyncio.run(run()).spent == pytest.approx(0.6)
