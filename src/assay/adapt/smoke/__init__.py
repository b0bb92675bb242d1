"""Smoke runs: a whole script, in the jail, offline, on synthetic data, in seconds.

>>> from assay.adapt.smoke import opened, prepared, run
>>> with opened() as session:                                           # doctest: +SKIP
...     print(run(session, prepared("print('hello')")).stdout)
hello
<BLANKLINE>
"""

from assay.adapt.smoke.preparing import Prepared, prepared, script_of
from assay.adapt.smoke.running import (
    ENVIRONMENT,
    environment_for,
    only_for,
    opened,
    run,
    run_all,
)
from assay.adapt.smoke.settings import settings_beside

__all__ = [
    "ENVIRONMENT",
    "Prepared",
    "environment_for",
    "only_for",
    "opened",
    "prepared",
    "run",
    "run_all",
    "script_of",
    "settings_beside",
]
