"""Two programs in one file: `pretrain` learns to fill in masked pixels, `finetune` learns the digits.

    python pretrain_finetune.py pretrain
    python pretrain_finetune.py finetune --encoder encoder.pt
"""
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor


def encoder():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 64), nn.ReLU())


def loader(train=True):
    return DataLoader(MNIST("data", train=train, download=True, transform=ToTensor()), batch_size=128, shuffle=train)


def pretrain(epochs=10, lr=1e-3, masked=0.5):
    net = encoder()
    head = nn.Linear(64, 784)
    optimizer = torch.optim.Adam([*net.parameters(), *head.parameters()], lr=lr)
    for epoch in range(epochs):
        total = 0.0
        for x, _ in loader():
            mask = torch.rand_like(x) < masked
            rec = head(net(x.masked_fill(mask, 0.0)))
            loss = ((rec - x.flatten(1)) ** 2)[mask.flatten(1)].mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        print("pretrain epoch", epoch, "loss", total / len(loader().dataset))
    torch.save(net.state_dict(), "encoder.pt")


def finetune(path=None, epochs=5, lr=5e-4):
    net = encoder()
    if path:
        net.load_state_dict(torch.load(path))
    model = nn.Sequential(net, nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for x, y in loader():
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            right = sum((model(x).argmax(1) == y).sum().item() for x, y in loader(train=False))
        print("finetune epoch", epoch, "loss", loss.item(), "right", right)
    torch.save(model.state_dict(), "classifier.pt")


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("pretrain", "finetune"):
        raise SystemExit(__doc__)
    if sys.argv[1] == "pretrain":
        pretrain()
    else:
        finetune(sys.argv[3] if sys.argv[2:3] == ["--encoder"] else None)
