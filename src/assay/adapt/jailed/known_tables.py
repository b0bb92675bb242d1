"""Tables that many scripts read, by their real columns: for those that count columns, and do not
name them.

A column is a list of values (a category), bounds (whole ones are whole), "text", "date", or "id".
The last one is the target, if the name says nothing else.
"""

from __future__ import annotations

from typing import Any

Columns = dict[str, Any]

_YES = ["Yes", "No"]
_IRIS = {"SepalLengthCm": (4.3, 7.9), "SepalWidthCm": (2.0, 4.4), "PetalLengthCm": (1.0, 6.9),
         "PetalWidthCm": (0.1, 2.5)}  # fmt: skip
_SPECIES = ["Iris-setosa", "Iris-versicolor", "Iris-virginica"]
_PIMA = {"Pregnancies": (0, 17), "Glucose": (44, 199), "BloodPressure": (24, 122),
         "SkinThickness": (7, 99), "Insulin": (14, 846), "BMI": (18.0, 67.1),
         "DiabetesPedigreeFunction": (0.08, 2.4), "Age": (21, 81), "Outcome": [0, 1]}  # fmt: skip
_WINE = {"fixed acidity": (4.6, 15.9), "volatile acidity": (0.1, 1.6),
         "citric acid": (0.0, 1.0),
         "residual sugar": (0.9, 15.5), "chlorides": (0.01, 0.6),
         "free sulfur dioxide": (1.0, 72.0),
         "total sulfur dioxide": (6.0, 289.0), "density": (0.99, 1.0), "pH": (2.7, 4.0),
         "sulphates": (0.3, 2.0), "alcohol": (8.4, 14.9),
         "quality": [3, 4, 5, 6, 7, 8]}  # fmt: skip
_STOCK = {"Date": "date", "Open": (50.0, 300.0), "High": (51.0, 310.0), "Low": (49.0, 290.0),
          "Close": (50.0, 300.0), "Adj Close": (50.0, 300.0),
          "Volume": (100_000, 9_000_000)}  # fmt: skip
_CELL = [f"{name}_{part}" for part in ("mean", "se", "worst") for name in (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
    "concave points", "symmetry", "fractal_dimension")]  # fmt: skip
ADULT: dict[str, Any] = {
    "age": (17, 90),
    "workclass": ["Private", "Self-emp-inc", "State-gov"],
    "fnlwgt": (12_000, 900_000),
    "education": ["HS-grad", "Bachelors", "Masters"],
    "education-num": (1, 16),
    "marital-status": ["Never-married", "Divorced", "Widowed"],
    "occupation": ["Sales", "Tech-support", "Craft-repair"],
    "relationship": ["Husband", "Wife", "Unmarried"],
    "race": ["White", "Black", "Other"],
    "sex": ["Female", "Male"],
    "capital-gain": (0, 9_999),
    "capital-loss": (0, 2_000),
    "hours-per-week": (1, 99),
    "native-country": ["United-States", "Mexico", "India"],
}
_HOUSING = {"CRIM": (0.01, 88.9), "ZN": (0.0, 100.0), "INDUS": (0.5, 27.7), "CHAS": [0, 1],
            "NOX": (0.4, 0.9), "RM": (3.6, 8.8), "AGE": (2.9, 100.0), "DIS": (1.1, 12.1),
            "RAD": (1, 24), "TAX": (187, 711), "PTRATIO": (12.6, 22.0), "B": (0.3, 396.9),
            "LSTAT": (1.7, 38.0), "MEDV": (5.0, 50.0)}  # fmt: skip

