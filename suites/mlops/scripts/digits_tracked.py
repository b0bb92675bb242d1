import mlflow
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

LR, EPOCHS, HIDDEN = 0.01, 30, 64

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=0)
X_train, X_test = torch.tensor(X_train, dtype=torch.float32), torch.tensor(X_test, dtype=torch.float32)
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10))
opt = torch.optim.Adam(model.parameters(), lr=LR)

mlflow.set_experiment("digits")
with mlflow.start_run(run_name="mlp"):
    mlflow.log_params({"lr": LR, "epochs": EPOCHS, "hidden": HIDDEN})
    for epoch in range(EPOCHS):
        loss = nn.functional.cross_entropy(model(X_train), y_train)
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            accuracy = (model(X_test).argmax(1) == y_test).float().mean().item()
        mlflow.log_metrics({"train_loss": loss.item(), "test_accuracy": accuracy}, step=epoch)
        print(f"{epoch:3d} {loss.item():.4f} {accuracy:.4f}")
