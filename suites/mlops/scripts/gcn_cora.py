"""Graph convolution on Cora: every epoch is one full-batch step."""
import argparse
import io
import os
import tarfile
import time
import urllib.request

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

URL = 'https://linqs-data.soe.ucsc.edu/public/lbc/cora.tgz'


def download(root):
    path = os.path.join(root, 'cora')
    if not os.path.exists(os.path.join(path, 'cora.content')):
        os.makedirs(root, exist_ok=True)
        raw = urllib.request.urlopen(URL).read()
        with tarfile.open(fileobj=io.BytesIO(raw), mode='r:gz') as tar:
            tar.extractall(root, filter='data')
    return path


def load(root):
    path = download(root)
    rows = np.genfromtxt(os.path.join(path, 'cora.content'), dtype=np.dtype(str))
    features = torch.tensor(rows[:, 1:-1].astype(np.float32))
    features = features / features.sum(1, keepdim=True).clamp(min=1)
    classes = sorted(set(rows[:, -1]))
    labels = torch.tensor([classes.index(c) for c in rows[:, -1]])

    number = {paper: n for n, paper in enumerate(rows[:, 0])}
    cites = np.genfromtxt(os.path.join(path, 'cora.cites'), dtype=np.dtype(str))
    pairs = [(number[a], number[b]) for a, b in cites if a in number and b in number]
    src, dst = torch.tensor(pairs).t()
    n = len(labels)
    # undirected, with self loops, then D^-1/2 A D^-1/2
    index = torch.cat([torch.stack([src, dst]), torch.stack([dst, src]), torch.arange(n).repeat(2, 1)], dim=1)
    A = torch.sparse_coo_tensor(index, torch.ones(index.size(1)), (n, n)).coalesce()
    A = torch.sparse_coo_tensor(A.indices(), torch.ones_like(A.values()), (n, n)).coalesce()
    degree = torch.sparse.sum(A, dim=1).to_dense()
    scale = degree.pow(-0.5)
    i, j = A.indices()
    A = torch.sparse_coo_tensor(A.indices(), scale[i] * A.values() * scale[j], (n, n)).coalesce()
    return A, features, labels, len(classes)


class GraphConv(nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_in, d_out))
        self.bias = nn.Parameter(torch.zeros(d_out))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x, A):
        return torch.sparse.mm(A, x @ self.weight) + self.bias


class GCN(nn.Module):
    def __init__(self, d_in, d_hidden, n_classes, dropout):
        super().__init__()
        self.gc1 = GraphConv(d_in, d_hidden)
        self.gc2 = GraphConv(d_hidden, n_classes)
        self.dropout = dropout

    def forward(self, x, A):
        x = F.dropout(x, self.dropout, self.training)
        x = F.relu(self.gc1(x, A))
        x = F.dropout(x, self.dropout, self.training)
        return F.log_softmax(self.gc2(x, A), dim=1)


def accuracy(output, labels):
    return (output.argmax(1) == labels).float().mean().item()


if __name__ == '__main__':
    ap = argparse.ArgumentParser()
    ap.add_argument('--root', default='data')
    ap.add_argument('--epochs', type=int, default=200)
    ap.add_argument('--lr', type=float, default=0.01)
    ap.add_argument('--weight_decay', type=float, default=5e-4)
    ap.add_argument('--hidden', type=int, default=16)
    ap.add_argument('--dropout', type=float, default=0.5)
    ap.add_argument('--patience', type=int, default=30)
    ap.add_argument('--seed', type=int, default=42)
    args = ap.parse_args()

    np.random.seed(args.seed)
    torch.manual_seed(args.seed)

    A, features, labels, n_classes = load(args.root)
    perm = torch.randperm(len(labels))
    n_train, n_val = len(labels) // 10, len(labels) // 5
    idx_train, idx_val, idx_test = perm[:n_train], perm[n_train:n_train + n_val], perm[n_train + n_val:]

    model = GCN(features.size(1), args.hidden, n_classes, args.dropout)
    optimizer = torch.optim.Adam(model.parameters(), lr=args.lr, weight_decay=args.weight_decay)

    best, wait = 1e9, 0
    for epoch in range(args.epochs):
        t = time.time()
        model.train()
        optimizer.zero_grad()
        output = model(features, A)
        loss_train = F.nll_loss(output[idx_train], labels[idx_train])
        acc_train = accuracy(output[idx_train], labels[idx_train])
        loss_train.backward()
        optimizer.step()

        model.eval()
        with torch.no_grad():
            output = model(features, A)
            loss_val = F.nll_loss(output[idx_val], labels[idx_val])
            acc_val = accuracy(output[idx_val], labels[idx_val])
        print('Epoch: {:04d}'.format(epoch + 1),
              'loss_train: {:.4f}'.format(loss_train.item()),
              'acc_train: {:.4f}'.format(acc_train),
              'loss_val: {:.4f}'.format(loss_val.item()),
              'acc_val: {:.4f}'.format(acc_val),
              'time: {:.4f}s'.format(time.time() - t))

        if loss_val.item() < best:
            best, wait = loss_val.item(), 0
            torch.save(model.state_dict(), 'gcn_best.pkl')
        else:
            wait += 1
            if wait == args.patience:
                print('Early stop at epoch', epoch + 1)
                break

    model.load_state_dict(torch.load('gcn_best.pkl'))
    model.eval()
    with torch.no_grad():
        output = model(features, A)
    loss_test = F.nll_loss(output[idx_test], labels[idx_test]).item()
    acc_test = accuracy(output[idx_test], labels[idx_test])
    print("Test set: loss= {:.4f} accuracy= {:.4f}".format(loss_test, acc_test))
