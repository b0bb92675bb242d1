# ruff: noqa
"""Two networks against each other, flat, with a count of right answers in a print."""

import torch
from torch import nn, optim

torch.manual_seed(3)
num_epochs = 2
lr = 0.002
latent = 4
data = torch.randn(64, 2) * 0.5 + 1.0

netG = nn.Sequential(nn.Linear(latent, 8), nn.ReLU(), nn.Linear(8, 2))
netD = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
optimizerG = optim.Adam(netG.parameters(), lr=lr)
optimizerD = optim.Adam(netD.parameters(), lr=lr)
criterion = nn.BCEWithLogitsLoss()

for epoch in range(1, num_epochs + 1):
    correct, total = 0, 0
    for i in range(0, len(data), 16):
        real = data[i : i + 16]
        fake = netG(torch.randn(16, latent))
        optimizerD.zero_grad()
        said = netD(real)
        errD = criterion(said, torch.ones(16, 1)) + criterion(
            netD(fake.detach()), torch.zeros(16, 1)
        )
        errD.backward()
        optimizerD.step()
        optimizerG.zero_grad()
        errG = criterion(netD(fake), torch.ones(16, 1))
        errG.backward()
        optimizerG.step()
        correct += int((said > 0).sum())
        total += len(said)
    print("[%d/%d] Loss_D: %.4f Loss_G: %.4f" % (epoch, num_epochs, errD.item(), errG.item()))
    print("D right on real data: {}/{} ({:.1f}%)".format(correct, total, 100.0 * correct / total))
