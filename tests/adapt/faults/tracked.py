"""Plain PyTorch, tracked."""

from __future__ import annotations

from tests.adapt.faults import Adaptation, Edits, Fault

_PARSED = "    args = parser.parse_args()\n"
_PRINTED = """\
        print(f"epoch {epoch}: train {train_loss:.4f} val {val_loss:.4f} acc {val_acc:.3f}")
"""
_TESTED = """\
    print(f"test loss {test_loss:.4f} acc {test_acc:.3f}, best val {best_acc:.3f}/{best_loss:.3f}")
"""
_GUARD = 'if __name__ == "__main__":\n    main()\n'
_METRICS = """\
        mlflow.log_metrics(
            {"train/loss": train_loss, "val/loss": val_loss, "val/accuracy": val_acc},
            step=epoch,
        )
"""
_LOOP = "    for epoch in range(args.epochs):\n"
_RUN = 'with mlflow.start_run(run_name="points"):\n        main()\n'
_BATCH = '        if batch_idx % args.log_interval == 0:\n            print(f"  epoch'
_FINAL = '    mlflow.log_metrics({"test/loss": test_loss, "test/accuracy": test_acc})\n'
_PARAMS = "    mlflow.log_params(vars(args))\n"

_MLFLOW: Edits = (
    ("import torch\nfrom torch import nn\n", "import mlflow\nimport torch\nfrom torch import nn\n"),
    (_PARSED, _PARSED + _PARAMS),
    (
        _BATCH,
        '        mlflow.log_metric(\n            "train/batch_loss", loss.item(), '
        "step=epoch * len(loader) + batch_idx\n        )\n" + _BATCH,
    ),
    (_PRINTED, _PRINTED + _METRICS),
    (_TESTED, _TESTED + _FINAL),
    (_GUARD, f'if __name__ == "__main__":\n    {_RUN}'),
)

_WANDB: Edits = (
    ("import torch\nfrom torch import nn\n", "import torch\nimport wandb\nfrom torch import nn\n"),
    (_PARSED, _PARSED + '    run = wandb.init(project="points", config=vars(args))\n'),
    (
        _PRINTED,
        _PRINTED + '        run.log({"train/loss": train_loss, "val/loss": val_loss, '
        '"val/accuracy": val_acc})\n',
    ),
    (
        '    torch.save(model.state_dict(), "points.pt")\n',
        '    torch.save(model.state_dict(), "points.pt")\n    run.finish()\n',
    ),
)

_COMET: Edits = (
    (
        "import argparse\nimport random\n\nimport torch\n",
        "import argparse\nimport random\n\nimport comet_ml\nimport torch\n",
    ),
    (
        _PARSED,
        _PARSED + '    experiment = comet_ml.start(project_name="points", online=False)\n'
        "    experiment.log_parameters(vars(args))\n",
    ),
    (
        _PRINTED,
        _PRINTED + '        experiment.log_metrics({"train_loss": train_loss, "val_loss": '
        "val_loss}, step=epoch)\n",
    ),
    (_TESTED, _TESTED + "    experiment.end()\n"),
)

_TRACKIO: Edits = (
    (
        "import torch\nfrom torch import nn\n",
        "import torch\nimport trackio\nfrom torch import nn\n",
    ),
    (_PARSED, _PARSED + '    trackio.init(project="points", name="one", config=vars(args))\n'),
    (
        _PRINTED,
        _PRINTED + '        trackio.log({"train_loss": train_loss, "val_acc": val_acc})\n',
    ),
    (_TESTED, _TESTED + "    trackio.finish()\n"),
)

_TENSORBOARD: Edits = (
    (
        "from torch.utils.data import DataLoader, TensorDataset\n",
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "from torch.utils.tensorboard import SummaryWriter\n",
    ),
    (_PARSED, _PARSED + '    writer = SummaryWriter("runs/points")\n'),
    (
        _PRINTED,
        _PRINTED + '        writer.add_scalar("Loss/train", train_loss, epoch)\n'
        '        writer.add_scalar("Loss/val", val_loss, epoch)\n'
        '        writer.add_scalar("Accuracy/val", val_acc, epoch)\n',
    ),
    (
        _TESTED,
        _TESTED + '    writer.add_hparams(vars(args), {"hparam/test_acc": test_acc})\n'
        "    writer.close()\n",
    ),
)

