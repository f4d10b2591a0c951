"""What the core needs of the world: Protocols, no code."""
