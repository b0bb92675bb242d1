"""German to English with nn.Transformer on Multi30k, from plain text files on the web."""
import gzip
import math
import os
import random
import urllib.request
from collections import Counter
from timeit import default_timer as timer

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

SRC_LANGUAGE = 'de'
TGT_LANGUAGE = 'en'
BASE_URL = 'https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/'
DATA_DIR = 'multi30k'

PAD, UNK, BOS, EOS = 0, 1, 2, 3
SPECIALS = ['<pad>', '<unk>', '<bos>', '<eos>']

EMB_SIZE = 256
NHEAD = 8
FFN_HID_DIM = 512
BATCH_SIZE = 128
NUM_ENCODER_LAYERS = 3
NUM_DECODER_LAYERS = 3
NUM_EPOCHS = 18
LEARNING_RATE = 0.0001
MIN_FREQ = 2

DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
torch.manual_seed(0)
random.seed(0)


def fetch(split, language):
    os.makedirs(DATA_DIR, exist_ok=True)
    path = os.path.join(DATA_DIR, f'{split}.{language}.gz')
    if not os.path.exists(path):
        urllib.request.urlretrieve(BASE_URL + f'{split}.{language}.gz', path)
    with gzip.open(path, 'rt', encoding='utf-8') as f:
        return [line.strip().lower() for line in f]


def tokenize(sentence):
    for sign in '.,;:!?"()':
        sentence = sentence.replace(sign, f' {sign} ')
    return sentence.split()


class Vocabulary:
    def __init__(self, sentences, min_freq=MIN_FREQ):
        counter = Counter(token for s in sentences for token in tokenize(s))
        self.itos = SPECIALS + sorted(t for t, c in counter.items() if c >= min_freq)
        self.stoi = {t: i for i, t in enumerate(self.itos)}

    def __len__(self):
        return len(self.itos)

    def encode(self, sentence):
        ids = [self.stoi.get(t, UNK) for t in tokenize(sentence)]
        return torch.tensor([BOS] + ids + [EOS])


class PositionalEncoding(nn.Module):
    def __init__(self, emb_size, dropout, maxlen=500):
        super().__init__()
        rate = torch.exp(-torch.arange(0, emb_size, 2) * math.log(10000.0) / emb_size)
        position = torch.arange(maxlen).unsqueeze(1)
        table = torch.zeros(maxlen, emb_size)
        table[:, 0::2] = torch.sin(position * rate)
        table[:, 1::2] = torch.cos(position * rate)
        self.dropout = nn.Dropout(dropout)
        self.register_buffer('table', table)

    def forward(self, x):
        return self.dropout(x + self.table[:x.size(1)])


class Seq2SeqTransformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, dropout=0.1):
        super().__init__()
        self.src_emb = nn.Embedding(src_vocab, EMB_SIZE, padding_idx=PAD)
        self.tgt_emb = nn.Embedding(tgt_vocab, EMB_SIZE, padding_idx=PAD)
        self.positions = PositionalEncoding(EMB_SIZE, dropout)
        self.transformer = nn.Transformer(EMB_SIZE, NHEAD, NUM_ENCODER_LAYERS, NUM_DECODER_LAYERS, FFN_HID_DIM, dropout, batch_first=True)
        self.generator = nn.Linear(EMB_SIZE, tgt_vocab)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def embed(self, table, tokens):
        return self.positions(table(tokens) * math.sqrt(EMB_SIZE))

    def forward(self, src, tgt):
        causal = torch.triu(torch.ones(tgt.size(1), tgt.size(1), dtype=torch.bool, device=tgt.device), diagonal=1)
        out = self.transformer(
            self.embed(self.src_emb, src), self.embed(self.tgt_emb, tgt), tgt_mask=causal,
            src_key_padding_mask=src == PAD, tgt_key_padding_mask=tgt == PAD, memory_key_padding_mask=src == PAD)
        return self.generator(out)


train_src, train_tgt = fetch('train', SRC_LANGUAGE), fetch('train', TGT_LANGUAGE)
val_src, val_tgt = fetch('val', SRC_LANGUAGE), fetch('val', TGT_LANGUAGE)
vocab_src, vocab_tgt = Vocabulary(train_src), Vocabulary(train_tgt)
print(f'{len(train_src)} pairs, {len(vocab_src)} / {len(vocab_tgt)} words')


def collate_fn(batch):
    src = pad_sequence([vocab_src.encode(s) for s, _ in batch], batch_first=True, padding_value=PAD)
    tgt = pad_sequence([vocab_tgt.encode(t) for _, t in batch], batch_first=True, padding_value=PAD)
    return src, tgt


transformer = Seq2SeqTransformer(len(vocab_src), len(vocab_tgt)).to(DEVICE)
loss_fn = nn.CrossEntropyLoss(ignore_index=PAD)
optimizer = torch.optim.Adam(transformer.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), eps=1e-9)


def train_epoch(model, optimizer):
    model.train()
    losses = 0
    dataloader = DataLoader(list(zip(train_src, train_tgt)), batch_size=BATCH_SIZE, shuffle=True, collate_fn=collate_fn)
    for src, tgt in dataloader:
        src, tgt = src.to(DEVICE), tgt.to(DEVICE)
        logits = model(src, tgt[:, :-1])
        optimizer.zero_grad()
        loss = loss_fn(logits.reshape(-1, logits.shape[-1]), tgt[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
        losses += loss.item()
    return losses / len(dataloader)


def evaluate(model):
    model.eval()
    losses = 0
    dataloader = DataLoader(list(zip(val_src, val_tgt)), batch_size=BATCH_SIZE, collate_fn=collate_fn)
    with torch.no_grad():
        for src, tgt in dataloader:
            src, tgt = src.to(DEVICE), tgt.to(DEVICE)
            logits = model(src, tgt[:, :-1])
            losses += loss_fn(logits.reshape(-1, logits.shape[-1]), tgt[:, 1:].reshape(-1)).item()
    return losses / len(dataloader)


def translate(model, sentence, max_len=40):
    model.eval()
    src = vocab_src.encode(sentence.lower()).unsqueeze(0).to(DEVICE)
    ys = torch.tensor([[BOS]], device=DEVICE)
    with torch.no_grad():
        for _ in range(max_len):
            word = model(src, ys)[0, -1].argmax().item()
            if word == EOS:
                break
            ys = torch.cat([ys, torch.tensor([[word]], device=DEVICE)], dim=1)
    return ' '.join(vocab_tgt.itos[i] for i in ys[0, 1:].tolist())


for epoch in range(1, NUM_EPOCHS + 1):
    start_time = timer()
    train_loss = train_epoch(transformer, optimizer)
    end_time = timer()
    val_loss = evaluate(transformer)
    print(f"Epoch: {epoch}, Train loss: {train_loss:.3f}, Val loss: {val_loss:.3f}, Epoch time = {(end_time - start_time):.3f}s")

print(translate(transformer, "Eine Gruppe von Menschen steht vor einem Iglu ."))
torch.save(transformer.state_dict(), 'transformer_de_en.pt')