_GAN_SAID = """\
    print("D right on real data: {}/{} ({:.1f}%)".format(correct, total, 100.0 * correct / total))
"""
_GAN_LOGS = """\
    mlflow.log_metrics(
        {
            "loss_D": errD.item(),
            "loss_G": errG.item(),
            "real_accuracy": 100.0 * correct / total,
        },
        step=epoch,
    )
"""
_GAN: Edits = (
    (
        "import torch\nfrom torch import nn, optim\n",
        "import mlflow\nimport torch\nfrom torch import nn, optim\n",
    ),
    (
        "criterion = nn.BCEWithLogitsLoss()\n",
        'criterion = nn.BCEWithLogitsLoss()\n\nmlflow.start_run(run_name="gan")\n'
        'mlflow.log_params({"num_epochs": num_epochs, "lr": lr, "latent": latent})\n',
    ),
    (_GAN_SAID, _GAN_SAID + _GAN_LOGS + "mlflow.end_run()\n"),
)

ADAPTATIONS = [
    Adaptation("torch + mlflow", "torch_points", ("mlflow",), _MLFLOW),
    Adaptation("torch + wandb", "torch_points", ("wandb",), _WANDB),
    Adaptation("torch + comet", "torch_points", ("comet",), _COMET),
    Adaptation("torch + trackio", "torch_points", ("trackio",), _TRACKIO),
    Adaptation("torch + tensorboard", "torch_points", ("tensorboard",), _TENSORBOARD),
    Adaptation("gan + mlflow", "torch_gan", ("mlflow",), _GAN),
]


def _fault(name: str, caught_by: str, *edits: tuple[str, str], of: str = "torch + mlflow") -> Fault:
    return Fault(name, of, caught_by, edits)


