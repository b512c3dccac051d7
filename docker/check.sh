#!/usr/bin/env bash
# Runs an image as Lambda would, then as a plain server, then the zip as Lambda would, and looks at what they answer.
# Needs Docker and curl.
#   docker/check.sh IMAGE [ZIP [EVENT]]
set -euo pipefail

image=${1:?which image? docker/check.sh IMAGE [ZIP [EVENT]]}
zip=${2:-dist/lambda.zip}
event=${3:-tests/events/rest_v1.json}
# What Lambda unpacks a zip into.
base=public.ecr.aws/lambda/python:$(sed -n 's/^ARG PYTHON_VERSION=//p' Dockerfile | head -n 1)
key=key-of-this-check
# What the event asks, asked again over plain HTTP.
path=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["path"])' "$event")
body=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["body"])' "$event")
json="content-type: application/json"
container=
unzipped=$(mktemp -d)

stop() {
  [ -z "$container" ] || docker rm --force "$container" >/dev/null
  container=
}

finish() {
  stop
  rm -rf "$unzipped"
}
trap finish EXIT

fail() { # message, what was answered
  printf 'error: %s\n%s\n' "$1" "${2:-}" >&2
  docker logs "$container" >&2 || true
  exit 1
}

# As on Lambda: another user, nothing to write to but /tmp, no privileges.
start() { # docker's options and the image's arguments
  stop
  container=$(docker run --detach --read-only --tmpfs /tmp --user 993:990 --memory 512m --cap-drop ALL \
    --security-opt no-new-privileges --publish 127.0.0.1::8080 "$@")
  address=$(docker port "$container" 8080 | head -n 1)
}

ask() { # path and curl's options; prints the body, then the status on a line of its own
  local path=$1
  shift
  curl --silent --show-error --max-time 20 --retry 20 --retry-delay 1 --retry-all-errors \
    --write-out '\n%{http_code}' "$@" "http://$address$path"
}

expect() { # what it is, the status, path, curl's options
  local what=$1 status=$2 answer
  shift 2
  answer=$(ask "$@")
  [ "${answer##*$'\n'}" = "$status" ] || fail "$what: not $status" "$answer"
  printf 'ok: %s: %s\n' "$what" "$status"
}

invoke() { # what it is
  local answer
  answer=$(ask /2015-03-31/functions/function/invocations --data "@$event")
  [[ $answer == *'"statusCode": 200'* || $answer == *'"statusCode":200'* ]] || fail "$1: the answer is no 200" "$answer"
  [[ $answer == *prediction* ]] || fail "$1: the answer holds no prediction" "$answer"
  echo "ok: $1 under the emulator: 200 and a prediction"
}

start "$image"
invoke "the image"

start --env "NEURALWORKS_API_KEYS=$key" "$image" serve
expect "the server is alive" 200 /ping
expect "an inference without a key" 403 "$path" --data "$body" --header "$json"
expect "the same with the key" 200 "$path" --data "$body" --header "$json" --header "x-api-key: $key"

python3 -m zipfile --extract "$zip" "$unzipped"
chmod -R a+rX "$unzipped"
start --volume "$unzipped:/var/task:ro" "$base" challenge_neuralworks.lambda_handler.lambda_handler
invoke "the zip"
