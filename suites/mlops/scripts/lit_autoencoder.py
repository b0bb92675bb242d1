import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks.early_stopping import EarlyStopping
from torch import nn
from torch.utils import data
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor


# define any number of nn.Modules (or use your current ones)
class DenoisingAutoencoder(pl.LightningModule):
    def __init__(self, noise=0.3, bottleneck=12, lr=1e-3):
        super().__init__()
        self.noise = noise
        self.lr = lr
        self.encoder = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, bottleneck))
        self.decoder = nn.Sequential(nn.Linear(bottleneck, 128), nn.ReLU(), nn.Linear(128, 784), nn.Sigmoid())
        self.validation_step_outputs = []

    def forward(self, x):
        return self.decoder(self.encoder(x))

    def training_step(self, batch, batch_idx):
        x, _ = batch
        x = x.view(x.size(0), -1)
        noisy = (x + self.noise * torch.randn_like(x)).clamp(0, 1)
        loss = nn.functional.mse_loss(self(noisy), x)
        self.log("train_mse", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, _ = batch
        x = x.view(x.size(0), -1)
        noisy = (x + self.noise * torch.randn_like(x)).clamp(0, 1)
        loss = nn.functional.mse_loss(self(noisy), x)
        self.validation_step_outputs.append(loss)
        return loss

    def on_validation_epoch_end(self):
        epoch_mean = torch.stack(self.validation_step_outputs).mean()
        psnr = -10 * torch.log10(epoch_mean)
        self.log("val_mse", epoch_mean)
        self.log("val_psnr", psnr)
        self.validation_step_outputs.clear()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


dataset = MNIST("./", download=True, transform=ToTensor())
n_val = int(len(dataset) * 0.1)
train_set, valid_set = data.random_split(dataset, [len(dataset) - n_val, n_val], generator=torch.Generator().manual_seed(42))
train_loader = data.DataLoader(train_set, batch_size=64, shuffle=True)
valid_loader = data.DataLoader(valid_set, batch_size=64)

autoencoder = DenoisingAutoencoder()
trainer = pl.Trainer(max_epochs=20, callbacks=[EarlyStopping(monitor="val_mse", mode="min", patience=2)], default_root_dir="ae")
trainer.fit(autoencoder, train_loader, valid_loader)
