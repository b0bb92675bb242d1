"""What is settled before the script starts: variables of the environment, seeds."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping

# Nothing is to be sent, asked, or shown, and what libraries keep for themselves stays in HOME.
_OFFLINE = {
    "WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_CONSOLE": "off",
    "WANDB_DISABLE_CODE": "true", "WANDB_DISABLE_GIT": "true", "WANDB_DISABLE_STATS": "true",
    "WANDB_X_DISABLE_STATS": "true", "WANDB_ERROR_REPORTING": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1",
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false", "MLFLOW_LOGGING_LEVEL": "WARNING",
    "COMET_OFFLINE_DIRECTORY": ".cometml-runs", "COMET_START_ONLINE": "0", "COMET_MODE": "create",
    "COMET_DISABLE_AUTO_LOGGING": "0", "COMET_API_KEY": "offline-0000000000000000",
    "COMET_LOGGING_CONSOLE": "error", "COMET_AUTO_LOG_ENV_DETAILS": "false",
    "COMET_AUTO_LOG_GIT_METADATA": "false", "COMET_AUTO_LOG_GIT_PATCH": "false",
    "TRACKIO_DISABLE_ANALYTICS": "1", "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
    "TQDM_DISABLE": "1", "MPLBACKEND": "Agg", "KERAS_BACKEND": "torch",
    "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "",
    "NO_ALBUMENTATIONS_UPDATE": "1", "SDL_VIDEODRIVER": "dummy", "PYTORCH_ENABLE_MPS_FALLBACK": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}  # fmt: skip
_IN_HOME = {
    "WANDB_CACHE_DIR": "wandb-cache", "WANDB_CONFIG_DIR": "wandb-config",
    "WANDB_DATA_DIR": "wandb-data", "WANDB_ARTIFACT_DIR": "wandb-artifacts",
    "TRACKIO_DIR": "trackio", "HF_HOME": "huggingface", "TORCH_HOME": "torch",
    "KERAS_HOME": "keras", "MPLCONFIGDIR": "matplotlib", "XDG_CACHE_HOME": "cache",
    "NLTK_DATA": "nltk", "SCIKIT_LEARN_DATA": "sklearn",
}  # fmt: skip


def variables(scratch: str, given: Mapping[str, str]) -> None:
    home = os.path.join(scratch, "home")
    os.makedirs(home)
    places = {name: os.path.join(home, folder) for name, folder in _IN_HOME.items()}
    os.environ.update({**_OFFLINE, **places, "HOME": home, **given})


def reseed() -> None:
    """Every run starts from the same numbers, whatever our own preparations drew."""
    random.seed(0)
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed(0)
        # Generators that nobody seeds, as those of gymnasium's environments.
        numpy.bit_generator.randbits = lambda bits: 20_240_101 % 2**bits
    if torch := sys.modules.get("torch"):
        torch.default_generator.manual_seed(0)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.random.set_seed(0)
