"""Pods as containers of Docker or Podman, through the Docker-compatible API.

The controller's side (``runtime``) turns a Pod manifest into a plan (``plan``); the supervisor runs it, as it does for
every runtime.  ``launcher`` and ``body`` are what it needs here: each container is minded by a fork of the supervisor
(``minder``) that creates, starts and follows it and copies its outputs out (``collect``).  ``engine`` is the only door
to the library.
"""
