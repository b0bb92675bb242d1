"""The conformance test for oracles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from assay.adapt.oracles import Case, Oracle, Question
from assay.adapt.words import Finding


def check_oracle(oracle: Oracle, right: Case, wrong: Case, others: Sequence[Case] = ()) -> None:
    """Raise AssertionError where an oracle does not do what a proof relies on.

    It must have nothing against `right`, must refuse `wrong`, and must neither prove nor refuse
    the `others`, which are none of its business. `assay.adapt.proving.cases` makes cases.
    """
    assert oracle.name == oracle.name.strip() != "", "an oracle needs a name"
    assert oracle.question in get_args(Question), f"{oracle.question!r} is no kind of question"
    found = _findings(oracle, right)
    assert any(one.holds for one in found), "a right rewrite is not proven by anything"
    assert all(one.holds is not False for one in found), "a right rewrite is refused"
    assert any(one.holds is False for one in _findings(oracle, wrong)), "a wrong one passes"
    for case in others:
        told = [one.text for one in _findings(oracle, case) if one.holds is not None]
        assert not told, f"it has something to say where it was not asked: {told[0]}"


def _findings(oracle: Oracle, case: Case) -> list[Finding]:
    first, second = list(oracle.judge(case)), list(oracle.judge(case))
    assert first == second, "asked twice, it says something else"
    for one in first:
        assert isinstance(one, Finding), "it yields something that is no Finding"
        assert one.oracle == oracle.name, "a finding bears another oracle's name"
        assert one.text.strip(), "a finding has nothing for people to read"
        assert "\n" not in one.text, "a finding is one line"
    return first
