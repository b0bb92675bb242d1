"""Gaussian process on the CO2 record of Mauna Loa: a kernel by hand, fitted by marginal likelihood."""
import datetime

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ExpSineSquared, RationalQuadratic, WhiteKernel

# one row a week; months are enough
frame = fetch_openml(data_id=41187, as_frame=True).frame
frame["date"] = pd.to_datetime(frame[["year", "month", "day"]])
monthly = frame.set_index("date")["co2"].resample("MS").mean().dropna()

years = (monthly.index.year + (monthly.index.month - 1) / 12).to_numpy()
X = years.reshape(-1, 1)
y = monthly.to_numpy()
is_train = years < np.quantile(years, 0.8)
X_train, y_train = X[is_train], y[is_train]
X_test, y_test = X[~is_train], y[~is_train]
mean = y_train.mean()

trend = 50.0 ** 2 * RBF(length_scale=50.0)
season = 2.0 ** 2 * RBF(length_scale=100.0) * ExpSineSquared(length_scale=1.0, periodicity=1.0, periodicity_bounds="fixed")
bumps = 0.5 ** 2 * RationalQuadratic(length_scale=1.0, alpha=1.0)
noise = 0.1 ** 2 * RBF(length_scale=0.1) + WhiteKernel(noise_level=0.1 ** 2, noise_level_bounds=(1e-5, 1e5))
kernel = trend + season + bumps + noise

gp = GaussianProcessRegressor(kernel=kernel, normalize_y=False)
gp.fit(X_train, y_train - mean)
print("kernel:", gp.kernel_)
print("log marginal likelihood: %.3f" % gp.log_marginal_likelihood_value_)

y_pred, y_std = gp.predict(X_test, return_std=True)
y_pred += mean
rmse = np.sqrt(np.mean((y_pred - y_test) ** 2))
inside = np.mean(np.abs(y_pred - y_test) < 1.96 * y_std)
print("held-out RMSE %.3f ppm, %.1f%% inside the 95%% band" % (rmse, 100 * inside))

today = datetime.date(2030, 1, 1)
future = np.linspace(years[0], today.year, 500).reshape(-1, 1)
f_mean, f_std = gp.predict(future, return_std=True)
plt.plot(X, y, "k--", label="measured")
plt.plot(future, f_mean + mean, label="Gaussian process")
plt.fill_between(future[:, 0], f_mean + mean - f_std, f_mean + mean + f_std, alpha=0.2)
plt.xlabel("year")
plt.ylabel("CO2 (ppm)")
plt.legend()
plt.savefig("co2.png")
plt.show()
