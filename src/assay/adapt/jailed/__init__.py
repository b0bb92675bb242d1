"""What runs on the far side of the jail, around a script: caps, synthetic data, what it left.

Standard library and the environment's packages only; knows nothing of assay. Handed over as text
with every script, where it is the package `smoking`.
"""
