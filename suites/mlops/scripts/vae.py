import os

import torch
import torch.utils.data
from torch import nn, optim
from torch.nn import functional as F
from torchvision import datasets, transforms
from torchvision.utils import save_image
from tqdm import tqdm

# ---------------- settings ----------------
BATCH_SIZE = 100
EPOCHS = 20
LEARNING_RATE = 1e-3
LATENT = 16
HIDDEN = 300
BETA = 1.0
RESULTS = 'results_vae'
DEVICE = 'cuda' if torch.cuda.is_available() else 'cpu'
# ------------------------------------------


class VAE(nn.Module):
    """Fully connected variational autoencoder for 28x28 grey images."""

    def __init__(self, latent, hidden):
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, 784))

    def sample(self, mu, logvar):
        if not self.training:
            return mu
        return mu + torch.randn_like(mu) * (0.5 * logvar).exp()

    def forward(self, x):
        h = self.encoder(x.flatten(1))
        mu, logvar = self.to_mu(h), self.to_logvar(h)
        return self.decoder(self.sample(mu, logvar)), mu, logvar


def elbo_terms(logits, x, mu, logvar):
    rec = F.binary_cross_entropy_with_logits(logits, x.flatten(1), reduction='sum')
    kl = 0.5 * (mu.pow(2) + logvar.exp() - 1 - logvar).sum()
    return rec, kl


def run_epoch(model, loader, optimizer=None, desc=''):
    """One pass; trains if an optimizer is given. Returns means per image: loss, reconstruction, KL."""
    training = optimizer is not None
    model.train(training)
    sums = torch.zeros(3)
    pbar = tqdm(loader, desc=desc, leave=False)
    for x, _ in pbar:
        x = x.to(DEVICE)
        with torch.set_grad_enabled(training):
            logits, mu, logvar = model(x)
            rec, kl = elbo_terms(logits, x, mu, logvar)
            loss = rec + BETA * kl
        if training:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        sums += torch.tensor([loss.item(), rec.item(), kl.item()])
        pbar.set_postfix(loss=loss.item() / len(x))
    return (sums / len(loader.dataset)).tolist()


def main():
    torch.manual_seed(20)
    os.makedirs(RESULTS, exist_ok=True)
    tf = transforms.ToTensor()
    train_loader = torch.utils.data.DataLoader(
        datasets.FashionMNIST('./data', train=True, download=True, transform=tf), batch_size=BATCH_SIZE, shuffle=True)
    test_loader = torch.utils.data.DataLoader(
        datasets.FashionMNIST('./data', train=False, download=True, transform=tf), batch_size=BATCH_SIZE)

    model = VAE(LATENT, HIDDEN).to(DEVICE)
    optimizer = optim.Adam(model.parameters(), lr=LEARNING_RATE)

    for epoch in range(EPOCHS):
        train_loss, train_rec, train_kl = run_epoch(model, train_loader, optimizer, desc=f'epoch {epoch + 1}')
        test_loss, test_rec, test_kl = run_epoch(model, test_loader, desc='test')
        tqdm.write(f'[{epoch + 1:02d}/{EPOCHS}] train {train_loss:.2f} (rec {train_rec:.2f}, kl {train_kl:.2f})  test {test_loss:.2f} (rec {test_rec:.2f}, kl {test_kl:.2f})')

        with torch.no_grad():
            z = torch.randn(64, LATENT, device=DEVICE)
            images = torch.sigmoid(model.decoder(z)).view(-1, 1, 28, 28).cpu()
        save_image(images, os.path.join(RESULTS, f'sample_{epoch + 1:02d}.png'), nrow=8)

    torch.save({'model': model.state_dict(), 'latent': LATENT, 'hidden': HIDDEN}, os.path.join(RESULTS, 'vae.pt'))


if __name__ == '__main__':
    main()
