#!/bin/sh
# A handler's name: Lambda, or its emulator. "serve": plain HTTP on $PORT. Anything else: that command.
case "$#:$1" in
0: | 1:*.*) exec /lambda-entrypoint.sh "$@" ;;
1:serve)
    export PYTHONPATH="${LAMBDA_TASK_ROOT}${PYTHONPATH:+:$PYTHONPATH}"
    exec python3 -m challenge_neuralworks.gateway
    ;;
*) exec "$@" ;;
esac
