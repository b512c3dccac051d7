"""``python -m challenge_neuralworks.cli``: the commands, where the script is not installed."""

from challenge_neuralworks.cli import main

main()
