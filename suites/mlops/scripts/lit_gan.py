"""Two networks, two optimizers, one LightningModule: a GAN with manual optimization."""
import argparse

import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import Compose, Normalize, ToTensor
from torchvision.utils import save_image


def mlp(sizes, last=None):
    mods = []
    for i, o in zip(sizes[:-2], sizes[1:-1]):
        mods += [nn.Linear(i, o), nn.LeakyReLU(0.2)]
    mods.append(nn.Linear(sizes[-2], sizes[-1]))
    return nn.Sequential(*mods, *([last] if last else []))


class Digits(pl.LightningDataModule):
    def __init__(self, root, batch_size):
        super().__init__()
        self.root, self.batch_size = root, batch_size

    def prepare_data(self):
        MNIST(self.root, train=True, download=True)

    def setup(self, stage):
        self.images = MNIST(self.root, train=True, transform=Compose([ToTensor(), Normalize(0.5, 0.5)]))

    def train_dataloader(self):
        return DataLoader(self.images, self.batch_size, shuffle=True, drop_last=True)


class LitGAN(pl.LightningModule):
    def __init__(self, z_dim: int = 64, lr: float = 3e-4, d_steps: int = 1):
        super().__init__()
        self.save_hyperparameters()
        self.automatic_optimization = False
        self.G = mlp([z_dim, 128, 256, 784], nn.Tanh())
        self.D = mlp([784, 256, 64, 1])
        self.register_buffer("z_fixed", torch.randn(36, z_dim))

    def noise(self, n):
        return torch.randn(n, self.hparams.z_dim, device=self.device)

    @staticmethod
    def bce(logits, real):
        return nn.functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))

    def training_step(self, batch, batch_idx):
        x = batch[0].flatten(1)
        optimizer_g, optimizer_d = self.optimizers()

        for _ in range(self.hparams.d_steps):
            d_real = self.bce(self.D(x), 1)
            d_fake = self.bce(self.D(self.G(self.noise(len(x))).detach()), 0)
            d_loss = 0.5 * (d_real + d_fake)
            optimizer_d.zero_grad()
            self.manual_backward(d_loss)
            optimizer_d.step()

        g_loss = self.bce(self.D(self.G(self.noise(len(x)))), 1)
        optimizer_g.zero_grad()
        self.manual_backward(g_loss)
        optimizer_g.step()

        self.log_dict({"g_loss": g_loss, "d_loss": d_loss, "d_real": d_real, "d_fake": d_fake}, prog_bar=True)

    def configure_optimizers(self):
        adam = lambda net: torch.optim.Adam(net.parameters(), lr=self.hparams.lr, betas=(0.5, 0.999))
        return adam(self.G), adam(self.D)

    def on_train_epoch_end(self):
        with torch.no_grad():
            images = self.G(self.z_fixed).view(-1, 1, 28, 28)
        save_image(images, f"gan_{self.current_epoch:03d}.png", nrow=6, normalize=True)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--root", default=".")
    p.add_argument("--epochs", type=int, default=20)
    p.add_argument("--batch_size", type=int, default=64)
    p.add_argument("--z_dim", type=int, default=64)
    p.add_argument("--lr", type=float, default=3e-4)
    p.add_argument("--d_steps", type=int, default=1)
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()

    pl.seed_everything(a.seed)
    trainer = pl.Trainer(max_epochs=a.epochs, devices=1, enable_checkpointing=False)
    trainer.fit(LitGAN(a.z_dim, a.lr, a.d_steps), datamodule=Digits(a.root, a.batch_size))
    trainer.save_checkpoint("gan.ckpt")
