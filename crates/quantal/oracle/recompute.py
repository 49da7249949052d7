#!/usr/bin/env python3
"""Recomputes the oracle answers in catalog/oracle with pygambit, or checks some of them.

    python recompute.py                     writes every answer again
    python recompute.py --check             compares every stored answer; exit code 1 on a mismatch
    python recompute.py --check-sample N    compares the N smallest games

Needs pygambit (pip install pygambit). The branch is the principal one of the logit agent QRE;
an answer is {"oracle", "sha256" of the game's file, "lambda": [...], "profile": {"player/information
set": [per lambda, the probabilities of its actions]}}.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import sys

import pygambit as gbt

CATALOG = pathlib.Path(__file__).resolve().parent.parent / "catalog"
# Precisions are per range of payoffs, so that every game is asked from noisy to nearly rational.
PER_RANGE = [1, 4, 16]
# Where other precisions are of interest: the fold of this game lies between 2.61 and 2.79.
OWN = {"three_by_three_fold": [2, 2.7, 5]}
# Two runs of the oracle itself agree far better than this; the crate is held to 1e-8.
TOLERANCE = 1e-9


def lambdas(name: str, game) -> list[float]:
    if name in OWN:
        return OWN[name]
    spread = float(game.max_payoff) - float(game.min_payoff)
    return [float(f"{k / spread:.6g}") for k in PER_RANGE]


def solve(path: pathlib.Path, at: list[float] | None) -> dict:
    game = gbt.read_efg(str(path))
    at = at or lambdas(path.stem, game)
    profile: dict[str, list[list[float]]] = {}
    for value in at:
        # The result's .profile raises in 16.7; the sequence of its numbers is what is wanted:
        # players, their information sets, their actions, in order.
        numbers = iter(list(gbt.qre.logit_solve_lambda(game, lam=[value])[0]))
        for player in game.players:
            for infoset in player.infosets:
                key = f"{player.label}/{infoset.label}"
                profile.setdefault(key, []).append([next(numbers) for _ in infoset.actions])
        if next(numbers, None) is not None:
            raise RuntimeError(f"{path.name}: more probabilities than actions")
    return {
        "oracle": f"pygambit {importlib.metadata.version('pygambit')}",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "lambda": at,
        "profile": profile,
    }


def furthest(a: dict, b: dict) -> float:
    if a["profile"].keys() != b["profile"].keys():
        return float("inf")
    flat = lambda answer, key: [p for row in answer["profile"][key] for p in row]
    pairs = [(x, y) for key in a["profile"] for x, y in zip(flat(a, key), flat(b, key), strict=True)]
    return max(abs(x - y) for x, y in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--check-sample", type=int, metavar="N")
    options = parser.parse_args()
    games = sorted(CATALOG.glob("*.efg"), key=lambda p: (p.stat().st_size, p.name))
    if options.check_sample is not None:
        games = games[: options.check_sample]
    is_check = options.check or options.check_sample is not None
    failures = 0
    for path in games:
        stored_at = CATALOG / "oracle" / f"{path.stem}.json"
        if not is_check:
            stored_at.write_text(json.dumps(solve(path, None), indent=1) + "\n")
            print(f"{path.stem}: written")
            continue
        stored = json.loads(stored_at.read_text())
        answer = solve(path, stored["lambda"])
        off = furthest(stored, answer)
        is_same = off <= TOLERANCE and stored["sha256"] == answer["sha256"]
        failures += not is_same
        print(f"{path.stem}: {'agrees' if is_same else 'DIFFERS'} (largest difference {off:.1e})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
