"""Properties of an encoder that explanations rely on, and how they are found out."""
