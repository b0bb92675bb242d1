#!/usr/bin/env python
# coding: utf-8

# # A first GAN
# Exported from the notebook.

# In[1]:


import numpy as np
import torch
from torch import nn
from torchvision import datasets, transforms
import matplotlib.pyplot as plt

get_device = lambda: torch.device("cuda" if torch.cuda.is_available() else "cpu")
device = get_device()
device


# In[2]:


z_dim = 64
batch_size = 128
n_epochs = 50
lr = 1e-4
k = 1            # steps of the critic per step of the generator


# ## Data

# In[3]:


transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
mnist = datasets.MNIST(root="mnist/", train=True, transform=transform, download=True)
loader = torch.utils.data.DataLoader(mnist, batch_size=batch_size, shuffle=True, drop_last=True)
print(len(mnist), "images")


# In[4]:


# plt.imshow(mnist[0][0][0], cmap="gray")
# plt.show()


# ## Nets

# In[5]:


G = nn.Sequential(
    nn.Linear(z_dim, 128), nn.LeakyReLU(0.2),
    nn.Linear(128, 256), nn.LeakyReLU(0.2),
    nn.Linear(256, 784), nn.Tanh(),
).to(device)

D = nn.Sequential(
    nn.Linear(784, 256), nn.LeakyReLU(0.2), nn.Dropout(0.3),
    nn.Linear(256, 128), nn.LeakyReLU(0.2), nn.Dropout(0.3),
    nn.Linear(128, 1),
).to(device)

print(sum(p.numel() for p in G.parameters()), sum(p.numel() for p in D.parameters()))


# In[6]:


bce = nn.BCEWithLogitsLoss()
g_opt = torch.optim.Adam(G.parameters(), lr=lr, betas=(0.5, 0.999))
d_opt = torch.optim.Adam(D.parameters(), lr=lr, betas=(0.5, 0.999))
z_fixed = torch.randn(25, z_dim, device=device)


# ## Training

# In[7]:


def show(images, title):
    fig, axes = plt.subplots(5, 5, figsize=(5, 5))
    for ax, im in zip(axes.ravel(), images):
        ax.imshow(im.view(28, 28).cpu(), cmap="gray")
        ax.axis("off")
    fig.suptitle(title)
    plt.show()
    plt.close(fig)


# In[8]:


G_losses, D_losses = [], []

for epoch in range(n_epochs):
    g_epoch, d_epoch = [], []
    for real, _ in loader:
        real = real.view(real.size(0), -1).to(device)
        ones = torch.ones(real.size(0), 1, device=device)
        zeros = torch.zeros(real.size(0), 1, device=device)

        for _ in range(k):
            d_opt.zero_grad()
            z = torch.randn(real.size(0), z_dim, device=device)
            d_loss = bce(D(real), ones * 0.9) + bce(D(G(z).detach()), zeros)
            d_loss.backward()
            d_opt.step()

        g_opt.zero_grad()
        z = torch.randn(real.size(0), z_dim, device=device)
        g_loss = bce(D(G(z)), ones)
        g_loss.backward()
        g_opt.step()

        g_epoch.append(g_loss.item())
        d_epoch.append(d_loss.item())

    G_losses.append(np.mean(g_epoch))
    D_losses.append(np.mean(d_epoch))
    print(f"epoch {epoch}: G {G_losses[-1]:.4f}, D {D_losses[-1]:.4f}")
    if epoch % 10 == 0:
        with torch.no_grad():
            show(G(z_fixed), f"epoch {epoch}")


# In[9]:


plt.plot(G_losses, label="G")
plt.plot(D_losses, label="D")
plt.legend()
plt.show()


# In[10]:


torch.save(G.state_dict(), "generator.pth")
