"""Argo's unit and end-to-end tests as the corpus has them: a world to replay them in, and what their statements mean."""
