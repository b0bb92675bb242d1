"""Train a small convnet on MNIST.

    python mnist_cnn.py --epochs 5 --lr 0.05
"""
from __future__ import print_function
import argparse
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision import datasets, transforms as T
from torch.utils.data import DataLoader


class DigitNet(nn.Module):
    def __init__(self, width=24, p_drop=0.3):
        super(DigitNet, self).__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, kernel_size=5, padding=2),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(width, 2 * width, kernel_size=3, padding=1),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
        )
        self.drop = nn.Dropout(p_drop)
        self.fc1 = nn.Linear(2 * width * 7 * 7, 100)
        self.fc2 = nn.Linear(100, 10)

    def forward(self, x):
        h = self.features(x).flatten(start_dim=1)
        return self.fc2(F.relu(self.fc1(self.drop(h))))


def train(opts, net, loader, optim, device, ep):
    net.train()
    seen = 0
    for i, (xb, yb) in enumerate(loader):
        xb = xb.to(device)
        yb = yb.to(device)
        loss = F.cross_entropy(net(xb), yb)
        optim.zero_grad()
        loss.backward()
        optim.step()
        seen += len(xb)
        if i % opts.print_every == 0:
            print('ep {} | {:>5}/{} | loss {:.6f}'.format(ep, seen, len(loader.dataset), loss.item()))
            if opts.one_batch:
                return


@torch.no_grad()
def test(net, loader, device):
    net.eval()
    nll, hits = 0., 0
    for xb, yb in loader:
        xb, yb = xb.to(device), yb.to(device)
        scores = net(xb)
        nll += F.cross_entropy(scores, yb, reduction='sum').item()   # a sum here, a mean below
        hits += int((scores.argmax(1) == yb).sum())
    n = len(loader.dataset)
    nll /= n
    print('\ntest: loss {:.4f}, {} of {} right ({:.2f}%)\n'.format(nll, hits, n, 100. * hits / n))


def main():
    ap = argparse.ArgumentParser(description='small convnet on MNIST')
    ap.add_argument('--data', default='../data', help='where MNIST is, or goes')
    ap.add_argument('--batch-size', type=int, default=64)
    ap.add_argument('--test-batch-size', type=int, default=500)
    ap.add_argument('--epochs', type=int, default=10, help='how often to see the data')
    ap.add_argument('--lr', type=float, default=0.05)
    ap.add_argument('--momentum', type=float, default=0.9)
    ap.add_argument('--decay', type=float, default=0.8, help='of the learning rate, per epoch')
    ap.add_argument('--dropout', type=float, default=0.3)
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--print-every', type=int, default=10, metavar='N')
    ap.add_argument('--one-batch', action='store_true', help='only to see whether it runs')
    ap.add_argument('--save', action='store_true', help='keep the weights')
    opts = ap.parse_args()

    torch.manual_seed(opts.seed)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'

    norm = T.Compose([T.ToTensor(), T.Normalize((0.1307,), (0.3081,))])
    train_data = datasets.MNIST(opts.data, train=True, download=True, transform=norm)
    test_data = datasets.MNIST(opts.data, train=False, transform=norm)
    more = {'num_workers': 2, 'pin_memory': True} if device == 'cuda' else {}
    train_dl = DataLoader(train_data, batch_size=opts.batch_size, shuffle=True, **more)
    test_dl = DataLoader(test_data, batch_size=opts.test_batch_size, **more)

    net = DigitNet(p_drop=opts.dropout).to(device)
    sgd = torch.optim.SGD(net.parameters(), lr=opts.lr, momentum=opts.momentum)
    sched = torch.optim.lr_scheduler.ExponentialLR(sgd, gamma=opts.decay)

    for ep in range(1, opts.epochs + 1):
        train(opts, net, train_dl, sgd, device, ep)
        test(net, test_dl, device)
        sched.step()

    if opts.save:
        torch.save(net.state_dict(), "mnist_cnn.pt")


if __name__ == '__main__':
    main()
