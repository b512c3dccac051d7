"""The Open Inference Protocol, version 2, over HTTP: the same models for clients that speak it.

Source: KServe, "Open Inference Protocol (V2 inference protocol)" and its binary tensor data extension.
"""
