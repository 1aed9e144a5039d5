"""One module a command: settings and inputs in, results out, the exit status back.

Models come in as the function that loads them, so that nothing is loaded before the input has been read.
"""
