import torch, torch.nn as nn, numpy as np
import os, sys, urllib.request

# quick and dirty char-rnn. works on my machine

url = 'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt'
fname = 'input.txt'
if not os.path.exists(fname):
    urllib.request.urlretrieve(url, fname)
text = open(fname).read()
chars = sorted(list(set(text)))
stoi = {c: i for i, c in enumerate(chars)}
itos = {i: c for i, c in enumerate(chars)}
data = np.array([stoi[c] for c in text])
print('data has %d characters, %d unique.' % (len(data), len(chars)))

# hyperparameters
H = 128
seq_length = 50
lr = 2e-3
n_iter = 20000
print_every = 100
sample_every = 1000
B = 16
#B = 64  # too big for the laptop

emb = nn.Embedding(len(chars), 32)
rnn = nn.GRU(32, H, batch_first=True)
fc = nn.Linear(H, len(chars))
params = list(emb.parameters()) + list(rnn.parameters()) + list(fc.parameters())
opt = torch.optim.RMSprop(params, lr=lr)
lossf = nn.CrossEntropyLoss()
smooth_loss = -np.log(1.0 / len(chars))

def batch():
    ix = np.random.randint(0, len(data) - seq_length - 1, size=B)
    x = torch.tensor(np.stack([data[i:i+seq_length] for i in ix]))
    y = torch.tensor(np.stack([data[i+1:i+1+seq_length] for i in ix]))
    return x, y

def sample(seed_ix, n):
    h = None
    x = torch.tensor([[seed_ix]])
    out = []
    with torch.no_grad():
        for t in range(n):
            o, h = rnn(emb(x), h)
            p = torch.softmax(fc(o[0, -1]), 0)
            i = torch.multinomial(p, 1).item()
            out.append(itos[i]); x = torch.tensor([[i]])
    return ''.join(out)

n = 0
while n < n_iter:
    x, y = batch()
    o, _ = rnn(emb(x))
    loss = lossf(fc(o).reshape(-1, len(chars)), y.reshape(-1))
    opt.zero_grad(); loss.backward()
    #print(loss)
    nn.utils.clip_grad_norm_(params, 5)
    opt.step()
    smooth_loss = smooth_loss * 0.99 + loss.item() * 0.01
    if n % print_every == 0: print('iter %d, loss: %f' % (n, smooth_loss))
    if n % sample_every == 0: print('----\n%s\n----' % sample(int(x[0, 0]), 100))
    n += 1

torch.save([emb.state_dict(), rnn.state_dict(), fc.state_dict()], 'charrnn.pt')
