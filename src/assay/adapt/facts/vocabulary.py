"""What a quantity may be, and what functions and methods of the libraries give, by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assay.adapt.facts.naming import What
from assay.adapt.facts.words import Role

# "scalar" is one number, plain or in a tensor; "unknown" may be an array.
Value = Literal["number", "tensor", "scalar", "unknown"]

# Methods and functions that hand on what they are given, as a plain number or as a tensor.
TO_NUMBER = ("item", "tolist", "numpy")
THROUGH = (
    "detach", "cpu", "clone", "data", "double", "float", "mean", "sum", "max", "min", "squeeze",
    "compute", "result", "to", "reduce_mean",
)  # fmt: skip
NUMBERS = ("float", "int", "round", "abs")
# Functions of an array, or of a number, that give one number.
REDUCES = ("mean", "median", "nanmean", "average", "std", "sum", "float", "int", "round")
# Methods of estimators that give one number.
OF_ESTIMATOR = ("score", "bic", "aic")
OF_METER = ("avg", "val", "value", "average", "global_avg", "median", "mean")
NAMED = {
    "mean_squared_error": "mse", "mean_absolute_error": "mae", "root_mean_squared_error": "rmse",
    "r2_score": "r2", "accuracy_score": "accuracy", "f1_score": "f1", "log_loss": "log_loss",
    "precision_score": "precision", "recall_score": "recall", "roc_auc_score": "roc_auc",
    "balanced_accuracy_score": "balanced_accuracy", "mean_absolute_percentage_error": "mape",
    "silhouette_score": "silhouette", "adjusted_rand_score": "adjusted_rand",
    "v_measure_score": "v_measure", "homogeneity_score": "homogeneity", "matthews_corrcoef": "mcc",
    "completeness_score": "completeness", "explained_variance_score": "explained_variance",
    "adjusted_mutual_info_score": "adjusted_mutual_info", "average_precision_score":
    "average_precision", "normalized_mutual_info_score": "normalized_mutual_info",
    "max_error": "max_error", "median_absolute_error": "median_absolute_error", "cohen_kappa_score":
    "kappa", "cross_val_score": "cv_score", "calinski_harabasz_score": "calinski_harabasz",
    "davies_bouldin_score": "davies_bouldin", "brier_score_loss": "brier", "clip_grad_norm_":
    "grad_norm",
}  # fmt: skip
CRITERION = re.compile(r"(^|[._])(criterion|crit|\w*loss_?(fn|func|function|f)?|objective)$", re.I)
MAKES_CRITERION = re.compile(r"Loss(\w*)?$|losses\.")
PURE = re.compile(
    r"(len|float|int|round|abs|min|max|sum|str|range|zip|sorted|list|(np|numpy|math|torch)\."
    r"(?!random|save|load|rand)\w+|.*\.(item|mean|sum|cpu|numpy|detach|tolist|double|float|sqrt|"
    r"keys|values|items|get|compute|std|size|dim|numel|get_last_lr|get_lr|squeeze|max|min|pow|exp|"
    r"log|abs|data|clone|result|average|view|to))$"
)


# What numpy makes arrays with, also out of one number.
MAKES_ARRAYS = re.compile(
    r"(as)?array|(zeros|ones|empty|full)(_like)?|arange|\w*space|repeat|tile|eye|\w*stack|concatenate|"
    r"append|cumsum|gradient"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`name` is what the quantity is called, as far as code says; `phase` what data it is of."""

    name: str = ""
    what: What = ""
    value: Value = "unknown"
    phase: Role = ""
    percent: bool = False


NOTHING = Meaning()
