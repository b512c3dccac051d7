"""An AWS account, simulated: its limits around the local gateway, requests at a fixed rate, and what was foretold."""
