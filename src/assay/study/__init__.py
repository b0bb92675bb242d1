"""Figures from verdicts: how much passes, how sure that is, and which of two is better.

    study = Study(samples, ks=(1, 5))
    study.figures()["pass@1"]            22.1 % [17.0, 28.1] of 164
    study.table("model", "stage")        a group of figures for each
    compare(first, second)               better, worse, or tied

Every figure is a mean over tasks with an interval and a denominator; `intervals` says how they are
chosen. The functions below take plain arrays.
"""

from __future__ import annotations

from assay.study.agreement import (
    RankAgreement,
    cohens_d,
    fishers_ratio,
    rank_agreement,
    rank_agreement_of,
)
from assay.study.axes import Axis, axis, cutoff_axis, since_axis
from assay.study.bootstrap import bootstrap_ends, cluster_sums
from assay.study.export import records, tables, to_csv, to_json, to_markdown
from assay.study.figure import Figure
from assay.study.intervals import Clusters, Settings, choose_clusters, mean_figure, mean_figures
from assay.study.paired import Comparison, compare_values, correct, holm
from assay.study.passing import (
    AtTemperatures,
    RunSpread,
    at_temperatures,
    over_runs,
    pass_at_k,
    share_of_checks,
)
from assay.study.plots import bars
from assay.study.quality import Quality, QualityFigures, against_references, measure, relative_cost
from assay.study.rates import wilson
from assay.study.samples import Configuration, Sample, Units, units
from assay.study.signs import mcnemar_exact, sign_flip_test
from assay.study.tables import Group, Study, Table, compare

__all__ = [
    "AtTemperatures",
    "Axis",
    "Clusters",
    "Comparison",
    "Configuration",
    "Figure",
    "Group",
    "Quality",
    "QualityFigures",
    "RankAgreement",
    "RunSpread",
    "Sample",
    "Settings",
    "Study",
    "Table",
    "Units",
    "against_references",
    "at_temperatures",
    "axis",
    "bars",
    "bootstrap_ends",
    "choose_clusters",
    "cluster_sums",
    "cohens_d",
    "compare",
    "compare_values",
    "correct",
    "cutoff_axis",
    "fishers_ratio",
    "holm",
    "mcnemar_exact",
    "mean_figure",
    "mean_figures",
    "measure",
    "over_runs",
    "pass_at_k",
    "rank_agreement",
    "rank_agreement_of",
    "records",
    "relative_cost",
    "share_of_checks",
    "sign_flip_test",
    "since_axis",
    "tables",
    "to_csv",
    "to_json",
    "to_markdown",
    "units",
    "wilson",
]
