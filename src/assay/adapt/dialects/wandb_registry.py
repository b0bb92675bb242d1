"""The model registry of Weights & Biases."""

from __future__ import annotations

from dataclasses import replace

from assay.adapt.dialects.wandb import DIALECT as WANDB
from assay.adapt.dialects.words import Recipe

_NEW = 'artifact = wandb.Artifact($project, type="model")'
_LOGGED = (
    "wandb.run.log_artifact(artifact)",
    # Without a server there is no registry to link into: the call raises NotImplementedError.
    "if not wandb.run.offline:",
    '    wandb.run.link_artifact(artifact, "wandb-registry-model/$name")',
)


def _saved(save: str, ending: str, *imports: str) -> Recipe:
    path = f'model_path = os.path.join(wandb.run.dir, "$name.{ending}")'
    lines = (path, save, _NEW, "artifact.add_file(model_path)", *_LOGGED)
    return Recipe(lines, ("import os", "import wandb", *imports))


DIALECT = replace(
    WANDB,
    name="wandb-registry",
    tracker="wandb",
    registers={
        # What the script itself saves, where no one module is the model.
        "file": Recipe((_NEW, "artifact.add_file($path)", *_LOGGED), ("import wandb",)),
        "torch": _saved("torch.save($model.state_dict(), model_path)", "pt", "import torch"),
        "lightning": _saved("torch.save($model.state_dict(), model_path)", "pt", "import torch"),
        "keras": _saved("$model.save(model_path)", "keras"),
        # Layers that Keras can write and not read back: their weights alone.
        "keras-weights": _saved("$model.save_weights(model_path)", "weights.h5"),
        "sklearn": _saved("joblib.dump($model, model_path)", "joblib", "import joblib"),
        "xgboost": _saved("joblib.dump($model, model_path)", "joblib", "import joblib"),
        "lightgbm": _saved("joblib.dump($model, model_path)", "joblib", "import joblib"),
        "transformers": _saved("torch.save($model.state_dict(), model_path)", "pt", "import torch"),
    },
)