FAULTS = [
    # names
    _fault(
        "a count is logged as accuracy",
        "metrics",
        ('"real_accuracy": 100.0 * correct / total', '"real_accuracy": correct'),
        of="gan + mlflow",
    ),
    _fault(
        "generator's and discriminator's loss are swapped",
        "metrics",
        ('"loss_D": errD', '"loss_D": errG'),
        ('"loss_G": errG', '"loss_G": errD'),
        of="gan + mlflow",
    ),
    _fault(
        "names are shuffled",
        "metrics",
        (
            '"train/loss": train_loss, "val/loss": val_loss',
            '"train/loss": val_loss, "val/loss": train_loss',
        ),
    ),
    _fault(
        "training loss is logged as validation loss",
        "metrics",
        ('"train/loss": train_loss, "val/loss": val_loss', '"val/loss": train_loss'),
    ),
    _fault(
        "validation loss is logged as test loss",
        "metrics",
        ('"val/loss": val_loss', '"test/loss": val_loss'),
        (_FINAL, ""),
    ),
    _fault(
        "accuracy is logged as loss", "metrics", ('"val/loss": val_loss', '"val/loss": val_acc')
    ),
    _fault(
        "a name is cut out of a format",
        "metrics",
        ('"Loss/train", train_loss', '"s)_loss_train", train_loss'),
        of="torch + tensorboard",
    ),
    _fault(
        "the best is logged as the current",
        "metrics",
        ('"val/loss": val_loss', '"val/loss": best_loss'),
    ),
    # values
    _fault(
        "values are rounded", "metrics", ('"val/loss": val_loss', '"val/loss": round(val_loss, 2)')
    ),
    _fault(
        "values are scaled", "metrics", ('"val/accuracy": val_acc', '"val/accuracy": 100 * val_acc')
    ),
    _fault(
        "the sum is logged as the mean",
        "metrics",
        ('"train/loss": train_loss', '"train/loss": train_loss * len(train_loader)'),
    ),
    _fault(
        "a stale value is logged",
        "metrics",
        (_LOOP, _LOOP + '        mlflow.log_metric("best_val_acc", best_acc, step=epoch)\n'),
    ),
    _fault(
        "only the last epoch is logged", "metrics", (_METRICS, _METRICS.replace("\n    ", "\n")[4:])
    ),
    _fault(
        "test data are logged as validation data",
        "metrics",
        ('"val/accuracy": val_acc', '"val/accuracy": evaluate(model, test_loader)[1]'),
    ),
    _fault("a constant is logged", "metrics", ('"val/accuracy": val_acc', '"val/accuracy": 0.95')),
    # steps
    _fault(
        "steps are one off",
        "metrics",
        ("            step=epoch,\n", "            step=epoch + 1,\n"),
    ),
    _fault("steps are left out", "metrics", ("            step=epoch,\n", "")),
    _fault(
        "steps begin anew in each epoch",
        "metrics",
        ("step=epoch * len(loader) + batch_idx", "step=batch_idx"),
    ),
    _fault(
        "epochs are counted as batches",
        "metrics",
        ("step=epoch * len(loader) + batch_idx", "step=epoch"),
    ),
    _fault("every value is logged twice", "metrics", (_METRICS, _METRICS + _METRICS)),
    # parameters
    _fault(
        "parameters are other values",
        "parameters",
        (_PARAMS, '    mlflow.log_params({"lr": 0.1, "batch_size": 16})\n'),
    ),
    _fault(
        "defaults are logged for what was used",
        "parameters",
        (_PARAMS, '    mlflow.log_params({"epochs": parser.get_default("epochs")})\n'),
    ),
    _fault("no parameters", "tracked", (_PARAMS, "")),
    # the run
    _fault(
        "no metrics",
        "tracked",
        (_METRICS, ""),
        (_FINAL, ""),
        (
            '        mlflow.log_metric(\n            "train/batch_loss", loss.item(), '
            "step=epoch * len(loader) + batch_idx\n        )\n",
            "",
        ),
    ),
    _fault(
        "the run is left open",
        "tracked",
        (_RUN, 'mlflow.start_run(run_name="points")\n    main()\n'),
    ),
    _fault(
        "the run is left open (wandb)", "tracked", ("    run.finish()\n", ""), of="torch + wandb"
    ),
    _fault(
        "the run is left open (comet)",
        "tracked",
        ("    experiment.end()\n", ""),
        of="torch + comet",
    ),
    _fault(
        "the writer counts from one",
        "metrics",
        ('"Loss/val", val_loss, epoch)', '"Loss/val", val_loss, epoch + 1)'),
        of="torch + tensorboard",
    ),
    _fault(
        "the run is doubled",
        "tracked",
        (_FINAL, '    with mlflow.start_run(run_name="test", nested=False):\n    ' + _FINAL),
        (_TESTED, _TESTED + "    mlflow.end_run()\n"),
    ),
    _fault(
        "the run fails at its end",
        "finished",
        (_FINAL, _FINAL + '    mlflow.log_param("lr", 1.0)\n'),
    ),
    # the script
    _fault(
        "the seed is changed",
        "weights",
        ("torch.manual_seed(args.seed)", "torch.manual_seed(args.seed + 1)"),
    ),
    _fault(
        "the logger draws from torch",
        "random",
        (_FINAL, '    mlflow.log_metric("noise", torch.rand(1).item() * 0)\n' + _FINAL),
    ),
    _fault(
        "the logger draws from random",
        "random",
        (_FINAL, '    mlflow.set_tag("nonce", random.random())\n' + _FINAL),
    ),
    _fault("a line is swallowed", "output", (_PRINTED, "")),
    _fault("a line is added", "output", (_FINAL, _FINAL + '    print("logged to MLflow")\n')),
    _fault(
        "another file is written",
        "files",
        ('torch.save(model.state_dict(), "points.pt")', 'torch.save(model, "points.pt")'),
    ),
    _fault(
        "a file is written elsewhere",
        "files",
        (
            'torch.save(model.state_dict(), "points.pt")',
            'torch.save(model.state_dict(), "best.pt")',
        ),
    ),
    _fault(
        "the batch size is changed",
        "values",
        ("train_set, batch_size=args.batch_size", "train_set, batch_size=2 * args.batch_size"),
    ),
    _fault("the model stays in eval mode", "weights", ("    model.train()\n", "")),
    _fault("the optimiser's step is dropped", "weights", ("        optimizer.step()\n", "")),
    _fault(
        "logging passes through the model",
        "random",
        (
            _METRICS,
            "        model.train()\n        shown = model(train_set.tensors[0]).argmax(1)\n"
            + _METRICS,
        ),
    ),
    _fault(
        "exceptions are swallowed",
        "additions",
        (
            f"    {_RUN}",
            f"    try:\n        {_RUN.replace(chr(10) + '    ', chr(10) + '        ')}"
            "    except Exception:\n        pass\n",
        ),
    ),
    # dishonest ones
    _fault(
        "metrics are patched", "additions", (_LOOP, "    mlflow.log_artifact = print\n" + _LOOP)
    ),
    _fault(
        "the store is written by hand",
        "additions",
        ("import argparse\n", "import argparse\nimport sqlite3\n"),
    ),
    _fault(
        "the recorder is replaced",
        "additions",
        (_LOOP, "    __builtins__.__assay_see__ = lambda site, value: value\n" + _LOOP),
    ),
    _fault(
        "the output is recited",
        "values",
        (_LOOP, "    for epoch in range(args.epochs - args.epochs):\n"),
        (_TESTED, '    print("test loss 0.5 acc 0.9")\n'),
    ),
]
