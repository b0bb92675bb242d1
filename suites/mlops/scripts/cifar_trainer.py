import json
import logging
import os
import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision import transforms
from torchvision.datasets import CIFAR10

logging.basicConfig(level=logging.INFO, format="%(message)s")
logger = logging.getLogger(__name__)

CONFIG = {
    "data_dir": "./data",
    "out_dir": "./runs/resnet",
    "epochs": 30,
    "batch_size": 128,
    "lr": 0.1,
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "val_size": 5000,
    "width": 16,
    "seed": 1337,
    "patience": 8,
}


def set_seed(seed):
    np.random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)


class BasicBlock(nn.Module):
    def __init__(self, in_planes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.shortcut = nn.Identity()
        if stride != 1 or in_planes != planes:
            self.shortcut = nn.Sequential(nn.Conv2d(in_planes, planes, 1, stride=stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + self.shortcut(x))


class SmallResNet(nn.Module):
    def __init__(self, width=16, num_classes=10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.layer1 = BasicBlock(width, width)
        self.layer2 = BasicBlock(width, 2 * width, stride=2)
        self.layer3 = BasicBlock(2 * width, 4 * width, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4 * width, num_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.stem(x))))
        return self.fc(self.pool(x).flatten(1))


class Trainer:
    """Holds everything a run needs; `fit()` does the run."""

    def __init__(self, model, train_loader, val_loader, config, device):
        self.model = model.to(device)
        self.train_loader = train_loader
        self.val_loader = val_loader
        self.config = config
        self.device = device
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(
            self.model.parameters(),
            lr=config["lr"],
            momentum=config["momentum"],
            weight_decay=config["weight_decay"],
            nesterov=True,
        )
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=config["epochs"])
        self.best_acc = 0.0
        self.history = []

    def train_one_epoch(self):
        self.model.train()
        running_loss, correct, total = 0.0, 0, 0
        for images, labels in self.train_loader:
            images, labels = images.to(self.device), labels.to(self.device)
            self.optimizer.zero_grad(set_to_none=True)
            logits = self.model(images)
            loss = self.criterion(logits, labels)
            loss.backward()
            # nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
            self.optimizer.step()
            running_loss += loss.item() * images.size(0)
            correct += (logits.argmax(1) == labels).sum().item()
            total += labels.size(0)
        return running_loss / total, correct / total

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        running_loss, correct, total = 0.0, 0, 0
        for images, labels in self.val_loader:
            images, labels = images.to(self.device), labels.to(self.device)
            logits = self.model(images)
            running_loss += self.criterion(logits, labels).item() * images.size(0)
            correct += (logits.argmax(1) == labels).sum().item()
            total += labels.size(0)
        return running_loss / total, correct / total

    def fit(self):
        bad_epochs = 0
        for epoch in range(self.config["epochs"]):
            t0 = time.time()
            train_loss, train_acc = self.train_one_epoch()
            val_loss, val_acc = self.validate()
            lr = self.optimizer.param_groups[0]["lr"]
            self.scheduler.step()
            self.history.append({"epoch": epoch, "train_loss": train_loss, "train_acc": train_acc,
                                 "val_loss": val_loss, "val_acc": val_acc, "lr": lr})
            logger.info(f"epoch {epoch:3d} | train {train_loss:.4f}/{train_acc:.3%} | val {val_loss:.4f}/{val_acc:.3%} | lr {lr:.5f} | {time.time() - t0:.1f}s")
            if val_acc > self.best_acc:
                self.best_acc = val_acc
                bad_epochs = 0
                self.save("best.pt")
            else:
                bad_epochs += 1
                if bad_epochs >= self.config["patience"]:
                    logger.info("no improvement for %d epochs, stopping", bad_epochs)
                    break
        self.save("last.pt")
        with open(os.path.join(self.config["out_dir"], "history.json"), "w") as f:
            json.dump(self.history, f, indent=2)
        return self.best_acc

    def save(self, name):
        torch.save(self.model.state_dict(), os.path.join(self.config["out_dir"], name))


def build_loaders(config):
    mean, std = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
    train_tf = transforms.Compose([
        transforms.RandomCrop(32, padding=4),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(mean, std),
    ])
    full = CIFAR10(config["data_dir"], train=True, download=True, transform=train_tf)
    train_set, val_set = random_split(full, [len(full) - config["val_size"], config["val_size"]])
    train_loader = DataLoader(train_set, batch_size=config["batch_size"], shuffle=True, drop_last=True)
    val_loader = DataLoader(val_set, batch_size=config["batch_size"])
    return train_loader, val_loader


if __name__ == "__main__":
    os.makedirs(CONFIG["out_dir"], exist_ok=True)
    set_seed(CONFIG["seed"])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader, val_loader = build_loaders(CONFIG)
    trainer = Trainer(SmallResNet(CONFIG["width"]), train_loader, val_loader, CONFIG, device)
    best = trainer.fit()
    logger.info(f"best validation accuracy: {best:.4f}")
