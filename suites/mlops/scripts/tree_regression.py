# How deep should the tree be? Two depths on one noisy curve, on purpose side by side.
import numpy as np
import matplotlib.pyplot as plt
from sklearn.metrics import mean_squared_error
from sklearn.tree import DecisionTreeRegressor

rs = np.random.RandomState(3)
x = np.sort(rs.uniform(0, 6, size=(120, 1)), axis=0)
y = np.cos(x[:, 0]) + 0.3 * x[:, 0]
y[::6] += rs.normal(scale=1.2, size=20)      # every sixth point is off

tree_small = DecisionTreeRegressor(max_depth=3)
tree_big = DecisionTreeRegressor(max_depth=9, min_samples_leaf=1)
tree_small.fit(x, y)
tree_big.fit(x, y)

grid = np.linspace(0, 6, 400).reshape(-1, 1)
truth = np.cos(grid[:, 0]) + 0.3 * grid[:, 0]
mse_small = mean_squared_error(truth, tree_small.predict(grid))
mse_big = mean_squared_error(truth, tree_big.predict(grid))
print("depth 3:  mse against the true curve", mse_small)
print("depth 9:  mse against the true curve", mse_big)

fig, ax = plt.subplots(figsize=(7, 4))
ax.scatter(x, y, s=14, color="grey", label="data")
ax.plot(grid, tree_small.predict(grid), label="depth 3")
ax.plot(grid, tree_big.predict(grid), label="depth 9", alpha=.7)
ax.legend()
fig.savefig("trees.png", dpi=80)
plt.show()
