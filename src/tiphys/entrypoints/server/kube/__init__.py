"""Kubernetes' API for the same objects: what kubectl and client libraries ask of a cluster.

``paths`` is the table of routes, ``discovery`` says which kinds there are, ``resources`` reads and changes objects,
``watches`` follows them, ``tables`` prints them for ``kubectl get``, ``subresources`` has logs, status and tokens and
``reviews`` what somebody may do.  Errors are ``Status`` objects (``answers``).
"""
