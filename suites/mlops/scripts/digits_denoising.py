# %%
"""How well does PCA clean noisy digits, and does a kernel help? (exported from a notebook)"""
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.decomposition import PCA, KernelPCA
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

NOISE = 0.25
SHOW = 8

# %%
usps = fetch_openml(data_id=41082, as_frame=False)
clean = usps.data / np.abs(usps.data).max()
fit_clean, held_clean = train_test_split(clean, train_size=900, test_size=150, stratify=usps.target, random_state=7)
gen = np.random.default_rng(7)
fit_noisy = fit_clean + NOISE * gen.standard_normal(fit_clean.shape)
held_noisy = held_clean + NOISE * gen.standard_normal(held_clean.shape)
print("noisy:", round(mean_squared_error(held_clean, held_noisy), 5))

# %% two ways, on purpose: the linear one is the yardstick
linear = PCA(n_components=30, random_state=7)
rbf = KernelPCA(n_components=250, kernel="rbf", gamma=2e-3, alpha=1e-2, fit_inverse_transform=True, random_state=7)
linear.fit(fit_noisy)
rbf.fit(fit_noisy)

# %%
rows = {"noisy": held_noisy}
for name, est in (("PCA", linear), ("kernel PCA", rbf)):
    rows[name] = est.inverse_transform(est.transform(held_noisy))
    err = mean_squared_error(held_clean, rows[name])
    print(f"{name}: {err:.5f}")

# %%
side = int(held_clean.shape[1] ** 0.5)
plt.figure(figsize=(SHOW, len(rows)))
for r, (name, imgs) in enumerate(rows.items()):
    for c in range(SHOW):
        plt.subplot(len(rows), SHOW, r * SHOW + c + 1)
        plt.imshow(imgs[c].reshape(side, side), cmap="gray_r")
        plt.xticks([]), plt.yticks([])
    plt.ylabel(name)
plt.savefig("denoised.png")
plt.show()
