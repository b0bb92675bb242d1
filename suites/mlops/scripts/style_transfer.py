"""Train a feed-forward network that paints every photo in the style of one picture.

  python style_transfer.py train --dataset photos --style-image style.jpg
  python style_transfer.py stylize --content-image me.jpg --model style.pth --output-image out.jpg
"""
import argparse
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from torch.optim import Adam
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from torchvision.models import vgg16


class ConvBlock(nn.Module):
    def __init__(self, i, o, kernel_size, stride=1, upsample=None, norm=True, relu=True):
        super().__init__()
        self.upsample = upsample
        self.pad = nn.ReflectionPad2d(kernel_size // 2)
        self.conv = nn.Conv2d(i, o, kernel_size, stride)
        self.norm = nn.InstanceNorm2d(o, affine=True) if norm else None
        self.relu = relu

    def forward(self, x):
        if self.upsample:
            x = F.interpolate(x, scale_factor=self.upsample, mode='nearest')
        x = self.conv(self.pad(x))
        if self.norm is not None:
            x = self.norm(x)
        return F.relu(x) if self.relu else x


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a = ConvBlock(channels, channels, 3)
        self.b = ConvBlock(channels, channels, 3, relu=False)

    def forward(self, x):
        return x + self.b(self.a(x))


class TransformerNet(nn.Module):
    def __init__(self, base=16, n_residual=3):
        super().__init__()
        self.layers = nn.Sequential(
            ConvBlock(3, base, 9),
            ConvBlock(base, base * 2, 3, stride=2),
            ConvBlock(base * 2, base * 4, 3, stride=2),
            *[Residual(base * 4) for _ in range(n_residual)],
            ConvBlock(base * 4, base * 2, 3, upsample=2),
            ConvBlock(base * 2, base, 3, upsample=2),
            ConvBlock(base, 3, 9, norm=False, relu=False),
        )

    def forward(self, x):
        return self.layers(x)


class VGGFeatures(nn.Module):
    """Activations of VGG16 after its first four blocks."""

    def __init__(self):
        super().__init__()
        features = vgg16(weights='IMAGENET1K_V1').features
        self.slices = nn.ModuleList([features[:4], features[4:9], features[9:16], features[16:23]])
        for p in self.parameters():
            p.requires_grad = False

    def forward(self, x):
        out = []
        for s in self.slices:
            x = s(x)
            out.append(x)
        return out


def gram(y):
    b, c, h, w = y.shape
    f = y.view(b, c, h * w)
    return f @ f.transpose(1, 2) / (c * h * w)


def normalize(batch):
    mean = batch.new_tensor([0.485, 0.456, 0.406]).view(-1, 1, 1)
    std = batch.new_tensor([0.229, 0.224, 0.225]).view(-1, 1, 1)
    return (batch / 255 - mean) / std


def load_image(filename, size=None):
    img = Image.open(filename).convert('RGB')
    return img if size is None else img.resize((size, size), Image.LANCZOS)


def train(args):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    os.makedirs(args.save_dir, exist_ok=True)

    to_255 = transforms.Compose([transforms.ToTensor(), transforms.Lambda(lambda x: x * 255)])
    crop = transforms.Compose([transforms.Resize(args.image_size), transforms.CenterCrop(args.image_size), to_255])
    photos = datasets.ImageFolder(args.dataset, crop)
    loader = DataLoader(photos, batch_size=args.batch_size, shuffle=True)

    net = TransformerNet().to(device)
    optimizer = Adam(net.parameters(), args.lr)
    vgg = VGGFeatures().to(device).eval()
    style = to_255(load_image(args.style_image, args.style_size)).unsqueeze(0).to(device)
    with torch.no_grad():
        style_grams = [gram(f) for f in vgg(normalize(style))]

    for e in range(args.epochs):
        net.train()
        content_sum = style_sum = tv_sum = 0.
        seen = 0
        for batch_id, (x, _) in enumerate(loader):
            x = x.to(device)
            seen += len(x)
            y = net(x)
            feats_y, feats_x = vgg(normalize(y)), vgg(normalize(x))

            content_loss = args.content_weight * F.mse_loss(feats_y[1], feats_x[1])
            style_loss = args.style_weight * sum(F.mse_loss(gram(f), g.expand(len(x), -1, -1)) for f, g in zip(feats_y, style_grams))
            # total variation: neighbours should not differ much
            tv_loss = args.tv_weight * ((y[..., 1:] - y[..., :-1]).abs().mean() + (y[..., 1:, :] - y[..., :-1, :]).abs().mean())
            loss = content_loss + style_loss + tv_loss

            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

            content_sum += content_loss.item()
            style_sum += style_loss.item()
            tv_sum += tv_loss.item()
            if (batch_id + 1) % args.log_interval == 0:
                k = batch_id + 1
                print("{} epoch {} [{}/{}] content {:.4f} style {:.4f} tv {:.4f} total {:.4f}".format(
                    time.strftime("%H:%M:%S"), e + 1, seen, len(photos), content_sum / k, style_sum / k, tv_sum / k, (content_sum + style_sum + tv_sum) / k))
            if args.keep_every and (batch_id + 1) % args.keep_every == 0:
                torch.save(net.state_dict(), os.path.join(args.save_dir, f"epoch{e}_batch{batch_id + 1}.pth"))

    net.eval().cpu()
    path = os.path.join(args.save_dir, "style.pth")
    torch.save(net.state_dict(), path)
    print("saved to", path)


def stylize(args):
    model = TransformerNet()
    model.load_state_dict(torch.load(args.model))
    model.eval()
    x = transforms.functional.pil_to_tensor(load_image(args.content_image)).float().unsqueeze(0)
    with torch.no_grad():
        y = model(x)[0].clamp(0, 255).byte()
    Image.fromarray(y.permute(1, 2, 0).numpy()).save(args.output_image)


def main():
    top = argparse.ArgumentParser(description="fast style transfer")
    commands = top.add_subparsers(dest="command")

    t = commands.add_parser("train")
    t.add_argument("--dataset", default="photos", help="a folder with a folder of photos in it")
    t.add_argument("--style-image", default="style.jpg")
    t.add_argument("--save-dir", default="saved_models")
    t.add_argument("--epochs", type=int, default=2)
    t.add_argument("--batch-size", type=int, default=4)
    t.add_argument("--image-size", type=int, default=256)
    t.add_argument("--style-size", type=int, default=256)
    t.add_argument("--content-weight", type=float, default=1.0)
    t.add_argument("--style-weight", type=float, default=1e5)
    t.add_argument("--tv-weight", type=float, default=1e-3)
    t.add_argument("--lr", type=float, default=1e-3)
    t.add_argument("--seed", type=int, default=42)
    t.add_argument("--log-interval", type=int, default=100)
    t.add_argument("--keep-every", type=int, default=0, help="batches between two checkpoints; 0 for none")

    s = commands.add_parser("stylize")
    s.add_argument("--content-image", required=True)
    s.add_argument("--output-image", required=True)
    s.add_argument("--model", required=True)

    args = top.parse_args()
    if args.command == "train":
        train(args)
    elif args.command == "stylize":
        stylize(args)
    else:
        top.print_help()
        sys.exit(1)


if __name__ == "__main__":
    main()
