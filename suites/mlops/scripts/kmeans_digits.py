"""k-means on the handwritten digits. How many clusters? And does the way it starts matter?"""
import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

SEED = 4
X, y = load_digits(return_X_y=True)
Z = StandardScaler().fit_transform(X)

rows = []
for k in range(6, 15, 2):
    for init in ("k-means++", "random"):
        km = KMeans(n_clusters=k, init=init, n_init=3, random_state=SEED)
        km.fit(Z)
        rows.append({
            "k": k,
            "init": init,
            "inertia": km.inertia_,
            "silhouette": silhouette_score(Z, km.labels_, sample_size=400, random_state=SEED),
            "ari": adjusted_rand_score(y, km.labels_),
        })
        print("k=%2d %-10s inertia %9.1f  silhouette %.4f  ARI %.4f" % tuple(rows[-1].values()))

results = pd.DataFrame(rows)
results.to_csv("kmeans.csv", index=False)
best = results.loc[results["silhouette"].idxmax()]
print("best by silhouette: k=%d, %s" % (best["k"], best["init"]))

final = KMeans(n_clusters=int(best["k"]), init=best["init"], n_init=10, random_state=SEED).fit(Z)
# which digit does each cluster mostly hold?
majority = {c: int(np.bincount(y[final.labels_ == c]).argmax()) for c in range(final.n_clusters)}
purity = np.mean([majority[c] == t for c, t in zip(final.labels_, y)])
print("purity of the final clustering: %.4f" % purity)
