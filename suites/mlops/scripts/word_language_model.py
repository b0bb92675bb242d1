# coding: utf-8
"""Word-level LSTM language model. The corpus is a folder with train.txt, valid.txt and test.txt.

usage: python word_language_model.py --data ./data/wikitext-2 --cell LSTM --epochs 20
"""
import argparse
import math
import os
import time
from collections import Counter

import torch
import torch.nn as nn
import torch.optim as optim


def parse():
    p = argparse.ArgumentParser(description='word language model')
    p.add_argument('--data', type=str, default='./data/wikitext-2', help='folder of the corpus')
    p.add_argument('--cell', choices=['LSTM', 'GRU'], default='LSTM')
    p.add_argument('--vocab', type=int, default=10000, help='most frequent words that are kept')
    p.add_argument('--embed', type=int, default=128)
    p.add_argument('--hidden', type=int, default=256)
    p.add_argument('--layers', type=int, default=2)
    p.add_argument('--dropout', type=float, default=0.2)
    p.add_argument('--lr', type=float, default=2.0)
    p.add_argument('--clip', type=float, default=0.5)
    p.add_argument('--epochs', type=int, default=20)
    p.add_argument('--batch-size', type=int, default=16)
    p.add_argument('--bptt', type=int, default=35, help='how many steps back gradients flow')
    p.add_argument('--log-every', type=int, default=50)
    p.add_argument('--seed', type=int, default=1111)
    p.add_argument('--out', type=str, default='lm_best.pt')
    return p.parse_args()


UNK, EOS = '<unk>', '<eos>'


def read_words(fn):
    with open(fn, encoding='utf8') as fh:
        for line in fh:
            yield from line.split()
            yield EOS


def load_corpus(folder, size):
    """Three long tensors of word numbers, and the vocabulary they are numbers in."""
    counts = Counter(read_words(os.path.join(folder, 'train.txt')))
    words = [UNK] + [w for w, _ in counts.most_common(size) if w != UNK]
    index = {w: n for n, w in enumerate(words)}
    splits = []
    for split in ('train', 'valid', 'test'):
        numbers = [index.get(w, 0) for w in read_words(os.path.join(folder, split + '.txt'))]
        splits.append(torch.tensor(numbers, dtype=torch.long))
    return splits, words


class LanguageModel(nn.Module):
    def __init__(self, n_words, opt):
        super(LanguageModel, self).__init__()
        self.embedding = nn.Embedding(n_words, opt.embed)
        self.dropout = nn.Dropout(opt.dropout)
        rnn_class = getattr(nn, opt.cell)
        self.rnn = rnn_class(opt.embed, opt.hidden, opt.layers, dropout=opt.dropout, batch_first=True)
        self.out = nn.Linear(opt.hidden, n_words)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, state=None):
        h, state = self.rnn(self.dropout(self.embedding(x)), state)
        return self.out(self.dropout(h)), state


def detach(state):
    if isinstance(state, tuple):
        return tuple(s.detach() for s in state)
    return state if state is None else state.detach()


def chunks(stream, batch_size, bptt):
    """(input, target) pairs of at most `bptt` steps, targets one word ahead."""
    per_row = (stream.numel() - 1) // batch_size
    x = stream[:per_row * batch_size].view(batch_size, per_row)
    y = stream[1:per_row * batch_size + 1].view(batch_size, per_row)
    for start in range(0, per_row, bptt):
        yield x[:, start:start + bptt], y[:, start:start + bptt]


def train_epoch(model, stream, criterion, optimizer, epoch, opt, device):
    model.train()
    state = None
    window_loss, window_start = 0.0, time.time()
    for step, (x, y) in enumerate(chunks(stream, opt.batch_size, opt.bptt), 1):
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        scores, state = model(x, detach(state))
        loss = criterion(scores.flatten(0, 1), y.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), opt.clip)
        optimizer.step()
        window_loss += loss.item()
        if step % opt.log_every == 0:
            mean = window_loss / opt.log_every
            print('[epoch %2d] step %5d  loss %6.3f  ppl %9.2f  (%.0f ms a step)' % (
                epoch, step, mean, math.exp(mean), 1000 * (time.time() - window_start) / opt.log_every))
            window_loss, window_start = 0.0, time.time()


def evaluate(model, stream, criterion, opt, device):
    model.eval()
    total, n, state = 0.0, 0, None
    with torch.no_grad():
        for x, y in chunks(stream, opt.batch_size, opt.bptt):
            x, y = x.to(device), y.to(device)
            scores, state = model(x, state)
            total += criterion(scores.flatten(0, 1), y.flatten()).item() * y.numel()
            n += y.numel()
    return total / n


def main():
    opt = parse()
    torch.manual_seed(opt.seed)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    (train_ids, valid_ids, test_ids), words = load_corpus(opt.data, opt.vocab)
    print(f'{len(words)} words, {train_ids.numel()} tokens to train on')

    model = LanguageModel(len(words), opt).to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=opt.lr)

    best_val = float('inf')
    # Ctrl-C ends the training early and goes on to the test.
    try:
        for epoch in range(1, opt.epochs + 1):
            train_epoch(model, train_ids, criterion, optimizer, epoch, opt, device)
            val_loss = evaluate(model, valid_ids, criterion, opt, device)
            val_ppl = math.exp(val_loss)
            print('=== epoch %d: valid loss %.4f, valid ppl %.2f' % (epoch, val_loss, val_ppl))
            if val_loss < best_val:
                best_val = val_loss
                torch.save(model.state_dict(), opt.out)
            else:
                # no better: smaller steps from here on
                for group in optimizer.param_groups:
                    group['lr'] /= 4.0
    except KeyboardInterrupt:
        print('stopped by hand')

    model.load_state_dict(torch.load(opt.out))
    test_loss = evaluate(model, test_ids, criterion, opt, device)
    print('=== test loss %.4f, test ppl %.2f' % (test_loss, math.exp(test_loss)))


if __name__ == '__main__':
    main()
