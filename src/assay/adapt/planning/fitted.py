"""What an estimator says of its own fit, where the script computes no figure: how tight its
clusters are, how well it stands for the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assay.adapt.facts import Call, Metric, Model
from assay.adapt.planning.words import Draft

# One number each, that is known when fit() has ended.
_FIGURES = {
    "KMeans": "inertia_", "MiniBatchKMeans": "inertia_", "BisectingKMeans": "inertia_",
    "GaussianMixture": "lower_bound_", "BayesianGaussianMixture": "lower_bound_",
    "AgglomerativeClustering": "n_clusters_", "FeatureAgglomeration": "n_clusters_",
    "NMF": "reconstruction_err_", "MiniBatchNMF": "reconstruction_err_",
    "TSNE": "kl_divergence_", "MDS": "stress_", "LatentDirichletAllocation": "bound_",
    "PCA": "noise_variance_", "IncrementalPCA": "noise_variance_", "FastICA": "n_iter_",
    "GraphicalLassoCV": "alpha_", "GraphicalLasso": "n_iter_", "MeanShift": "n_iter_",
    "AffinityPropagation": "n_iter_", "IsolationForest": "offset_", "OneClassSVM": "offset_",
    "EllipticEnvelope": "offset_",
}  # fmt: skip


def figures(draft: Draft, fits: Sequence[Call]) -> Iterator[Metric]:
    """One figure of each fit of an estimator that has one."""
    for fit in fits:
        name = fit.object if fit.object.isidentifier() else next(iter(fit.assigned), "")
        model = _made_before(draft.facts.models, name, fit)
        attribute = _FIGURES.get(model.qualified.rsplit(".", 1)[-1]) if model is not None else None
        if attribute is not None:
            yield Metric(
                attribute.strip("_"), f"{name}.{attribute}", fit.line, fit.end_line, fit.function,
                "final", fit.loop, "number", why="what the estimator says of its fit",
            )  # fmt: skip


def _made_before(models: Sequence[Model], name: str, fit: Call) -> Model | None:
    """The estimator that a variable holds where it is fitted."""
    known = [model for model in models if model.name == name and model.framework == "sklearn"
             and model.function in ("", fit.function) and model.line <= fit.line]  # fmt: skip
    return known[-1] if known else None
