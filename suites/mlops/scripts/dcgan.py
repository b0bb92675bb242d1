# DCGAN, flat as it grew. Run:  python dcgan.py --data cifar10 --root ./data --epochs 25
import argparse
import os
import random
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.utils import save_image

cli = argparse.ArgumentParser()
cli.add_argument('--data', default='cifar10', help='cifar10, mnist, or folder')
cli.add_argument('--root', default='./data')
cli.add_argument('--epochs', type=int, default=25)
cli.add_argument('--batch', type=int, default=64)
cli.add_argument('--latent', type=int, default=100)
cli.add_argument('--features', type=int, default=48, help='channels of the widest image layer')
cli.add_argument('--lr_g', type=float, default=2e-4)
cli.add_argument('--lr_d', type=float, default=2e-4)
cli.add_argument('--beta1', type=float, default=0.5)
cli.add_argument('--smooth', type=float, default=0.1, help='one-sided label smoothing')
cli.add_argument('--continue_from', default=None, help='a checkpoint of this script')
cli.add_argument('--out', default='dcgan_out')
cli.add_argument('--seed', type=int, default=None)
cfg = cli.parse_args()
print(vars(cfg))

os.makedirs(cfg.out, exist_ok=True)
seed = cfg.seed if cfg.seed is not None else random.randrange(10000)
print('seed is', seed)
random.seed(seed)
torch.manual_seed(seed)
dev = torch.device('cuda' if torch.cuda.is_available() else 'cpu')

# ------------------------------------------------------------------ data, all of it 32 x 32
SIZE = 32
channels = 1 if cfg.data == 'mnist' else 3
pre = transforms.Compose([
    transforms.Resize(SIZE), transforms.CenterCrop(SIZE), transforms.ToTensor(),
    transforms.Normalize([0.5] * channels, [0.5] * channels),
])
if cfg.data == 'cifar10':
    images = datasets.CIFAR10(cfg.root, download=True, transform=pre)
elif cfg.data == 'mnist':
    images = datasets.MNIST(cfg.root, download=True, transform=pre)
elif cfg.data == 'folder':
    images = datasets.ImageFolder(cfg.root, transform=pre)
else:
    sys.exit('which data? ' + cfg.data)
batches = DataLoader(images, batch_size=cfg.batch, shuffle=True, drop_last=True)

# ------------------------------------------------------------------ nets
W = cfg.features


def block(layer, norm, act):
    return [layer, nn.BatchNorm2d(layer.out_channels), act] if norm else [layer, act]


gen = nn.Sequential(
    *block(nn.ConvTranspose2d(cfg.latent, W * 4, 4, 1, 0, bias=False), True, nn.ReLU()),
    *block(nn.ConvTranspose2d(W * 4, W * 2, 4, 2, 1, bias=False), True, nn.ReLU()),
    *block(nn.ConvTranspose2d(W * 2, W, 4, 2, 1, bias=False), True, nn.ReLU()),
    *block(nn.ConvTranspose2d(W, channels, 4, 2, 1), False, nn.Tanh()),
).to(dev)
disc = nn.Sequential(
    *block(nn.Conv2d(channels, W, 4, 2, 1), False, nn.LeakyReLU(0.2)),
    *block(nn.Conv2d(W, W * 2, 4, 2, 1, bias=False), True, nn.LeakyReLU(0.2)),
    *block(nn.Conv2d(W * 2, W * 4, 4, 2, 1, bias=False), True, nn.LeakyReLU(0.2)),
    nn.Conv2d(W * 4, 1, 4, 1, 0),
    nn.Flatten(0),
).to(dev)
for net in (gen, disc):
    for m in net.modules():
        if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(m.weight, 0.0, 0.02)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.normal_(m.weight, 1.0, 0.02)

opt_g = torch.optim.Adam(gen.parameters(), lr=cfg.lr_g, betas=(cfg.beta1, 0.999))
opt_d = torch.optim.Adam(disc.parameters(), lr=cfg.lr_d, betas=(cfg.beta1, 0.999))
bce = nn.BCEWithLogitsLoss()
first_epoch = 0
if cfg.continue_from:
    state = torch.load(cfg.continue_from, map_location=dev)
    gen.load_state_dict(state['gen'])
    disc.load_state_dict(state['disc'])
    first_epoch = state['epoch'] + 1

# ------------------------------------------------------------------ training
z_show = torch.randn(64, cfg.latent, 1, 1, device=dev)
step = 0
for epoch in range(first_epoch, cfg.epochs):
    for real, _ in batches:
        real = real.to(dev)
        z = torch.randn(len(real), cfg.latent, 1, 1, device=dev)
        fake = gen(z)

        # discriminator
        on_real, on_fake = disc(real), disc(fake.detach())
        lossD = bce(on_real, torch.full_like(on_real, 1 - cfg.smooth)) + bce(on_fake, torch.zeros_like(on_fake))
        opt_d.zero_grad()
        lossD.backward()
        opt_d.step()

        # generator
        verdict = disc(fake)
        lossG = bce(verdict, torch.ones_like(verdict))
        opt_g.zero_grad()
        lossG.backward()
        opt_g.step()

        if step % 50 == 0:
            p_real = torch.sigmoid(on_real).mean().item()
            p_fake = torch.sigmoid(on_fake).mean().item()
            print('[%d/%d] step %d  Loss_D: %.4f  Loss_G: %.4f  D(x): %.3f  D(G(z)): %.3f' % (epoch + 1, cfg.epochs, step, lossD.item(), lossG.item(), p_real, p_fake))
        step += 1

    with torch.no_grad():
        save_image(gen(z_show), os.path.join(cfg.out, 'epoch_%03d.png' % epoch), normalize=True)
    torch.save({'gen': gen.state_dict(), 'disc': disc.state_dict(), 'epoch': epoch}, os.path.join(cfg.out, 'last.pth'))
