"""Fitted transformers as pure Python: one module a family."""
