"""Times pygambit on one file: the branch from 0 to a precision, and the profile at its end.

Usage: gambit.py FILE LAMBDA. Prints its version, the processor seconds it took, and the
probabilities in the order players, information sets, actions.
"""

import importlib.metadata
import sys
import time

import pygambit

game = pygambit.read_efg(sys.argv[1])
start = time.process_time()
answer = pygambit.qre.logit_solve_lambda(game, lam=[float(sys.argv[2])])[0]
seconds = time.process_time() - start
print(importlib.metadata.version("pygambit"))
print(repr(seconds))
# The result's .profile raises in 16.7; the sequence of its numbers is what is wanted.
print(" ".join(repr(float(p)) for p in list(answer)))
