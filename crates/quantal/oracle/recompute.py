#!/usr/bin/env python3
"""Recomputes the oracle's answers with pygambit, or checks some of them.

    python recompute.py                     writes every answer again
    python recompute.py NAME ...            writes the answers of these games again
    python recompute.py --missing           writes the answers that are not there or not of the file
    python recompute.py --check             compares every stored answer; exit code 1 on a mismatch
    python recompute.py --check-sample N    compares the N smallest games of each folder

Needs pygambit (pip install pygambit). The branch is the principal one of the logit agent QRE. An
answer is {"oracle", "sha256" of the game's file, "lambda": [...], "profile"}. For the games of
../catalog it is a file in catalog/oracle, with "profile": {"player/information set": [per lambda,
the probabilities of its actions]}. For those of random/ all answers are in random.json, a game to a
line, with "profile": [per lambda, the probabilities in the oracle's order: players, their
information sets by number, actions], twelve decimals.
"""

import argparse
import hashlib
import importlib.metadata
import json
import multiprocessing
import pathlib
import sys
import time

import pygambit as gbt

HERE = pathlib.Path(__file__).resolve().parent
CATALOG = HERE.parent / "catalog"
RANDOM = HERE / "random"
RANDOM_ANSWERS = HERE / "random.json"
# Precisions are per range of payoffs, so that every game is asked from noisy to nearly rational.
PER_RANGE = [1, 4, 16]
# The games chosen for their folds are asked beyond them, too.
PER_RANGE_BEYOND_FOLDS = [4, 16, 36]
# Where other precisions are of interest: the fold of this game lies between 2.61 and 2.79.
OWN = {"three_by_three_fold": [2, 2.7, 5]}
# Two runs of the oracle itself agree far better than this; the crate is held to 1e-8.
TOLERANCE = 1e-9
# Seconds for one game; a game that takes longer is reported and left as it was.
PATIENCE = 120
# Seconds for a sample; games beyond it are named and left out.
SAMPLE_PATIENCE = 60


def lambdas(name: str, game) -> list[float]:
    if name in OWN:
        return OWN[name]
    spread = float(game.max_payoff) - float(game.min_payoff)
    per_range = PER_RANGE_BEYOND_FOLDS if name.startswith("fold_") else PER_RANGE
    return [float(f"{k / spread:.6g}") for k in per_range]


def flat(values) -> list[float]:
    out = []
    for value in values:
        out.extend(flat(value) if hasattr(value, "__iter__") else [float(value)])
    return out


def places(game) -> list[tuple[str, int]]:
    """Where the oracle's numbers belong: name of the place, number of actions, in order."""
    if game.is_tree:
        sets = [(p, i) for p in game.players for i in p.infosets]
        return [(f"{p.label}/{i.label}", len(i.actions)) for p, i in sets]
    return [(f"{p.label}/{p.label}", len(p.strategies)) for p in game.players]


def solve(path: pathlib.Path, at: list[float] | None) -> dict:
    game = gbt.read_nfg(str(path)) if path.suffix == ".nfg" else gbt.read_efg(str(path))
    at = at or lambdas(path.stem, game)
    sizes = places(game)
    rows = []
    for value in at:
        # One λ at a time, so that each is the first crossing. The result's .profile raises in 16.7;
        # the sequence of its numbers is what is wanted.
        numbers = flat(gbt.qre.logit_solve_lambda(game, lam=[value])[0])
        if len(numbers) != sum(n for _, n in sizes):
            raise RuntimeError(f"{path.name}: {len(numbers)} probabilities, other than actions")
        rows.append(numbers)
    answer = {
        "oracle": f"pygambit {importlib.metadata.version('pygambit')}",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "lambda": at,
    }
    if path.parent == RANDOM:
        answer["profile"] = [[round(x, 12) for x in row] for row in rows]
        return answer
    profile: dict[str, list[list[float]]] = {}
    first = 0
    for place, n in sizes:
        profile[place] = [row[first : first + n] for row in rows]
        first += n
    answer["profile"] = profile
    return answer


def furthest(a: dict, b: dict) -> float:
    x, y = a["profile"], b["profile"]
    if isinstance(x, dict):
        if x.keys() != y.keys():
            return float("inf")
        x, y = [x[key] for key in x], [y[key] for key in x]
    return max(abs(p - q) for p, q in zip(flat(x), flat(y), strict=True))


def in_time(path: pathlib.Path, at: list[float] | None, patience: float) -> dict | None:
    """The answer, or None if it takes too long."""
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=lambda: queue.put(solve(path, at)))
    worker.start()
    deadline = time.monotonic() + patience
    answer = None
    while answer is None and time.monotonic() < deadline:
        try:
            answer = queue.get(timeout=0.2)
        except Exception:  # an empty queue
            if not worker.is_alive() and queue.empty():
                break
    worker.terminate()
    worker.join()
    return answer


class Answers:
    """What is stored."""

    def __init__(self) -> None:
        text = RANDOM_ANSWERS.read_text() if RANDOM_ANSWERS.exists() else "{}"
        self.random: dict[str, dict] = json.loads(text)

    def get(self, path: pathlib.Path) -> dict | None:
        if path.parent == RANDOM:
            return self.random.get(path.stem)
        stored = CATALOG / "oracle" / f"{path.stem}.json"
        return json.loads(stored.read_text()) if stored.exists() else None

    def put(self, path: pathlib.Path, answer: dict) -> None:
        if path.parent != RANDOM:
            stored = CATALOG / "oracle" / f"{path.stem}.json"
            stored.write_text(json.dumps(answer, indent=1) + "\n")
            return
        self.random[path.stem] = answer
        lines = [
            f"{json.dumps(name)}: {json.dumps(self.random[name], separators=(',', ':'))}"
            for name in sorted(self.random)
        ]
        RANDOM_ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--check-sample", type=int, metavar="N")
    options = parser.parse_args()
    folders = [
        sorted(paths, key=lambda p: (p.stat().st_size, p.name))
        for paths in ([*CATALOG.glob("*.efg"), *CATALOG.glob("*.nfg")], RANDOM.glob("*.efg"))
    ]
    if options.check_sample is not None:
        folders = [paths[: options.check_sample] for paths in folders]
    games = [path for paths in folders for path in paths]
    if options.names:
        games = [path for path in games if path.stem in options.names]
    is_check = options.check or options.check_sample is not None
    answers = Answers()
    begin = time.monotonic()
    failures = 0
    for path in games:
        if options.check_sample is not None and time.monotonic() - begin > SAMPLE_PATIENCE:
            print(f"{path.stem}: left out, {SAMPLE_PATIENCE} s are over")
            continue
        stored = answers.get(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if options.missing and stored is not None and stored["sha256"] == sha256:
            continue
        if is_check and stored is None:
            print(f"{path.stem}: NO ANSWER is stored")
            failures += 1
            continue
        answer = in_time(path, stored["lambda"] if is_check else None, PATIENCE)
        if answer is None:
            print(f"{path.stem}: NO ANSWER from the oracle within {PATIENCE} s")
            failures += 1
        elif is_check:
            off = furthest(stored, answer)
            is_same = off <= TOLERANCE and stored["sha256"] == answer["sha256"]
            failures += not is_same
            print(f"{path.stem}: {'agrees' if is_same else 'DIFFERS'} (largest difference {off:.1e})")
        else:
            answers.put(path, answer)
            print(f"{path.stem}: written", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
