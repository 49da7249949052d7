#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["ema_workbench==2.5.3", "scikit-learn==1.9.1", "pandas==2.3.3"]
# ///
"""Times of EMA Workbench for the table of studies in docs/benchmarks.md; `cargo xtask bench` runs it.

    python ema.py DESIGN CLIMBDOWN MODEL EMPTY GAMES

DESIGN is the description of a sweep of MODEL. Runs EMPTY experiments over its inputs that call an empty
function, or GAMES over the same inputs that solve the exported game with pygambit; the games are exported
beforehand and not counted. Prints processor seconds for one experiment, as JSON; null for what is 0.
"""

import json
import subprocess
import sys
import time

import pygambit
from ema_workbench import CategoricalParameter, Model, RealParameter, ScalarOutcome
from ema_workbench import SequentialEvaluator
from ema_workbench.em_framework.samplers import LHSSampler


def inputs(design):
    return [
        RealParameter(i["name"], *i["range"]) for i in design["design"]["inputs"] if "range" in i
    ]


def seconds(model, n):
    begin = time.process_time()
    with SequentialEvaluator(model) as evaluator:
        evaluator.perform_experiments(scenarios=n)
    return (time.process_time() - begin) / n


def main():
    design_path, climbdown, game_path, n_empty, n_games = sys.argv[1:]
    design = json.load(open(design_path, encoding="utf-8"))
    n_empty, n_games = int(n_empty), int(n_games)
    empty = Model("empty", function=lambda **inputs: {"y": 0.0})
    empty.uncertainties = inputs(design)
    empty.outcomes = [ScalarOutcome("y")]
    found = {"empty": seconds(empty, n_empty) if n_empty else None, "game": None}
    if n_games:
        found["game"] = solving(design, climbdown, game_path, n_games)
    print(json.dumps(found))


def solving(design, climbdown, game_path, n_games):
    # One design on the same inputs, as files: EMA Workbench then draws which file is solved.
    sample = LHSSampler().generate_samples(inputs(design), n_games)
    sample = sample if isinstance(sample, dict) else {p.name: sample[:, k] for k, p in enumerate(inputs(design))}
    texts = []
    for row in range(n_games):
        sets = [f"--set={name}={values[row]}" for name, values in sample.items()]
        command = [climbdown, "export", game_path, "--to", "efg", "--quiet", *sets]
        texts.append(subprocess.run(command, check=True, capture_output=True).stdout)
    precision = design["run"]["lambda"]

    def solve(row):
        import io

        game = pygambit.read_efg(io.BytesIO(texts[int(row) % n_games]))
        # The flat sequence of probabilities; `.profile` of this version raises.
        return {"y": float(list(pygambit.qre.logit_solve_lambda(game, lam=precision)[0])[0])}

    games = Model("games", function=solve)
    games.uncertainties = [CategoricalParameter("row", list(range(n_games + 1)))]
    games.outcomes = [ScalarOutcome("y")]
    return seconds(games, n_games)


if __name__ == "__main__":
    main()
