"""Checks of models and explainers, for those who bring their own."""
