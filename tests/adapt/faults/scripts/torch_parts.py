# ruff: noqa
"""A classifier that gathers gradients, and is looked at on points that it is not trained on."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 2
accumulate = 2

torch.manual_seed(0)
points = torch.randn(96, 4)
kinds = (points.sum(1) > 0).long()
trainloader = DataLoader(TensorDataset(points[:64], kinds[:64]), batch_size=16)
testloader = DataLoader(TensorDataset(points[64:], kinds[64:]), batch_size=16)
more = torch.randn(32, 4)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)


def look(epoch):
    if epoch % 3 == 2:
        return None
    with torch.no_grad():
        return criterion(net(more), (more.sum(1) > 0).long()).item()


for epoch in range(EPOCHS):
    running = 0.0
    for i, (x, y) in enumerate(trainloader):
        loss = criterion(net(x), y) / accumulate
        loss.backward()
        running += loss.item() * accumulate
        if (i + 1) % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    train_loss = running / len(trainloader)
    right = seen = 0
    with torch.no_grad():
        for x, y in testloader:
            right += (net(x).argmax(1) == y).sum().item()
            seen += len(y)
    more_loss = look(epoch)
    print("%d | %.4f/%s loss train/val | %.3f" % (epoch, train_loss, more_loss, right / seen))
