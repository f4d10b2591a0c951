"""Single sign-on by OpenID Connect (``spec/api.md`` 7.2).

``config`` reads the block ``sso`` of the configuration, ``provider`` talks to whoever signs people in, ``session``
keeps who has signed in, ``rules`` finds the ServiceAccount that stands for them, ``flow`` ties these together.
"""
