"""What fails a check goes back to the model, with the check and what the program gave."""

from __future__ import annotations

from collections.abc import Callable

from assay.core.words import Check
from assay.models.base import Completion, Model, ModelFailure, all_of
from assay.models.costs import BudgetSpent
from assay.models.extraction import extract
from assay.models.solvers import Setting
from assay.solve import prompts
from assay.solve.evidence import shown
from assay.solve.proposing import warm
from assay.solve.weighing import Cluster, Standing, told

# The best of so many behaviours are mended in a round, by so many answers each.
_MOST_MENDED, _ANSWERS = 3, 2


async def repair(
    standing: Standing, model: Model, setting: Setting, number: int, tell: Callable[[], None]
) -> bool:
    """One round: the repaired programs join the pool, and have to win like any other. False where
    there was nothing to repair, or nothing came of it."""
    pool = standing.pool
    before = len(pool.programs)
    wishes = [
        (cluster, check)
        for cluster in standing.clusters[:_MOST_MENDED]
        if (check := _failing(standing, cluster)) is not None
    ]

    async def ask(cluster: Cluster, check: Check) -> None:
        assert standing.filled is not None
        gave = shown(standing.filled.verdict(cluster.row, check.id))
        program = standing.filled.programs[cluster.row]

        def keep(_: int, completion: Completion) -> None:
            pool.cost = pool.cost.plus(completion)
            found = extract(completion.text, pool.task.target, prompt=pool.task.prompt)
            why = found.outcome.label if found.outcome else ""
            pool.add_program(found.program, why, f"repair {number}", completion.text)
            tell()

        messages = prompts.for_repair(pool.task, program, told(check), gave)
        try:
            await model.sample(warm(setting).request(messages, pool.task), range(_ANSWERS), keep)
        except (ModelFailure, BudgetSpent) as fault:
            pool.faults.append(fault)

    await all_of(ask(cluster, check) for cluster, check in wishes)
    return len(pool.programs) > before


def _failing(standing: Standing, cluster: Cluster) -> Check | None:
    """The failed check that most speaks against a program: one that the user vouches for, else
    the one that most programs pass."""
    assert standing.filled is not None
    table, pool = standing.filled.table, standing.pool
    weight = table.copies @ table.passed
    vouched = {check.id for check in pool.trusted}
    failed = [
        (check.id in vouched, int(weight[column]), -place, check)
        for place, (check, column, passed) in enumerate(
            zip(standing.checks, standing.filled.columns, standing.passes(cluster.row), strict=True)
        )
        if not passed and (check.id in vouched or weight[column] > 0)
    ]
    return max(failed, key=lambda one: one[:3])[3] if failed else None
