"""`python -m tools.train_net --records DIR --out DIR`: trains and exports the evaluation net."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tools.train_net.export import export_net, import_net
from tools.train_net.records import read_records, split_by_game
from tools.train_net.training import Recipe, train


def main() -> int:
    """Train from every `*.bin` of a folder; prints one line of JSON about the net."""
    parser = argparse.ArgumentParser(description="Train the evaluation net from self-play records.")
    parser.add_argument("--records", type=Path, required=True, help="folder with *.bin from self-play")
    parser.add_argument("--out", type=Path, required=True, help="folder for the net, its curve and its state")
    parser.add_argument("--start", type=Path, help="a net (.nnue) that goes on learning (default: a new one)")
    parser.add_argument("--rate", type=float, default=Recipe.rate, help="of learning, in the first epoch")
    parser.add_argument("--width", type=int, default=Recipe.width)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--batch", type=int, default=Recipe.batch)
    parser.add_argument(
        "--from-search", type=float, default=Recipe.from_search, help="the score's share of the target"
    )
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    args = parser.parse_args()
    if not 0 <= args.from_search <= 1:
        parser.error(f"--from-search is {args.from_search}; 0 to 1 would be right")
    recipe = Recipe(
        width=args.width,
        epochs=args.epochs,
        batch=args.batch,
        rate=args.rate,
        seed=args.seed,
        from_search=args.from_search,
    )
    training, validation = split_by_game(read_records(sorted(args.records.glob("*.bin"))))
    start = None if args.start is None else import_net(args.start)
    net = train(training, validation, recipe, args.out, start)
    digest = export_net(net, recipe.scale, args.out / "qiyou.nnue")
    counts = {"positions": len(training), "held_out": len(validation)}
    print(json.dumps({**counts, "sha256": digest, "recipe": asdict(recipe)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
