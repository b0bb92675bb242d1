"""ImageNet-style training: a torchvision classifier on a folder with train/ and val/ (one subfolder per class).

    python imagenet_train.py ./imagenet --model resnet18 --epochs 90 --lr 0.1
    python imagenet_train.py ./imagenet --model resnet18 --resume out/last.pth
    python imagenet_train.py ./imagenet --model resnet18 --resume out/best.pth --test-only
"""
import argparse
import contextlib
import datetime
import os
import random
import sys
import time
import warnings
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torchvision
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, Subset
from torchvision import transforms as T
from torchvision.datasets import FakeData, ImageFolder

IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]
FAMILIES = ('resnet', 'resnext', 'vgg', 'alexnet', 'squeezenet', 'densenet', 'mobilenet', 'efficientnet')


def args_parser():
    p = argparse.ArgumentParser(description='image classification, the long way')
    # --- data
    p.add_argument('data', nargs='?', default='imagenet', help='folder with train/ and val/')
    p.add_argument('--fake', action='store_true', help='random images instead, to measure speed')
    p.add_argument('--image-size', default=224, type=int)
    p.add_argument('--workers', '-j', default=4, type=int)
    p.add_argument('--subset', default=0, type=int, help='train on so many images only')
    # --- model
    p.add_argument('--model', '-m', default='resnet18', help='a name that torchvision.models knows')
    p.add_argument('--pretrained', action='store_true')
    p.add_argument('--freeze', action='store_true', help='train the last layer only')
    # --- optimisation
    p.add_argument('--epochs', default=90, type=int)
    p.add_argument('--batch-size', '-b', default=256, type=int)
    p.add_argument('--opt', default='sgd', choices=['sgd', 'rmsprop', 'adamw'])
    p.add_argument('--lr', default=0.1, type=float)
    p.add_argument('--momentum', default=0.9, type=float)
    p.add_argument('--weight-decay', '--wd', default=1e-4, type=float, dest='weight_decay')
    p.add_argument('--norm-weight-decay', default=None, type=float, help='another decay for normalisation layers')
    p.add_argument('--label-smoothing', default=0.0, type=float)
    p.add_argument('--mixup-alpha', default=0.0, type=float)
    p.add_argument('--lr-scheduler', default='step', choices=['step', 'multi', 'cosine', 'exp'])
    p.add_argument('--lr-step', default=30, type=int)
    p.add_argument('--lr-gamma', default=0.1, type=float)
    p.add_argument('--warmup', default=0, type=int, metavar='EPOCHS')
    p.add_argument('--clip-grad', default=None, type=float)
    p.add_argument('--ema', default=0.0, type=float, help='decay of a moving average of the weights; 0 for none')
    p.add_argument('--amp', action='store_true', help='mixed precision, on GPUs only')
    # --- the rest
    p.add_argument('--log-freq', '-p', default=10, type=int)
    p.add_argument('--out', default='out')
    p.add_argument('--resume', default='', metavar='CHECKPOINT')
    p.add_argument('--start-epoch', default=0, type=int)
    p.add_argument('--test-only', action='store_true')
    p.add_argument('--seed', default=None, type=int)
    return p


class Smoothed:
    """The latest value of something and its mean over the epoch, weighted by how many samples it was of."""

    def __init__(self):
        self.latest = float('nan')
        self.total = 0.0
        self.n = 0

    def add(self, value, n=1):
        self.latest = value
        self.total += value * n
        self.n += n

    @property
    def mean(self):
        return self.total / self.n if self.n else float('nan')


