#!/bin/sh
# What the service runs: start.sh PROGRAM FOLDER [options of play]
# Goes on with a game that a power cut ended, else begins a new one (the old journal is kept beside it).
set -u
program=$1
game=$2/game
shift 2
if [ -s "$game/journal.jsonl" ] && ! tail -n 1 "$game/journal.jsonl" | grep -q '"kind":"end"'; then
    exec "$program" play --out "$game" --resume "$@"
fi
exec "$program" play --out "$game" "$@"
