"""Which classifier for the wine data? A deliberate comparison: none of them is 'the' model."""
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=11)

linear = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=500))
svm = make_pipeline(StandardScaler(), SVC(C=1.0, gamma="scale"))
bayes = GaussianNB()
boosting = GradientBoostingClassifier(n_estimators=50, max_depth=2, random_state=11)

linear.fit(X_train, y_train)
svm.fit(X_train, y_train)
bayes.fit(X_train, y_train)
boosting.fit(X_train, y_train)

table = pd.DataFrame({
    "train": [m.score(X_train, y_train) for m in (linear, svm, bayes, boosting)],
    "test": [m.score(X_test, y_test) for m in (linear, svm, bayes, boosting)],
}, index=["linear", "svm", "bayes", "boosting"])
print(table.round(4))
print("best on the test set:", table["test"].idxmax())
