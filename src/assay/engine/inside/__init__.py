"""What runs on the far side of the controller: stdlib only, nothing of assay.

These files are shown to the environment's own interpreter inside the jail, as top-level modules
(`warden`, `zygote`, `runner`, …). They must run on whatever Python an environment has (3.9 and
newer) and import nothing heavy.
"""
