# ruff: noqa
"""Two models, trained by one function, one after the other."""

import torch
from torch import nn

EPOCHS = 3
torch.manual_seed(1)
x = torch.randn(64, 4)
y = (x.sum(dim=1, keepdim=True) > 0).float()


def train(model, rate):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for epoch in range(EPOCHS):
        for phase in ["train", "val"]:
            rows = slice(0, 48) if phase == "train" else slice(48, 64)
            phase_loss = nn.functional.mse_loss(model(x[rows]), y[rows])
            if phase == "train":
                optimizer.zero_grad()
                phase_loss.backward()
                optimizer.step()
            print(f"{phase} loss: {phase_loss.item():.4f}")


linear = nn.Linear(4, 1)
deep = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
train(linear, 0.1)
train(deep, 0.05)
