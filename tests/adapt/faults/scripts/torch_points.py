# ruff: noqa
"""A small classifier of points, as people write it: arguments, train, validate, test."""

import argparse
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def points(n, seed):
    drawn = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 6, generator=drawn)
    return x, (x[:, 0] * x[:, 1] > 0).long()


class Net(nn.Module):
    def __init__(self, hidden=24, dropout=0.2):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(6, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 2)
        )

    def forward(self, x):
        return self.layers(x)


def train(args, model, loader, optimizer, epoch):
    model.train()
    running_loss = 0.0
    for batch_idx, (x, y) in enumerate(loader):
        if random.random() < 0.5:
            x = x + 0.1 * torch.randn_like(x)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if batch_idx % args.log_interval == 0:
            print(f"  epoch {epoch} batch {batch_idx}: loss {loss.item():.4f}")
    return running_loss / len(loader)


def evaluate(model, loader):
    model.eval()
    total_loss = 0.0
    correct = 0
    with torch.no_grad():
        for x, y in loader:
            output = model(x)
            total_loss += nn.functional.cross_entropy(output, y, reduction="sum").item()
            correct += output.argmax(1).eq(y).sum().item()
    return total_loss / len(loader.dataset), correct / len(loader.dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--hidden", type=int, default=24)
    parser.add_argument("--log-interval", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)

    train_set = TensorDataset(*points(96, 1))
    val_set = TensorDataset(*points(48, 2))
    test_set = TensorDataset(*points(40, 3))
    train_loader = DataLoader(train_set, batch_size=args.batch_size, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=48)
    test_loader = DataLoader(test_set, batch_size=40)

    model = Net(args.hidden)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
    best_acc, best_loss = 0.0, float("inf")
    for epoch in range(args.epochs):
        train_loss = train(args, model, train_loader, optimizer, epoch)
        val_loss, val_acc = evaluate(model, val_loader)
        best_acc, best_loss = max(best_acc, val_acc), min(best_loss, val_loss)
        print(f"epoch {epoch}: train {train_loss:.4f} val {val_loss:.4f} acc {val_acc:.3f}")
    test_loss, test_acc = evaluate(model, test_loader)
    print(f"test loss {test_loss:.4f} acc {test_acc:.3f}, best val {best_acc:.3f}/{best_loss:.3f}")
    torch.save(model.state_dict(), "points.pt")


if __name__ == "__main__":
    main()
