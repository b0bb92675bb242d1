"""Large image classifier in Lightning: a torchvision architecture on a folder with train/ and val/.

    python lit_image_folder.py fit --folder imagenet --arch resnet50
    python lit_image_folder.py test --folder imagenet --checkpoint best.ckpt
"""
import argparse
from pathlib import Path

import lightning.pytorch as pl
import torch
import torchvision
from lightning.pytorch.callbacks import LearningRateMonitor, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import nn
from torch.utils.data import DataLoader
from torchmetrics import MetricCollection
from torchmetrics.classification import MulticlassAccuracy
from torchvision import transforms as T

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Folder(pl.LightningDataModule):
    def __init__(self, folder, batch_size, image_size, workers):
        super().__init__()
        self.folder = Path(folder)
        self.batch_size = batch_size
        self.workers = workers
        tail = [T.ToTensor(), T.Normalize(MEAN, STD)]
        self.augment = T.Compose([T.RandomResizedCrop(image_size), T.RandomHorizontalFlip(), *tail])
        self.plain = T.Compose([T.Resize(image_size + image_size // 7), T.CenterCrop(image_size), *tail])

    @property
    def n_classes(self):
        return sum(1 for d in (self.folder / "train").iterdir() if d.is_dir())

    def loader(self, part, transform, shuffle=False):
        ds = torchvision.datasets.ImageFolder(str(self.folder / part), transform)
        return DataLoader(ds, batch_size=self.batch_size, shuffle=shuffle, num_workers=self.workers)

    def train_dataloader(self):
        return self.loader("train", self.augment, shuffle=True)

    def val_dataloader(self):
        return self.loader("val", self.plain)

    def test_dataloader(self):
        return self.loader("val", self.plain)


class Classifier(pl.LightningModule):
    def __init__(self, arch: str, n_classes: int, lr: float, momentum: float, weight_decay: float):
        super().__init__()
        self.save_hyperparameters()
        self.net = torchvision.models.get_model(arch, weights=None, num_classes=n_classes)
        self.loss = nn.CrossEntropyLoss()
        acc = MetricCollection({
            "acc1": MulticlassAccuracy(n_classes, top_k=1, average="micro"),
            "acc5": MulticlassAccuracy(n_classes, top_k=min(5, n_classes), average="micro"),
        })
        self.train_metrics = acc.clone(prefix="train/")
        self.val_metrics = acc.clone(prefix="val/")
        self.test_metrics = acc.clone(prefix="test/")

    def forward(self, x):
        return self.net(x)

    def _step(self, batch, part, metrics):
        x, y = batch
        scores = self(x)
        loss = self.loss(scores, y)
        metrics.update(scores, y)
        self.log(f"{part}/loss", loss, prog_bar=part == "train", batch_size=len(x))
        return loss

    def training_step(self, batch, i):
        loss = self._step(batch, "train", self.train_metrics)
        self.log_dict(self.train_metrics, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch, i):
        self._step(batch, "val", self.val_metrics)
        self.log_dict(self.val_metrics, prog_bar=True)

    def test_step(self, batch, i):
        self._step(batch, "test", self.test_metrics)
        self.log_dict(self.test_metrics)

    def configure_optimizers(self):
        h = self.hparams
        sgd = torch.optim.SGD(self.parameters(), h.lr, momentum=h.momentum, weight_decay=h.weight_decay)
        return [sgd], [torch.optim.lr_scheduler.StepLR(sgd, step_size=30)]


def options():
    p = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("what", nargs="?", choices=["fit", "test"], default="fit")
    p.add_argument("--folder", default="imagenet")
    p.add_argument("--arch", default="resnet18")
    p.add_argument("--epochs", type=int, default=90)
    p.add_argument("--batch_size", type=int, default=64)
    p.add_argument("--image_size", type=int, default=224)
    p.add_argument("--workers", type=int, default=0)
    p.add_argument("--lr", type=float, default=0.1)
    p.add_argument("--momentum", type=float, default=0.9)
    p.add_argument("--weight_decay", type=float, default=1e-4)
    p.add_argument("--checkpoint", default=None)
    return p.parse_args()


def run():
    o = options()
    pl.seed_everything(1234, workers=True)
    data = Folder(o.folder, o.batch_size, o.image_size, o.workers)
    model = Classifier(o.arch, data.n_classes, o.lr, o.momentum, o.weight_decay)
    best = ModelCheckpoint(monitor="val/acc1", mode="max", filename="best", save_last=True)
    trainer = pl.Trainer(max_epochs=o.epochs, logger=CSVLogger("logs"), callbacks=[best, LearningRateMonitor("epoch")])
    if o.what == "test":
        trainer.test(model, data, ckpt_path=o.checkpoint)
        return
    trainer.fit(model, data, ckpt_path=o.checkpoint)
    print("best val/acc1:", float(best.best_model_score))


if __name__ == "__main__":
    run()
