from __future__ import print_function
import argparse
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets
from torchvision import transforms as T


class PairedMNIST(Dataset):
    """Pairs of digits; target 1 where both are the same digit."""

    def __init__(self, root, train, download=True):
        self.base = datasets.MNIST(root, train=train, download=download)
        self.images = self.base.data.unsqueeze(1).float() / 255
        self.by_digit = {}
        for i, t in enumerate(self.base.targets.tolist()):
            self.by_digit.setdefault(t, []).append(i)

    def __len__(self):
        return len(self.base)

    def __getitem__(self, index):
        digit = int(self.base.targets[index])
        if index % 2 == 0:
            other = random.choice(self.by_digit[digit])
            same = 1.0
        else:
            other_digit = random.choice([d for d in self.by_digit if d != digit])
            other = random.choice(self.by_digit[other_digit])
            same = 0.0
        return self.images[index], self.images[other], torch.tensor(same)


class SiameseNet(nn.Module):
    def __init__(self):
        super(SiameseNet, self).__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2), nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 5 * 5, 64),
        )
        self.head = nn.Sequential(nn.Linear(128, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, a, b):
        return self.head(torch.cat([self.trunk(a), self.trunk(b)], dim=1)).squeeze(1)


def train(model, loader, optimizer, device, log_interval):
    model.train()
    bce = nn.BCEWithLogitsLoss()
    total = 0.0
    for i, (a, b, same) in enumerate(loader, start=1):
        a, b, same = a.to(device), b.to(device), same.to(device)
        logits = model(a, b)
        loss = bce(logits, same)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        if i % log_interval == 0:
            print('   batch %d/%d  loss: %f' % (i, len(loader), loss.item()))
    return total / len(loader)


def test(model, loader, device):
    model.eval()
    loss_sum = 0
    correct = 0     # a count, not a rate
    with torch.no_grad():
        for (a, b, same) in loader:
            a, b, same = a.to(device), b.to(device), same.to(device)
            logits = model(a, b)
            loss_sum += F.binary_cross_entropy_with_logits(logits, same, reduction='sum').item()
            correct += ((logits > 0).float() == same).sum().item()
    return loss_sum / len(loader.dataset), correct


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--mnist', default='../data')
    parser.add_argument('-b', '--batch-size', type=int, default=64)
    parser.add_argument('-e', '--epochs', type=int, default=8)
    parser.add_argument('--lr', type=float, default=1e-3)
    parser.add_argument('--gamma', type=float, default=0.8, help='of StepLR')
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--log-interval', type=int, default=20)
    parser.add_argument('--keep', action='store_true', help='save the best weights')
    args = parser.parse_args()
    if args.seed is not None:
        random.seed(args.seed)
        torch.manual_seed(args.seed)

    device = torch.device('cuda') if torch.cuda.is_available() else torch.device('cpu')
    train_pairs, test_pairs = PairedMNIST(args.mnist, train=True), PairedMNIST(args.mnist, train=False)
    train_loader = DataLoader(train_pairs, batch_size=args.batch_size, shuffle=True)
    test_loader = DataLoader(test_pairs, batch_size=500)

    model = SiameseNet().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, 1, gamma=args.gamma)

    best_correct = 0
    for epoch in range(1, args.epochs + 1):
        train_loss = train(model, train_loader, optimizer, device, args.log_interval)
        test_loss, correct = test(model, test_loader, device)
        print('epoch {}: train loss {:.4f}, test loss {:.4f}, accuracy: {}/{} ({:.0f}%)'.format(
            epoch, train_loss, test_loss, correct, len(test_pairs), 100. * correct / len(test_pairs)))
        if correct > best_correct:
            best_correct = correct
            if args.keep:
                torch.save(model.state_dict(), 'siamese.pt')
        scheduler.step()


if __name__ == '__main__':
    main()
