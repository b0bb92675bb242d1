import numpy as np
import torch
from sklearn.datasets import load_diabetes
from torch import nn

X, y = load_diabetes(return_X_y=True)
X = torch.tensor((X - X.mean(0)) / X.std(0), dtype=torch.float32)
y = torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32).unsqueeze(1)

torch.manual_seed(1)
order = torch.randperm(len(X))
train, val = order[:350], order[350:]
model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, weight_decay=1e-3)
curve = []
for epoch in range(200):
    model.train()
    train_mse = nn.functional.mse_loss(model(X[train]), y[train])
    optimizer.zero_grad()
    train_mse.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        val_mse = nn.functional.mse_loss(model(X[val]), y[val])
    curve.append((train_mse.item(), val_mse.item()))
np.save("curve.npy", np.array(curve))
torch.save(model.state_dict(), "diabetes.pt")
