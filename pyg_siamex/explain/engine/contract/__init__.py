"""What explanations of an encoder can rely on, and how it is found out."""