class AverageMeters:
    """A few Smoothed by name; prints itself."""

    def __init__(self, *names, header=''):
        self.header = header
        self.meters = OrderedDict((n, Smoothed()) for n in names)
        self.started = time.time()

    def update(self, n=1, **values):
        for name, value in values.items():
            if torch.is_tensor(value):
                value = value.item()
            self.meters[name].add(value, n)

    def __getattr__(self, name):
        if name in self.__dict__.get('meters', {}):
            return self.__dict__['meters'][name]
        raise AttributeError(name)

    def report(self, i, total):
        parts = ['%s [%*d/%d]' % (self.header, len(str(total)), i, total)]
        parts += ['%s: %.4f (%.4f)' % (k, m.latest, m.mean) for k, m in self.meters.items()]
        if torch.cuda.is_available():
            parts.append('max mem: %d MB' % (torch.cuda.max_memory_allocated() // 2 ** 20))
        print('  '.join(parts))
        sys.stdout.flush()


def topk_accuracy(scores, labels, ks=(1, 5)):
    """Per cent of the samples whose label is among the k best scores, for each k."""
    with torch.no_grad():
        ranked = scores.argsort(dim=1, descending=True)
        found = (ranked == labels.view(-1, 1)).float().cumsum(dim=1)
        return [100.0 * found[:, min(k, scores.size(1)) - 1].mean().item() for k in ks]


def load_data(args):
    if args.fake:
        shape = (3, args.image_size, args.image_size)
        return FakeData(1280, shape, 100, T.ToTensor()), FakeData(320, shape, 100, T.ToTensor()), 100
    end = [T.ToTensor(), T.Normalize(IMAGENET_MEAN, IMAGENET_STD)]
    train_tf = T.Compose([T.RandomResizedCrop(args.image_size), T.RandomHorizontalFlip()] + end)
    val_tf = T.Compose([T.Resize(args.image_size * 8 // 7), T.CenterCrop(args.image_size)] + end)
    train = ImageFolder(os.path.join(args.data, 'train'), train_tf)
    val = ImageFolder(os.path.join(args.data, 'val'), val_tf)
    if train.class_to_idx != val.class_to_idx:
        sys.exit('train/ and val/ have different classes')
    n_classes = len(train.classes)
    if args.subset:
        picked = np.random.permutation(len(train))[:args.subset]
        train = Subset(train, picked.tolist())
    print('%d images to train on, %d to validate, %d classes' % (len(train), len(val), n_classes))
    return train, val, n_classes


def make_model(args, n_classes):
    if not args.model.startswith(FAMILIES):
        sys.exit('unknown model: %s' % args.model)
    if not args.pretrained:
        return torchvision.models.get_model(args.model, weights=None, num_classes=n_classes)
    model = torchvision.models.get_model(args.model, weights='DEFAULT')
    if args.freeze:
        model.requires_grad_(False)
    # the head has a different name in every family
    if hasattr(model, 'fc'):
        model.fc = nn.Linear(model.fc.in_features, n_classes)
    else:
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, n_classes)
    return model


def make_optimizer(args, model):
    params = [p for p in model.parameters() if p.requires_grad]
    if args.norm_weight_decay is not None:
        norms = [p for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) for p in m.parameters()]
        ids = {id(p) for p in norms}
        params = [
            {'params': [p for p in params if id(p) not in ids], 'weight_decay': args.weight_decay},
            {'params': norms, 'weight_decay': args.norm_weight_decay},
        ]
    if args.opt == 'sgd':
        return torch.optim.SGD(params, lr=args.lr, momentum=args.momentum, weight_decay=args.weight_decay)
    elif args.opt == 'rmsprop':
        return torch.optim.RMSprop(params, lr=args.lr, momentum=args.momentum, weight_decay=args.weight_decay, alpha=0.9)
    return torch.optim.AdamW(params, lr=args.lr, weight_decay=args.weight_decay)


def make_scheduler(args, optimizer):
    left = max(1, args.epochs - args.warmup)
    if args.lr_scheduler == 'step':
        main = lr_scheduler.StepLR(optimizer, args.lr_step, args.lr_gamma)
    elif args.lr_scheduler == 'multi':
        main = lr_scheduler.MultiStepLR(optimizer, [left // 2, left * 3 // 4], args.lr_gamma)
    elif args.lr_scheduler == 'exp':
        main = lr_scheduler.ExponentialLR(optimizer, args.lr_gamma)
    else:
        main = lr_scheduler.CosineAnnealingLR(optimizer, left)
    if not args.warmup:
        return main
    start = lr_scheduler.LinearLR(optimizer, start_factor=0.01, total_iters=args.warmup)
    return lr_scheduler.SequentialLR(optimizer, [start, main], milestones=[args.warmup])


def mixup(images, labels, alpha):
    """Images blended with others of the batch; both labels, and the share of the first."""
    if alpha <= 0:
        return images, labels, labels, 1.0
    lam = float(np.random.beta(alpha, alpha))
    perm = torch.randperm(images.size(0), device=images.device)
    return lam * images + (1 - lam) * images[perm], labels, labels[perm], lam


def train_one_epoch(model, criterion, optimizer, loader, device, epoch, args, scaler=None, ema=None):
    model.train()
    m = AverageMeters('loss', 'acc1', 'acc5', 'img_per_s', header='Epoch %d' % epoch)
    for i, (images, labels) in enumerate(loader):
        t0 = time.time()
        images, labels = images.to(device, non_blocking=True), labels.to(device, non_blocking=True)
        images, labels_a, labels_b, lam = mixup(images, labels, args.mixup_alpha)
        cast = torch.autocast(device.type) if scaler is not None else contextlib.nullcontext()
        with cast:
            scores = model(images)
            loss = lam * criterion(scores, labels_a)
            if lam < 1.0:
                loss = loss + (1 - lam) * criterion(scores, labels_b)

        optimizer.zero_grad()
        if scaler is not None:
            scaler.scale(loss).backward()
            if args.clip_grad is not None:
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(model.parameters(), args.clip_grad)
            scaler.step(optimizer)
            scaler.update()
        else:
            loss.backward()
            if args.clip_grad is not None:
                nn.utils.clip_grad_norm_(model.parameters(), args.clip_grad)
            optimizer.step()
        if ema is not None:
            ema.update_parameters(model)

        acc1, acc5 = topk_accuracy(scores, labels)
        n = images.size(0)
        m.update(n, loss=loss, acc1=acc1, acc5=acc5)
        m.update(img_per_s=n / max(time.time() - t0, 1e-9))
        if i % args.log_freq == 0:
            m.report(i, len(loader))
    return m.loss.mean, m.acc1.mean


def evaluate(model, criterion, loader, device, header='Test'):
    model.eval()
    m = AverageMeters('loss', 'acc1', 'acc5', header=header)
    with torch.inference_mode():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            scores = model(images)
            acc1, acc5 = topk_accuracy(scores, labels)
            m.update(len(images), loss=criterion(scores, labels), acc1=acc1, acc5=acc5)
    print('%s: Acc@1 %.3f  Acc@5 %.3f  loss %.4f' % (header, m.acc1.mean, m.acc5.mean, m.loss.mean))
    return m.acc1.mean


def main(args):
    os.makedirs(args.out, exist_ok=True)
    if args.seed is not None:
        random.seed(args.seed)
        np.random.seed(args.seed)
        torch.manual_seed(args.seed)
        torch.backends.cudnn.deterministic = True
        warnings.warn('with a seed cudnn is deterministic, and slower')
    else:
        torch.backends.cudnn.benchmark = True
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')

    train_set, val_set, n_classes = load_data(args)
    pin = device.type == 'cuda'
    train_loader = DataLoader(train_set, args.batch_size, shuffle=True, num_workers=args.workers, pin_memory=pin)
    val_loader = DataLoader(val_set, args.batch_size, num_workers=args.workers, pin_memory=pin)

    model = make_model(args, n_classes).to(device)
    n_params = sum(p.numel() for p in model.parameters() if p.requires_grad)
    print('%s, %.1f M parameters to train' % (args.model, n_params / 1e6))
    criterion = nn.CrossEntropyLoss(label_smoothing=args.label_smoothing)
    optimizer = make_optimizer(args, model)
    scheduler = make_scheduler(args, optimizer)
    scaler = torch.amp.GradScaler() if args.amp and device.type == 'cuda' else None
    ema = None
    if args.ema > 0:
        averaging = lambda avg, new, _: args.ema * avg + (1 - args.ema) * new
        ema = torch.optim.swa_utils.AveragedModel(model, avg_fn=averaging)

    best_acc1 = 0.0
    if args.resume:
        checkpoint = torch.load(args.resume, map_location='cpu', weights_only=False)
        model.load_state_dict(checkpoint['model'])
        if not args.test_only:
            optimizer.load_state_dict(checkpoint['optimizer'])
            scheduler.load_state_dict(checkpoint['scheduler'])
            args.start_epoch = checkpoint['epoch'] + 1
            best_acc1 = checkpoint['best_acc1']
        print('resumed from', args.resume)

    if args.test_only:
        evaluate(model, criterion, val_loader, device)
        return

    print('Start training')
    start_time = time.time()
    for epoch in range(args.start_epoch, args.epochs):
        train_loss, train_acc1 = train_one_epoch(model, criterion, optimizer, train_loader, device, epoch, args, scaler, ema)
        scheduler.step()
        acc1 = evaluate(model, criterion, val_loader, device)
        if ema is not None:
            evaluate(ema, criterion, val_loader, device, header='Test (EMA)')
        # print('lr is now', optimizer.param_groups[0]['lr'])

        is_best = acc1 > best_acc1
        best_acc1 = max(best_acc1, acc1)
        state = {
            'model': model.state_dict(),
            'optimizer': optimizer.state_dict(),
            'scheduler': scheduler.state_dict(),
            'epoch': epoch,
            'best_acc1': best_acc1,
            'args': vars(args),
        }
        torch.save(state, os.path.join(args.out, 'last.pth'))
        if is_best:
            torch.save(state, os.path.join(args.out, 'best.pth'))
        print('epoch %d done: train loss %.4f, train Acc@1 %.3f, best Acc@1 %.3f' % (epoch, train_loss, train_acc1, best_acc1))

    took = str(datetime.timedelta(seconds=int(time.time() - start_time)))
    print('Training time', took)


if __name__ == '__main__':
    main(args_parser().parse_args())
