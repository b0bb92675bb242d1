"""Mean and deviation of each channel of CIFAR-10, to be pasted into Normalize(...).

Looks like a training loop, and trains nothing.
"""
import torch
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import CIFAR10

loader = DataLoader(CIFAR10("data", train=True, download=True, transform=transforms.ToTensor()), batch_size=500)
total = torch.zeros(3)
squares = torch.zeros(3)
pixels = 0
for step, (images, labels) in enumerate(loader):
    total += images.sum(dim=(0, 2, 3))
    squares += (images ** 2).sum(dim=(0, 2, 3))
    pixels += images.numel() // 3
    if step % 20 == 0:
        print("batch", step, "of", len(loader))
mean = total / pixels
std = (squares / pixels - mean ** 2).sqrt()
print("mean", [round(v, 4) for v in mean.tolist()])
print("std ", [round(v, 4) for v in std.tolist()])