# By words of which one is in the name of the file, or by the columns that the script names.
TABLES: list[tuple[tuple[str, ...], Columns]] = [
    (("iris",), {"Id": "id", **_IRIS, "Species": _SPECIES}),
    (("iris",), {"sepal_length": (4.3, 7.9), "sepal_width": (2.0, 4.4), "petal_length": (1.0, 6.9),
                 "petal_width": (0.1, 2.5), "species": ["setosa", "versicolor", "virginica"]}),
    (("titanic",), {
        "PassengerId": "id", "Survived": [0, 1], "Pclass": (1, 3),
        "Name": ["Abbing, Mr. Anthony", "Brown, Mrs. James", "Cann, Miss. Ellen"],
        "Sex": ["male", "female"], "Age": (0.5, 80.0), "SibSp": (0, 8), "Parch": (0, 6),
        "Ticket": ["A5", "PC", "C7"], "Fare": (1.0, 250.0), "Cabin": ["B5", "C22", "E12"],
        "Embarked": ["C", "Q", "S"]}),
    (("churn_modelling",), {
        "RowNumber": "id", "CustomerId": "id", "Surname": ["Hill", "Onio", "Boni", "Chu"],
        "CreditScore": (350, 850), "Geography": ["France", "Spain", "Germany"],
        "Gender": ["Female", "Male"], "Age": (18, 92), "Tenure": (0, 10),
        "Balance": (0.0, 250_000.0),
        "NumOfProducts": (1, 4), "HasCrCard": [0, 1], "IsActiveMember": [0, 1],
        "EstimatedSalary": (12.0, 200_000.0), "Exited": [0, 1]}),
    (("telco", "customer-churn", "customer_churn"), {
        "customerID": "id", "gender": ["Female", "Male"], "SeniorCitizen": [0, 1], "Partner": _YES,
        "Dependents": _YES, "tenure": (1, 72), "PhoneService": _YES, "MultipleLines": _YES,
        "InternetService": ["DSL", "Fiber optic", "No"], "OnlineSecurity": _YES,
        "OnlineBackup": _YES, "DeviceProtection": _YES, "TechSupport": _YES, "StreamingTV": _YES,
        "StreamingMovies": _YES, "Contract": ["Month-to-month", "One year", "Two year"],
        "PaperlessBilling": _YES, "PaymentMethod": ["Electronic check", "Mailed check"],
        "MonthlyCharges": (18.0, 118.0), "TotalCharges": (18.0, 8_600.0), "Churn": _YES}),
    (("social_network_ads",), {
        "User ID": "id", "Gender": ["Male", "Female"], "Age": (18, 60),
        "EstimatedSalary": (15_000, 150_000), "Purchased": [0, 1]}),
    (("salary_data", "salary"), {"YearsExperience": (1.1, 10.5), "Salary": (37_000.0, 122_000.0)}),
    (("position_salaries",), {
        "Position": ["Analyst", "Manager", "Partner", "CEO"], "Level": (1, 10),
        "Salary": (45_000, 1_000_000)}),
    (("50_startups", "startups"), {
        "R&D Spend": (0.0, 165_000.0), "Administration": (51_000.0, 182_000.0),
        "Marketing Spend": (0.0, 471_000.0), "State": ["New York", "California", "Florida"],
        "Profit": (14_000.0, 192_000.0)}),
    (("mall_customers",), {
        "CustomerID": "id", "Genre": ["Male", "Female"], "Age": (18, 70),
        "Annual Income (k$)": (15, 137), "Spending Score (1-100)": (1, 99)}),
    (("pima", "diabetes"), _PIMA),
    (("winequality", "wine_quality", "wine-quality"), _WINE),
    (("heart",), {
        "age": (29, 77), "sex": [0, 1], "cp": [0, 1, 2, 3], "trestbps": (94, 200),
        "chol": (126, 564), "fbs": [0, 1], "restecg": [0, 1, 2], "thalach": (71, 202),
        "exang": [0, 1], "oldpeak": (0.0, 6.2), "slope": [0, 1, 2], "ca": [0, 1, 2, 3],
        "thal": [0, 1, 2, 3], "target": [0, 1]}),
    (("breast", "wdbc"), {
        "id": "id", "diagnosis": ["M", "B"], **dict.fromkeys(_CELL, (0.1, 30.0))}),
    (("boston", "housing"), _HOUSING),
    (("housing",), {
        "longitude": (-124.3, -114.3), "latitude": (32.5, 42.0), "housing_median_age": (1.0, 52.0),
        "total_rooms": (2.0, 39_320.0), "total_bedrooms": (1.0, 6_445.0),
        "population": (3.0, 35_682.0), "households": (1.0, 6_082.0), "median_income": (0.5, 15.0),
        "median_house_value": (14_999.0, 500_001.0),
        "ocean_proximity": ["INLAND", "NEAR BAY", "NEAR OCEAN", "<1H OCEAN"]}),
    (("creditcard",), {
        "Time": (0.0, 172_792.0), **{f"V{place}": (-3.0, 3.0) for place in range(1, 29)},
        "Amount": (0.0, 2_500.0), "Class": [0, 1]}),
    (("adult", "census"), {**ADULT, "income": ["<=50K", ">50K"]}),
    (("sonar",), {**{f"x{place}": (0.0, 1.0) for place in range(60)}, "label": ["R", "M"]}),
    (("ionosphere",), {**{f"x{place}": (-1.0, 1.0) for place in range(34)}, "label": ["g", "b"]}),
    (("banknote",), {
        "variance": (-7.0, 6.8), "skewness": (-13.7, 12.9), "curtosis": (-5.2, 17.9),
        "entropy": (-8.5, 2.4), "class": [0, 1]}),
    (("auto-mpg", "auto_mpg", "autompg"), {
        "mpg": (9.0, 46.6), "cylinders": (3, 8), "displacement": (68.0, 455.0),
        "horsepower": (46.0, 230.0), "weight": (1_613.0, 5_140.0), "acceleration": (8.0, 24.8),
        "model year": (70, 82), "origin": (1, 3), "car name": ["ford", "toyota", "audi"]}),
    (("spam",), {"v1": ["ham", "spam"], "v2": "text"}),
    (("spam",), {"Category": ["ham", "spam"], "Message": "text"}),
    (("imdb",), {"review": "text", "sentiment": ["positive", "negative"]}),
    (("airline-passengers", "airpassengers", "airline_passengers", "international-airline"), {
        "Month": "date", "Passengers": (104, 622)}),
    (("advertising",), {
        "TV": (0.7, 296.4), "Radio": (0.0, 49.6), "Newspaper": (0.3, 114.0), "Sales": (1.6, 27.0)}),
    (("insurance",), {
        "age": (18, 64), "sex": ["male", "female"], "bmi": (16.0, 53.0), "children": (0, 5),
        "smoker": ["yes", "no"], "region": ["northeast", "southeast", "southwest", "northwest"],
        "charges": (1_121.0, 63_770.0)}),
    (("student_scores", "student"), {"Hours": (1.1, 9.2), "Scores": (17, 95)}),
    (("mnist", "digit"), {
        "label": [*range(10)], **{f"pixel{place}": (0, 255) for place in range(784)}}),
    (("fer2013",), {"emotion": [*range(7)], "pixels": "pixels", "Usage": [
        "Training", "PublicTest", "PrivateTest"]}),
    (("stock", "price", "tesla", "tsla", "aapl", "apple", "goog", "amzn", "msft", "nifty", "nse"),
     _STOCK),
    (("btc", "bitcoin"), _STOCK),
]  # fmt: skip


def columns_of(name: str, said: set[str], count: int = 0) -> Columns | None:
    """The real columns of a table of this name, or of one that has most of the columns that the
    script names; None where nothing is known of it, or where the script counts more columns.
    A table of just so many columns is taken before others."""
    low = name.lower()
    best: tuple[float, Columns] | None = None
    for words, columns in TABLES:
        shared = len(said & set(columns)) / len(said) if said else 0.0
        named = any(word in low for word in words)
        if len(columns) < count:
            continue
        most = shared >= (0.75 if len(said) > 2 else 1.0) and len(said) > 1
        if (named and (shared >= 0.5 or not said)) or most:
            worth = shared + named + 0.5 * (len(columns) == count)
            if best is None or worth > best[0]:
                best = worth, columns
    return best and best[1]
