"""Argo's REST API over HTTP.

``app`` is the ASGI application: limits, then who is asking (``auth``), then the route (``routing``, ``routes/``), then
the answer (``encode``, ``problems``, ``streams``).  Routes call ``app.services`` and hold no logic of their own.  Read
``routing`` first.
"""
