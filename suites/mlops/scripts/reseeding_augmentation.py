"""Each epoch is seeded anew, and the augmentation draws from the global generators: one extra draw shows."""
import random

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

SEED = 99


def seed_all(n):
    random.seed(n)
    np.random.seed(n)
    torch.manual_seed(n)


def shift(images):
    dy, dx = np.random.randint(-1, 2, size=2)
    images = torch.roll(images, (int(dy), int(dx)), dims=(2, 3))
    if random.random() < 0.5:
        images = images + 0.1 * torch.randn_like(images)
    return images


images, labels = load_digits(return_X_y=True)
images = torch.tensor(images, dtype=torch.float32).view(-1, 1, 8, 8) / 16
labels = torch.tensor(labels)
split = 1500

seed_all(SEED)
net = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(), nn.Linear(256, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
best = float("inf")

for epoch in range(1, 16):
    seed_all(SEED + epoch)
    net.train()
    losses = []
    for idx in torch.randperm(split).split(100):
        loss = nn.functional.cross_entropy(net(shift(images[idx])), labels[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()

    net.eval()
    with torch.no_grad():
        logits = net(images[split:])
        val_loss = nn.functional.cross_entropy(logits, labels[split:]).item()
        val_error = (logits.argmax(1) != labels[split:]).float().mean().item()
    print("epoch %2d  train %.4f  val %.4f  error %.3f" % (epoch, sum(losses) / len(losses), val_loss, val_error))
    if val_loss < best:
        best = val_loss
        torch.save(net.state_dict(), "digits_best.pt")
print("draw", random.random(), np.random.rand(), torch.rand(1).item())
