"""What an exported scorer costs, beside scikit-learn itself and what else serves its models."""
