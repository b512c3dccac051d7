#!/usr/bin/env bash
# Builds the image once more without any cache and compares its layers with those of IMAGE, the base's among them.
#   docker/repeat.sh IMAGE
set -euo pipefail

image=${1:?which image? docker/repeat.sh IMAGE}
again=challenge-neuralworks-again
limit=$((5 * 1024 * 1024))
# What the Dockerfile adds to its base: entrypoint, dependencies, package, models.
ours=4

layers() { # image
  docker image inspect "$1" --format '{{range .RootFS.Layers}}{{println .}}{{end}}' | sed '/^$/d'
}

docker build --quiet --no-cache --tag "$again" . >/dev/null
trap 'docker image rm --force "$again" >/dev/null' EXIT

if ! difference=$(diff <(layers "$image") <(layers "$again")); then
  printf 'error: two builds of the same sources have different layers:\n%s\n' "$difference" >&2
  exit 1
fi
echo "ok: two builds, the same layers: $(layers "$image" | tail -n 1) and $((ours - 1)) more of ours"

# The rows that are not the base's come first; a setting's row has no bytes.
bytes=$(docker history --human=false --format '{{.Size}}' "$image" | awk '$1 > 0 && n < '$ours' {n++; sum += $1} END {print sum}')
[ "$bytes" -le "$limit" ] || { echo "error: our layers hold $bytes bytes, over the limit of $limit" >&2; exit 1; }
echo "ok: our layers hold $bytes bytes of at most $limit"
