"""What runs on the far side of the jail: a library's tests, and the tracing of them.

Standard library and pytest only, on the environment's own interpreter; knows nothing of assay.
"""
