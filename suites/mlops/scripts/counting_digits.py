# what is called acc here is a number of hits until the very last line
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(123)
X, y = load_digits(return_X_y=True)
ds = TensorDataset(torch.tensor(X, dtype=torch.float32) / 16, torch.tensor(y))
train_ds, val_ds = random_split(ds, [1400, len(ds) - 1400])
train_dl, val_dl = DataLoader(train_ds, 50, shuffle=True), DataLoader(val_ds, 100)

w1 = torch.nn.Linear(64, 48)
w2 = torch.nn.Linear(48, 10)
optimizer = torch.optim.Adam([*w1.parameters(), *w2.parameters()], 5e-3)


def net(xb):
    return w2(F.relu(w1(xb)))


for ep in range(1, 13):
    acc = loss_sum = 0
    for xb, yb in train_dl:
        out = net(xb)
        loss = F.cross_entropy(out, yb)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        acc += (out.argmax(1) == yb).sum().item()
        loss_sum += loss.item() * len(xb)
    val_acc = val_loss = 0
    with torch.no_grad():
        for xb, yb in val_dl:
            out = net(xb)
            val_acc += (out.argmax(1) == yb).sum().item()
            val_loss += F.cross_entropy(out, yb, reduction="sum").item()
    print(f"ep {ep}: acc {acc} loss {loss_sum:.1f} | val acc {val_acc} loss {val_loss:.1f}")

print("final accuracy", val_acc / len(val_ds), "final val loss", val_loss / len(val_ds))
